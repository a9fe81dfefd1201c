// What the clock makes news of: nothing has moved for the number of days that the account chose,
// and the promised day is over. Each is told once: of one silence, of one promise.
#pragma once
#include "base/clock.h"
#include "journey/trigger.h"
#include "notify/people/planner.h"
#include "notify/people/voice.h"
#include "shipments/under_way.h"
#include "store/database.h"

namespace notify::people {

// Pure. Nothing when there is nothing to tell.
std::optional<journey::Trigger> occasion_by_clock(const shipments::UnderWay& parcel, int still_days,
                                                  base::Instant now);

// Looks at every parcel that is under way. Blocks; some hundred parcels each transaction. To be
// called every hour or so; gives back how many occasions there were.
int look_by_the_clock(store::Database& database, const PeoplePlanner& planner,
                      const Voice& otherwise, base::Instant now);

}  // namespace notify::people
