// A shipment's travel as carriers tell it: legs with checkpoints, what else they know about the
// parcel, and the evidence for it all.
//
// One value is both. The evidence (checkpoints wherever they lie, sources, facts, estimates,
// quarantined) is a set that only grows, see merge.h; the rest is derived from it by derive.h
// whenever it changes, so that a reader finds everything ready. Nothing is stored twice but a few
// short texts.
//
// Times are text here: "2023-09-15T15:00:00" as the carrier wrote it, followed by an offset only
// when the offset is known. An invented offset would be a lie (DESIGN, Time). Empty text means "not
// given".
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "journey/report.h"
#include "journey/status.h"
#include "journey/verdict.h"

namespace journey {

// When something was heard, in whole seconds since 1970 in UTC.
using Heard = std::int64_t;

// The offset of a time that has none of its own and whose place lies in no single zone.
inline constexpr int kNoOffset = 24 * 60;

// Why a checkpoint stands where it stands. Stored as numbers: only append.
enum class Role : std::uint8_t {
  Shown = 0,      // in its leg
  Expected = 1,   // aside: a step that lies ahead
  Cancelled = 2,  // aside: the carrier took it back
  Repeated = 3,   // aside: an upstream's copy of what the carrier itself says
  Summary = 4,    // aside: what a carrier says of the shipment as a whole
  Withdrawn = 5,  // aside: its carrier lists it no more
};

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
  // How it is understood. `status` and `substatus` mean something only when Known; Unknown and Note
  // are shown, and decide nothing.
  Verdict::Kind known = Verdict::Kind::Known;
  By by = By::Nothing;
  std::uint16_t confidence = 0;
  Text detail{};  // a second line of the carrier's
  Text piece{};   // which parcel of several
  // Evidence.
  Scan::Kind kind = Scan::Kind::Happened;
  Role role = Role::Shown;
  int source = 0;    // into Journey::sources
  Text id{};         // the carrier's own id of this event
  Text cancels{};    // the id of an event that it takes back
  int position = 0;  // in the carrier's own order, 0 the oldest
  Heard first_heard = 0, last_heard = 0;
  // Minutes east of UTC, derived from the place; kNoOffset when `date` has an offset of its own, or
  // when the place does not decide. Never part of `date`.
  int derived_offset = kNoOffset;

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

// Who told something.
template <class Text>
struct BasicSource {
  Text courier_code;
  // An upstream that repeats what carriers say (or an import): the carrier's own word wins.
  bool is_repeating = false;
  friend auto operator<=>(const BasicSource&, const BasicSource&) = default;
};
using Source = BasicSource<std::string>;

// What is said of the shipment as a whole. Stored as numbers: only append.
enum class Field : std::uint8_t {
  SignedBy,
  Weight,  // as written, with its unit
  Dimension,
  Pieces,
  ServiceCode,
  Service,
  Origin,       // country, state and city, with tabs between
  Destination,  // the same
  ShipDate,
  HandedOver,  // the partner's courier code, a space, its number; either may be missing
  PickupPoint,
  ProofOfDelivery,
  NextAction,
  Phone,
  Weblink,
};
inline constexpr int kFields = 15;

// The latest word of one source on one field.
template <class Text>
struct BasicFact {
  Field field{};
  int source = 0;
  Heard heard = 0;
  Text value;
  friend bool operator==(const BasicFact&, const BasicFact&) = default;
};
using Fact = BasicFact<std::string>;

// When it should arrive, as one source said once or more often. The current one is that heard last.
template <class Text>
struct BasicEstimate {
  Text from, until;  // ISO date or time; a window when both are given
  int source = 0;
  Heard first_heard = 0, last_heard = 0;
  friend bool operator==(const BasicEstimate&, const BasicEstimate&) = default;
};
using Estimate = BasicEstimate<std::string>;

// A scan that could not be read, with its raw text.
template <class Text>
struct BasicUnread {
  Text raw, why;
  int source = 0;
  Heard first_heard = 0;
  friend bool operator==(const BasicUnread&, const BasicUnread&) = default;
};
using Unread = BasicUnread<std::string>;

// When a source last listed all it had, of one piece.
template <class Text>
struct BasicListing {
  int source = 0;
  Text piece;
  Heard heard = 0;
  friend bool operator==(const BasicListing&, const BasicListing&) = default;
};
using Listing = BasicListing<std::string>;

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

  // Where it stands (standing() in merge.h says it, for journeys of before too).
  Status status = Status::Pending;
  int substatus = 0;
  Text status_at;        // the date of the checkpoint that decides
  int working_days = 0;  // of transit_time, without the weekends of the destination
  int pieces_seen = 0, pieces_delivered = 0;   // when carriers tell pieces apart
  int unknown_checkpoints = 0;                 // shown, and understood by nobody
  std::vector<BasicCheckpoint<Text>> aside;    // what is kept but not shown, newest first
  std::vector<BasicSource<Text>> sources;      // sorted
  std::vector<BasicFact<Text>> facts;          // sorted by field and source
  std::vector<BasicEstimate<Text>> estimates;  // in the order of first hearing
  std::vector<BasicUnread<Text>> unread;       // sorted by text
  std::vector<BasicListing<Text>> listings;    // sorted by source and piece

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
