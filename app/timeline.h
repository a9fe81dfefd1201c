// A parcel's travel on a terminal: status, steps, and its events by day, newest first.
#pragma once
#include <string>
#include <string_view>

#include "journey/journey.h"
#include "journey/status.h"

namespace app {

struct TimelineOf {
  std::string_view carrier, number;
  journey::Status status{};
  int substatus = 0;
};

// In colour where the terminal has it; lines end with '\n'.
std::string timeline(const TimelineOf& parcel, const journey::Journey& journey);

}  // namespace app
