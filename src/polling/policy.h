// When to ask about a parcel next. Pure: the same knowledge gives the same instant, byte for byte.
//
// What has happened and was not noticed costs its weight for every hour; a call costs `price`. The
// classic answer for a steady rate W of weighted events is a call every sqrt(2 price / W) hours.
// Parcels are not steady: deliveries stop in the evening, and what happened in the last hour before
// would be found only next morning. So the calls of the next day and a half are planned together,
// by dynamic programming over their possible moments, and the first of them is the answer; it is
// the classic one where nothing changes, and asks once more at the end of a day's rounds. Among
// the delay is that of events hidden behind events: a parcel that may have gone out for delivery
// since the last call may have been delivered as well.
//
// A plan takes some 30 microseconds.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "polling/rates.h"

namespace polling {

// What is known of one shipment.
struct Known {
  Stage stage = Stage::Registered;
  base::Instant created_at{};
  std::optional<base::Instant> asked_at;    // the last call that was answered
  std::optional<base::Instant> newest_at;   // the newest event
  std::optional<base::Instant> changed_at;  // something new was learnt
  std::optional<base::Instant> picked_up_at;
  std::optional<base::Instant> pushed_at;  // the carrier told of it by itself
  int offset_minutes = 0;                  // of local time where it goes
  int not_found = 0;                       // answers in a row that did not know the number
  int failures = 0;                        // calls in a row that failed
  int checks = 0;                          // calls since it was finished
  std::uint64_t seed = 0;                  // of the jitter; the shipment's id
  std::string lane;
};

// What holds for one carrier.
struct Terms {
  const Rates* rates = &default_rates();
  double price = 1;  // weighted hours of delay that a call may cost
  std::chrono::minutes min_gap{15};
  bool is_postal = false;  // a number may be unknown for two weeks
};

enum class What : std::uint8_t {
  Ask,
  Expire,  // nothing has happened for 30 days: no call, but the shipment expires
  Stop,    // never again by itself
};

struct Decision {
  What what = What::Ask;
  base::Instant at{};
  double weight = 0;  // what an hour of delay costs then: who goes first when calls are short
};

inline constexpr std::chrono::hours kCeiling{24};
inline constexpr std::chrono::hours kStaleCeiling{48};
inline constexpr std::chrono::days kStaleAfter{15};
inline constexpr std::chrono::days kExpireAfter{30};
inline constexpr std::chrono::hours kUnknownFor{120};
inline constexpr std::chrono::days kUnknownForPostal{14};
inline constexpr std::chrono::minutes kWatchedGap{30};
inline constexpr std::chrono::hours kLongestBackoff{1};
// Answers that do not know the number before that counts: carriers hear of parcels late.
inline constexpr int kNotFoundGrace = 4;

Decision next_call(const Known& known, const Terms& terms, base::Instant now);

// Price a tenth dearer when calls are more than the budget, cheaper when less than nine tenths.
double adjusted_price(double price, double forecast, double budget);

}  // namespace polling
