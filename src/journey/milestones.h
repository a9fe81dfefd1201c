// The dates and lines that readers ask for first, from checkpoints that lie in their legs. Inner
// part of merge.
#pragma once
#include <string>

#include "journey/journey.h"

namespace journey {

// The v4 API's dates of a leg: the first event of each kind; delivery is the one that ended it.
void show_milestones(Leg& leg);
// "text,place,2021-12-07 10:31" of the newest event of both legs, and its date as written.
void show_latest(Journey& journey);

// The first and the last date on the way.
struct OnTheWay {
  std::string from, until;
  std::string country;  // whose weekends count
};
void show_time_on_the_way(Journey& journey, const OnTheWay& way);

}  // namespace journey
