// From reports, in whatever order they come, to the one journey they tell of.
//
// The result does not depend on the order of arrival: any permutation of the same reports, each
// given once or more often, ends in an equal Journey (a property test holds this). What it depends
// on is evidence: the events' own times, ids and words, and for facts without a time (an estimate,
// a weight) when the carrier was asked.
#pragma once
#include "base/clock.h"
#include "journey/journey.h"
#include "journey/report.h"

namespace journey {

// What is known about the shipment besides the reports, and decides how they are read.
struct Context {
  std::string courier_code;  // the shipment's courier: the origin leg, unless the facts say else
  std::string tracking_number;
  std::string origin_country, destination_country;  // ISO 3166-1 alpha-2, where given
};

// Where the shipment stands, and how it got there.
struct Standing {
  Status status = Status::Pending;
  int substatus = 0;
  // When the decisive event happened, as written; empty when there is none.
  std::string at;
};

// Takes a report in. `heard_at`: when the carrier said it. Gives true when anything changed.
//
// Rules: an event is the same when its carrier's id is the same, or else carrier, piece, time, code
// and folded words are; the same event from a second source (an upstream that repeats the carrier)
// is dropped in favour of the carrier's own. Expected steps and notes are kept but never decide.
// Delivered then scanned stays delivered, returned then scanned stays returned; only a correction
// (the event is cancelled) or a later return opens a finished shipment again. A shipment of several
// pieces is delivered when the last piece is.
bool merge(Journey& journey, const Context& context, const Report& report, base::Instant heard_at);

// Derived from the journey alone.
Standing standing(const Journey& journey);

}  // namespace journey
