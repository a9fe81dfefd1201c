#include "polling/policy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace polling {
namespace {

using namespace std::chrono_literals;
using base::Instant;
using std::chrono::duration_cast;

constexpr std::chrono::minutes kStep{20};
constexpr double kStepHours = 1.0 / 3;
// Carriers show what happened a little later: after so long, four in five.
constexpr std::chrono::minutes kLag{30};
constexpr double kJitter = 0.05;
// No more of it than a plan's step: moments at the end of a day's rounds are chosen with care.
constexpr std::chrono::minutes kMostJitter{10};
// First calls while the number is unknown, after the creation.
constexpr std::array<std::chrono::hours, kNotFoundGrace> kLadder = {0h, 1h, 3h, 6h};
constexpr std::array<std::chrono::hours, 2> kChecks = {24h, 72h};

double hours_between(Instant from, Instant to) {
  return std::chrono::duration<double, std::ratio<3600>>(to - from).count();
}

// Between -1 and 1, the same for the same shipment and the same moment (splitmix64).
double jitter(std::uint64_t seed, Instant at) {
  std::uint64_t x = seed + static_cast<std::uint64_t>(base::to_micros(at)) * 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  x ^= x >> 31;
  return static_cast<double>(x >> 11) / static_cast<double>(1ULL << 52) - 1;
}

// A twentieth of the way earlier or later, so that bursts do not line up.
Instant jittered(const Known& known, Instant from, Instant at) {
  const auto way = std::chrono::duration<double, std::micro>(at - from);
  const auto most = std::min<std::chrono::duration<double, std::micro>>(way * kJitter, kMostJitter);
  const auto shift = most * jitter(known.seed, from);
  return at + duration_cast<std::chrono::microseconds>(shift);
}

// The weighted rate of events at a moment, and how a parcel may slip from one stage to the next.
class Forecast {
 public:
  Forecast(const Known& known, const Rates& rates)
      : known_(known),
        rates_(rates),
        newest_(known.newest_at.value_or(known.created_at)),
        transit_(rates.transit(known.lane)) {}

  struct At {
    double weighted = 0;  // of all events, per hour
    double ends = 0;      // rate of being delivered from where it is known to be
    double ready = 0;     // rate of going out for delivery
    double arrives = 0;   // weighted rate of what happens to a parcel that is out for delivery
    double arrival = 0;   // its rate of being delivered
  };
  At at(Instant t) const {
    const auto hour = hour_class(t + std::chrono::minutes(known_.offset_minutes));
    const auto age = age_class(hours_between(newest_, t));
    const double way = known_.picked_up_at ? hours_between(*known_.picked_up_at, t) : 0;
    const auto share = progress_class(way / transit_);
    At sum;
    for (std::size_t k = 0; k < kKinds; ++k) {
      const double rate = rates_.of(known_.stage, static_cast<Kind>(k), hour, age, share);
      sum.weighted += kWeights[k] * rate;
    }
    sum.ends = rates_.of(known_.stage, Kind::Delivered, hour, age, share);
    if (known_.stage == Stage::OutForDelivery) return sum;
    sum.ready = rates_.of(known_.stage, Kind::Ready, hour, age, share);
    // Four hours after it went out, roughly.
    constexpr std::size_t kSomeHours = 4;
    sum.arrival = rates_.of(Stage::OutForDelivery, Kind::Delivered, hour, kSomeHours, 0);
    sum.arrives =
        kWeights[0] * sum.arrival +
        kWeights[1] * rates_.of(Stage::OutForDelivery, Kind::Trouble, hour, kSomeHours, 0);
    return sum;
  }

 private:
  const Known& known_;
  const Rates& rates_;
  Instant newest_;
  double transit_;
};

// The first call of the cheapest plan for the next day and a half. From the end backwards: what is
// still to be paid from each moment on, if it was asked then, is the least over all moments of the
// next call of the delay gathered until then, the call, and what is to be paid from there.
struct Best {
  Instant at{};
  double weight = 0;
};
class Plan {
 public:
  Plan(const Forecast& forecast, double price, Instant from) : price_(price), from_(from) {
    for (std::size_t i = 0; i < kSteps; ++i) {
      rates_[i] = forecast.at(from + static_cast<int>(i) * kStep + kStep / 2 - kLag);
    }
    for (std::size_t i = kSteps; i-- > 1;) to_pay_[i] = best_after(i, i + 1, kSteps).cost;
  }
  Best first(std::chrono::minutes earliest, std::chrono::minutes latest) const {
    const auto steps = [](std::chrono::minutes m) {
      return static_cast<std::size_t>((m + kStep - std::chrono::minutes(1)) / kStep);
    };
    const auto best =
        best_after(0, std::max<std::size_t>(1, steps(earliest)), std::min(kSteps, steps(latest)));
    return {from_ + static_cast<int>(best.next) * kStep,
            rates_[std::min(best.next, kSteps - 1)].weighted};
  }

