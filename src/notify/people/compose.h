// From an opened parcel to the facts of a message. Pure.
#pragma once
#include <string_view>

#include "base/clock.h"
#include "journey/journey.h"
#include "journey/trigger.h"
#include "messages/message.h"
#include "shipments/shipment.h"

namespace notify::people {

// Opened for the purpose of telling; lives as long as the bytes behind its views.
struct Parcel {
  const shipments::Head& head;
  const journey::JourneyView& journey;
  std::string_view title;
  std::string_view carrier;  // by name
};

// What the parcel itself says: everything but sender, links, greeting and first message.
messages::Facts facts_of(const Parcel& parcel, journey::Trigger trigger, base::Instant now);

// Did it happen so long before we heard of it that telling would only confuse? A parcel that is
// entered late comes with its whole history.
bool is_old_news(const journey::JourneyView& journey, base::Instant heard_at);

// Where the parcel goes, by the clock; empty when that is not certain.
std::string_view zone_of(const Parcel& parcel);

}  // namespace notify::people
