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

// The structs take std::string when they own their texts and std::string_view when they look into
// encoded bytes (decode_view): reading is the hot path of every answer.
template <class Text>
struct BasicCheckpoint {
  Text date;
  Status status = Status::Pending;
  int substatus = 0;
  Text text;  // the carrier's own words
  Text location;
  Text country;  // ISO 3166-1 alpha-2
  Text state;
  Text city;
  Text zip;
  Text raw_status;  // the carrier's own code

  friend bool operator==(const BasicCheckpoint&, const BasicCheckpoint&) = default;
};
using Checkpoint = BasicCheckpoint<std::string>;

// The dates of a leg that the v4 API names, in its order.
enum class Milestone { InfoReceived, Pickup, OutForDelivery, Delivery, Returning, Returned };
inline constexpr std::size_t kMilestones = 6;
enum class LegDate { Pickup, DepartedAirport, ArrivedAbroad, CustomsReceived, ArrivedDestination };
inline constexpr std::size_t kLegDates = 5;

template <class Text>
struct BasicLeg {
  Text courier_code;
  Text courier_phone;
  Text weblink;
  Text reference_number;
  std::array<Text, kMilestones> milestones;
  std::array<Text, kLegDates> dates;
  std::vector<BasicCheckpoint<Text>> checkpoints;  // newest first

  friend bool operator==(const BasicLeg&, const BasicLeg&) = default;
};
using Leg = BasicLeg<std::string>;

template <class Text>
struct BasicJourney {
  BasicLeg<Text> origin;
  BasicLeg<Text> destination;
  Text origin_state, origin_city;
  Text destination_state, destination_city;
  Text signed_by;
  Text service_code;
  Text product_type;
  Text weight;     // as the carrier writes it: "12.10LBS"
  Text weight_kg;  // "5.49"
  Text dimension;  // length*width*height
  Text pieces;
  Text previously;
  Text destination_track_number;
  Text exchange_number;
  Text scheduled_delivery_date;
  Text scheduled_address;
  Text status_info;
  Text latest_event;
  Text latest_checkpoint_time;
  int transit_time = 0;  // days; 0 when unknown

  friend bool operator==(const BasicJourney&, const BasicJourney&) = default;
};
using Journey = BasicJourney<std::string>;
using JourneyView = BasicJourney<std::string_view>;

// A compact encoding for storage (it is sealed as one value). Begins with a version; later versions
// read earlier ones.
std::string encode(const Journey& journey);
// Empty bytes are an empty journey; anything that encode did not write gives false.
bool decode(std::string_view bytes, Journey& out);
// The same without copying: the view lives as long as the bytes.
bool decode_view(std::string_view bytes, JourneyView& out);

}  // namespace journey