 private:
  static constexpr std::size_t kSteps = 48 * 60 / kStep.count();
  struct Next {
    std::size_t next = kSteps;
    double cost = 0;
  };
  // Asked at step `i`, asked next at one of the steps from `first` to `last`.
  Next best_after(std::size_t i, std::size_t first, std::size_t last) const {
    double gathered = 0;  // weighted events that would be found, if asked now
    double hidden = 0;    // chance that it is out for delivery and nobody knows
    double alive = 1;     // chance that it has not been delivered since: then no more is to be paid
    double delay = 0;
    Next best{last, std::numeric_limits<double>::infinity()};
    for (std::size_t j = i + 1; j <= last; ++j) {
      const auto& rates = rates_[j - 1];
      const double now = alive * (rates.weighted + hidden * rates.arrives);
      delay += (gathered + now * kStepHours / 2) * kStepHours;
      gathered += now * kStepHours;
      hidden += ((1 - hidden) * rates.ready - hidden * rates.arrival) * kStepHours;
      hidden = std::clamp(hidden, 0.0, 1.0);
      alive /= 1 + (rates.ends + hidden * rates.arrival) * kStepHours;
      if (delay >= best.cost) break;  // it only grows
      const double cost = delay + (j < kSteps ? price_ + alive * to_pay_[j] : 0);
      if (j >= first && cost < best.cost) best = {j, cost};
    }
    return best;
  }

  double price_;
  Instant from_;
  std::array<Forecast::At, kSteps> rates_;
  std::array<double, kSteps + 1> to_pay_{};
};

Decision ask_at(Instant at, double weight = 0) { return {What::Ask, at, weight}; }

Decision after_the_end(const Known& known) {
  const auto finished = known.changed_at.value_or(known.created_at);
  if (known.checks >= static_cast<int>(kChecks.size())) return {What::Stop, finished, 0};
  return ask_at(finished + kChecks[static_cast<std::size_t>(known.checks)]);
}

// While nobody knows the number: the ladder, then the rule, then no more.
std::optional<Decision> while_unknown(const Known& known, const Terms& terms, Instant expiry) {
  const auto step = static_cast<std::size_t>(known.not_found);
  if (step < kLadder.size()) return ask_at(known.created_at + kLadder[step]);
  const std::chrono::hours kept = terms.is_postal ? kUnknownForPostal : kUnknownFor;
  const auto asked = known.asked_at.value_or(known.created_at);
  if (asked >= known.created_at + kept) return Decision{What::Expire, expiry, 0};
  return std::nullopt;
}

Decision by_the_rule(const Known& known, const Terms& terms, Instant now, Instant quiet_since) {
  const auto from = *known.asked_at;
  auto ceiling = kCeiling;
  if (now - quiet_since >= kStaleAfter) ceiling = kStaleCeiling;
  const Forecast forecast(known, *terms.rates);
  const auto best = Plan(forecast, terms.price, from).first(terms.min_gap, ceiling);
  auto at =
      std::clamp<Instant>(jittered(known, from, best.at), from + terms.min_gap, from + ceiling);
  // A carrier that tells by itself is asked as a safety net.
  if (known.pushed_at && known.stage != Stage::OutForDelivery) {
    at = std::max<Instant>(at, *known.pushed_at + kCeiling);
  }
  return ask_at(at, best.weight);
}

Decision decide(const Known& known, const Terms& terms, Instant now) {
  if (known.stage == Stage::Finished) return after_the_end(known);
  // Silence counts from the last word, or from the day it was tracked (anew).
  const auto quiet_since = std::max(known.newest_at.value_or(known.created_at), known.created_at);
  const Instant expiry = quiet_since + kExpireAfter;
  if (!known.newest_at && known.not_found > 0) {
    if (const auto decision = while_unknown(known, terms, expiry)) return *decision;
  }
  if (!known.asked_at) return ask_at(known.created_at);
  const auto decision = by_the_rule(known, terms, now, quiet_since);
  if (decision.at >= expiry) return {What::Expire, expiry, 0};
  return decision;
}

}  // namespace

Decision next_call(const Known& known, const Terms& terms, Instant now) {
  auto decision = decide(known, terms, now);
  if (known.failures > 0 && decision.what == What::Ask) {
    // A failed call leaves the shipment's clock alone; only the carrier is given a rest.
    const auto rest =
        std::min<std::chrono::minutes>(1min * (1 << std::min(known.failures, 7)), kLongestBackoff);
    decision.at = std::max<Instant>(decision.at, now + rest);
  }
  if (decision.what == What::Ask) decision.at = std::max(decision.at, now);
  return decision;
}

double adjusted_price(double price, double forecast, double budget) {
  constexpr double kCheapest = 1e-4, kDearest = 1e4;
  if (forecast > budget) return std::min(price * 1.1, kDearest);
  if (forecast < 0.9 * budget) return std::max(price / 1.1, kCheapest);
  return price;
}

}  // namespace polling
