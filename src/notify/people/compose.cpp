#include "notify/people/compose.h"

#include <algorithm>

#include "journey/places.h"
#include "journey/written_time.h"

namespace notify::people {
namespace {

using journey::JourneyView;
using Checkpoint = journey::BasicCheckpoint<std::string_view>;
using Estimate = journey::BasicEstimate<std::string_view>;

constexpr std::chrono::hours kOld{72};
// A time without an offset may be this far from UTC.
constexpr std::chrono::hours kFarthestOffset{14};

const Checkpoint* newest_of(const JourneyView& journey) {
  for (const auto* leg : {&journey.destination, &journey.origin}) {
    for (const auto& checkpoint : leg->checkpoints) {
      if (checkpoint.known != journey::Verdict::Kind::Note) return &checkpoint;
    }
  }
  return nullptr;
}

std::string place_of(const Checkpoint& checkpoint) {
  if (!checkpoint.location.empty()) return std::string(checkpoint.location);
  std::string place(checkpoint.city);
  if (!checkpoint.country.empty()) {
    if (!place.empty()) place += ", ";
    place += checkpoint.country;
  }
  return place;
}

std::string_view day_of(std::string_view time) { return time.substr(0, 10); }

messages::Window window_of(const Estimate& estimate) {
  return {std::string(estimate.from), std::string(estimate.until)};
}

// The estimate that counts, and the last one before it that named another day.
void take_estimates(const JourneyView& journey, messages::Facts& facts) {
  const auto promised = day_of(journey.scheduled_delivery_date);
  facts.estimate.from = journey.scheduled_delivery_date;
  const Estimate* current = nullptr;
  const Estimate* before = nullptr;
  for (const auto& one : journey.estimates) {
    auto& best = day_of(one.from) == promised ? current : before;
    if (best == nullptr || one.last_heard >= best->last_heard) best = &one;
  }
  if (current != nullptr) facts.estimate = window_of(*current);
  if (before != nullptr) facts.estimate_before = window_of(*before);
}

std::string_view newest_fact(const JourneyView& journey, journey::Field field) {
  std::string_view value;
  journey::Heard heard = 0;
  for (const auto& fact : journey.facts) {
    if (fact.field != field || fact.heard < heard) continue;
    value = fact.value;
    heard = fact.heard;
  }
  return value;
}

}  // namespace

messages::Facts facts_of(const Parcel& parcel, journey::Trigger trigger, base::Instant now) {
  const auto& head = parcel.head;
  messages::Facts facts;
  facts.parcel_title = parcel.title;
  facts.order_number = head.order_number;
  facts.tracking_number = head.tracking_number;
  facts.carrier = parcel.carrier;
  if (head.substatus > 0) facts.substatus = journey::substatus_name(head.status, head.substatus);
  take_estimates(parcel.journey, facts);
  facts.pickup_point = newest_fact(parcel.journey, journey::Field::PickupPoint);
  const auto* const newest = newest_of(parcel.journey);
  if (newest == nullptr) return facts;
  facts.carrier_says = newest->text;
  facts.place = place_of(*newest);
  facts.happened_at = newest->date;
  const bool is_about_silence =
      trigger == journey::Trigger::NoMovement || trigger == journey::Trigger::Expired;
  const auto time = journey::read_time(newest->date);
  if (is_about_silence && time) {
    const base::Instant happened{std::chrono::seconds(time->instant().value_or(time->local))};
    facts.days_without_news = static_cast<int>(
        std::max(std::chrono::floor<std::chrono::days>(now - happened), std::chrono::days(0))
            .count());
  }
  return facts;
}

bool is_old_news(const JourneyView& journey, base::Instant heard_at) {
  const auto time = journey::read_time(journey.status_at);
  if (!time) return false;
  const base::Instant happened{std::chrono::seconds(time->local)};
  return happened + kFarthestOffset + kOld < heard_at;
}

std::string_view zone_of(const Parcel& parcel) {
  journey::places::Where where;
  where.country = parcel.head.destination_country;
  where.state = parcel.journey.destination_state;
  where.city = parcel.journey.destination_city;
  return where.country.empty() ? std::string_view() : journey::places::zone_of(where);
}

}  // namespace notify::people
