// The occasions on which somebody is told something about a parcel: what people switch on and off,
// what templates are written for. Each belongs to what happened, not to how it is told.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace journey {

// Stored by name: the words are part of the interface.
enum class Trigger : std::uint8_t {
  InfoReceived,    // the carrier knows of the parcel
  InTransit,       // it moves
  OutForDelivery,  // today
  ReadyForPickup,  // it waits to be collected
  FailedAttempt,   // nobody was there
  Delivered,
  Exception,        // customs, damage, loss, refusal
  Returned,         // it is on its way back, or is back
  Expired,          // nothing was heard for 30 days
  NotFound,         // the carrier still does not know the number
  EstimateSet,      // the day of delivery is known
  EstimateChanged,  // it is another day
  Delayed,          // it will be later than said
  NoMovement,       // nothing has moved for the number of days that the account chose
};
inline constexpr std::array<std::string_view, 14> kTriggerNames = {
    "info_received", "in_transit",       "out_for_delivery", "ready_for_pickup", "failed_attempt",
    "delivered",     "exception",        "returned",         "expired",          "not_found",
    "estimate_set",  "estimate_changed", "delayed",          "no_movement"};

constexpr std::string_view name(Trigger trigger) {
  return kTriggerNames[static_cast<std::size_t>(trigger)];
}
constexpr std::optional<Trigger> find_trigger(std::string_view word) {
  for (std::size_t i = 0; i < kTriggerNames.size(); ++i) {
    if (kTriggerNames[i] == word) return static_cast<Trigger>(i);
  }
  return std::nullopt;
}

}  // namespace journey
