// A shipment's travel as carriers tell it: legs with checkpoints, and what else they know about the
// parcel.
//
// Times are text here: "2023-09-15T15:00:00" as the carrier wrote it, followed by an offset only
// when the offset is known. An invented offset would be a lie (DESIGN, Time). Empty text means "not
// given".
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "journey/status.h"

namespace journey {

struct Checkpoint {
  std::string date;
  Status status = Status::Pending;
  int substatus = 0;
  std::string text;  // the carrier's own words
  std::string location;
  std::string country;  // ISO 3166-1 alpha-2
  std::string state;
  std::string city;
  std::string zip;
  std::string raw_status;  // the carrier's own code

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The dates of a leg that the v4 API names, in its order.
enum class Milestone { InfoReceived, Pickup, OutForDelivery, Delivery, Returning, Returned };
inline constexpr std::size_t kMilestones = 6;
enum class LegDate { Pickup, DepartedAirport, ArrivedAbroad, CustomsReceived, ArrivedDestination };
inline constexpr std::size_t kLegDates = 5;

struct Leg {
  std::string courier_code;
  std::string courier_phone;
  std::string weblink;
  std::string reference_number;
  std::array<std::string, kMilestones> milestones;
  std::array<std::string, kLegDates> dates;
  std::vector<Checkpoint> checkpoints;  // newest first

  friend bool operator==(const Leg&, const Leg&) = default;
};

struct Journey {
  Leg origin;
  Leg destination;
  std::string origin_state, origin_city;
  std::string destination_state, destination_city;
  std::string signed_by;
  std::string service_code;
  std::string product_type;
  std::string weight;     // as the carrier writes it: "12.10LBS"
  std::string weight_kg;  // "5.49"
  std::string dimension;  // length*width*height
  std::string pieces;
  std::string previously;
  std::string destination_track_number;
  std::string exchange_number;
  std::string scheduled_delivery_date;
  std::string scheduled_address;
  std::string status_info;
  std::string latest_event;
  std::string latest_checkpoint_time;
  int transit_time = 0;  // days; 0 when unknown

  friend bool operator==(const Journey&, const Journey&) = default;
};

// A compact encoding for storage (it is sealed as one value). Begins with a version; later versions
// read earlier ones.
std::string encode(const Journey& journey);
// Empty bytes are an empty journey; anything that encode did not write gives false.
bool decode(std::string_view bytes, Journey& out);

}  // namespace journey
