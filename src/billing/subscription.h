// What is owed for a plan over time: a pure engine. No clock, no database; whole minor units.
//
// A period is paid in advance. Within one, time costs its share of the price less the discount:
// P(t) is that of the time from the period's beginning until t, rounded down once, and any stretch
// from a to b costs P(b) - P(a). A change gives back what was paid for the time not used yet and
// charges the new price from there, so that over any number of changes charges, discounts and
// credits add up to the price of the time used, to the cent.
//
//   another plan, same cycle    the period stays, the rest of it costs the new price; the discount
//                               goes on and is not counted again
//   another cycle               a new period begins; the discounts that are left wait while the
//                               cycle is not theirs
//   pause                       the period stands still: nothing is given back, nothing charged,
//                               no discount is lost
//   end                         what is not used is given back
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "billing/invoices.h"
#include "billing/price_list.h"

namespace billing {

// The period that is paid for.
struct Period {
  std::int64_t price = 0, discount = 0;    // of all of it, at the present plan
  base::Instant begins{}, ends{}, from{};  // `from`: since when at this plan

  friend bool operator==(const Period&, const Period&) = default;
};
// Of the time from a to b within the period; both are moved into it.
std::int64_t price_of(const Period& period, base::Instant a, base::Instant b);

struct Subscription {
  std::string tariff;
  Cycle cycle = Cycle::Monthly;
  Period period;
  // Periods are counted from here, so that the 31st comes back after a February.
  base::Instant anchor{};
  int periods = 1;  // of them, this one included
  std::optional<base::Instant> paused_at;
  bool is_ended = false;
  // The offer that was taken (empty: none): how much, on which cycle, for how many periods more.
  std::string offer;
  int percent_off = 0;
  Cycle discounted = Cycle::Monthly;
  int discounts_left = 0;
};

struct Step {
  Subscription subscription;
  std::vector<Line> lines;  // empty: no money moves
};

enum class StepFault : std::uint8_t {
  Ended,
  Paused,     // resume it first
  NotPaused,  //
  Over,       // the period is over: renew first
  NotOver,    //
  Early       // a time before what has happened already
};
std::string_view describe(StepFault fault);
using Stepped = base::Result<Step, StepFault>;

// Begins now. An offer that does not fit plan and cycle is left aside.
Step start(const Tariff& tariff, Cycle cycle, const std::optional<Offer>& offer, base::Instant now);
// The next period, from where the last one ended. `tariff`: the subscription's own, as it costs
// now.
Stepped renew(const Subscription& before, const Tariff& tariff, base::Instant now);
Stepped change(const Subscription& before, const Tariff& tariff, Cycle cycle, base::Instant now);
Stepped pause(const Subscription& before, base::Instant now);
Stepped resume(const Subscription& before, base::Instant now);
Stepped end(const Subscription& before, base::Instant now);

// So many months after; the last day of a month that is too short.
base::Instant months_after(base::Instant from, int months);

}  // namespace billing
