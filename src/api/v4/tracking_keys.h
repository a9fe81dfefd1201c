// The words of the tracking object that are written (tracking_json) and read (exchange): one list
// each, in the order of the journey room's enumerations, so that what goes out comes in again.
#pragma once
#include <array>
#include <string_view>

#include "journey/journey.h"
#include "shipments/shipment.h"

namespace api::v4 {

inline constexpr std::array<std::string_view, journey::kMilestones> kMilestoneKeys = {
    "inforeceived_date", "pickup_date",    "outfordelivery_date",
    "delivery_date",     "returning_date", "returned_date"};

inline constexpr std::array<std::string_view, journey::kLegDates> kLegDateKeys = {
    "pickup_date", "departed_airport_date", "arrived_abroad_date", "customs_received_date",
    "arrived_destination_date"};

// By the number of shipments::Source.
inline constexpr std::array<std::string_view, 4> kSourceNames = {"API", "WEB", "IMPORT", "MAILBOX"};

}  // namespace api::v4
