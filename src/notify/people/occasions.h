// From a change of a shipment to the occasion on which people are told. Pure: a table.
#pragma once
#include <optional>

#include "journey/status.h"
#include "journey/trigger.h"
#include "shipments/events.h"

namespace notify::people {

// What a status means to people; nothing for one that is no news to anybody.
std::optional<journey::Trigger> trigger_of(journey::Status status, int substatus);

// What this change means to them; nothing when it goes on being the same (a second scan on the way,
// another word for "delivered"), or a correction of ours.
std::optional<journey::Trigger> occasion_of(const shipments::OutboxRow& news);

// Is it still true of a shipment that stands so? What was queued an hour ago may not be.
bool is_still_true(journey::Trigger trigger, journey::Status status, int substatus);

}  // namespace notify::people
