// From reports, in whatever order they come, to the one journey they tell of.
//
// The result does not depend on the order of arrival: any permutation of the same reports, each
// given once or more often, ends in an equal Journey (a property test holds this). It is a
// join-semilattice: evidence is a set that only grows, of two versions of one event the one heard
// later counts, and of two heard at once the greater. All else is derived from that set (derive.h).
//
// Pure, and safe from any thread.
#pragma once
#include <functional>
#include <optional>
#include <string>

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
  friend bool operator==(const Standing&, const Standing&) = default;
};

struct Merged {
  // Anything that a reader could see, or that weighs later. When nothing did, the journey need not
  // be stored: only "heard again at" moved.
  bool changed = false;
  int new_events = 0;      // that happened; expected steps and notes are not among them
  int unknown_events = 0;  // of these, understood by nobody
  int new_unread = 0;      // quarantined
};

// Takes a report in. `heard_at`: when the carrier said it.
//
// Rules: an event is the same when its carrier's id is the same, or else carrier, piece, time, code
// and folded words are; the same event from a second source (an upstream that repeats the carrier)
// is set aside in favour of the carrier's own. Expected steps and notes are kept but never decide.
// Delivered then scanned stays delivered, returned then scanned stays returned; only a correction
// (the event is cancelled, or its carrier lists it no more: derive.cpp) or a later return opens a
// finished shipment again. A shipment of several
// pieces is delivered when the last piece is.
Merged merge(Journey& journey, const Context& context, const Report& report,
             base::Instant heard_at);

// Judges every kept event anew, after tables or rules changed. Gives true when anything changed.
using Judge = std::function<Verdict(const Source&, const Checkpoint&)>;
bool rejudge(Journey& journey, const Context& context, const Judge& judge);

// Derived from the journey alone.
Standing standing(const Journey& journey);

// The further number to ask about: a partner took over, and the journey knows under which number.
// The last of a chain; nothing when the number is the shipment's own. The courier may be empty: the
// carrier named a number only.
struct FollowUp {
  std::string courier_code, tracking_number;
  friend bool operator==(const FollowUp&, const FollowUp&) = default;
};
std::optional<FollowUp> follow_up(const Journey& journey, const Context& context);

}  // namespace journey
