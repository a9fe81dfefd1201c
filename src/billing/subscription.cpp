#include "billing/subscription.h"

#include <algorithm>

namespace billing {
namespace {

using std::chrono::seconds;

std::int64_t seconds_between(base::Instant a, base::Instant b) {
  return std::chrono::floor<seconds>(b - a).count();
}

// The share of an amount for the time from the period's beginning until t. Prices are at most 10^8
// (price_list.cpp) and a period some 3 * 10^7 seconds: far from 10^18.
std::int64_t share(std::int64_t amount, const Period& period, base::Instant t) {
  const auto length = seconds_between(period.begins, period.ends);
  const auto used = seconds_between(period.begins, std::clamp(t, period.begins, period.ends));
  return amount * used / length;
}

std::int64_t share(std::int64_t amount, const Period& period, base::Instant a, base::Instant b) {
  return share(amount, period, b) - share(amount, period, a);
}

int months_of(Cycle cycle) { return cycle == Cycle::Monthly ? 1 : 12; }

// Half a cent counts as one, for whoever pays.
std::int64_t percent_of(std::int64_t price, int percent) { return (price * percent + 50) / 100; }

// A new period at the full price, and the discount that is still due.
void open_period(Subscription& s, const Tariff& tariff, base::Instant begins,
                 std::vector<Line>& lines) {
  const auto ends = months_after(s.anchor, s.periods * months_of(s.cycle));
  s.period = {tariff.price(s.cycle), 0, begins, ends, begins};
  lines.push_back(
      {LineKind::Charge, s.tariff, s.period.price, begins, s.period.ends, s.discounts_left});
  if (s.discounts_left == 0 || s.discounted != s.cycle) return;
  --s.discounts_left;
  lines.back().discounts_left = s.discounts_left;
  s.period.discount = percent_of(s.period.price, s.percent_off);
  lines.push_back(
      {LineKind::Discount, s.tariff, -s.period.discount, begins, s.period.ends, s.discounts_left});
}

// What was paid for the time from now on.
void give_back(const Subscription& s, base::Instant now, std::vector<Line>& lines) {
  const auto rest = price_of(s.period, now, s.period.ends);
  lines.push_back({LineKind::Credit, s.tariff, -rest, now, s.period.ends, s.discounts_left});
}

std::optional<StepFault> fault_of(const Subscription& s, base::Instant now) {
  if (s.is_ended) return StepFault::Ended;
  if (s.paused_at) return StepFault::Paused;
  if (now < s.period.from) return StepFault::Early;
  if (now >= s.period.ends) return StepFault::Over;
  return std::nullopt;
}

}  // namespace

std::int64_t price_of(const Period& period, base::Instant a, base::Instant b) {
  return share(period.price - period.discount, period, a, b);
}

std::string_view describe(StepFault fault) {
  switch (fault) {
    case StepFault::Ended:
      return "the subscription has ended";
    case StepFault::Paused:
      return "the subscription is paused: resume it first";
    case StepFault::NotPaused:
      return "the subscription is not paused";
    case StepFault::Over:
      return "the period is over: the next one has to begin first";
    case StepFault::NotOver:
      return "the period is not over yet";
    case StepFault::Early:
      break;
  }
  return "that was before what has happened already";
}

base::Instant months_after(base::Instant from, int months) {
  using namespace std::chrono;
  const auto midnight = floor<days>(from);
  const year_month_day date(midnight);
  const auto month = year_month(date.year(), date.month()) + std::chrono::months(months);
  const auto last = year_month_day(month / std::chrono::last).day();
  const auto day = month / std::min(date.day(), last);
  return base::Instant(sys_days(day)) + (from - midnight);
}

Step start(const Tariff& tariff, Cycle cycle, const std::optional<Offer>& offer,
           base::Instant now) {
  Step step;
  auto& s = step.subscription;
  s.tariff = tariff.id;
  s.cycle = cycle;
  s.anchor = now;
  if (offer && offer->is_for(tariff.id, cycle)) {
    s.offer = offer->id;
    s.percent_off = offer->percent_off;
    s.discounted = offer->cycle;
    s.discounts_left = offer->periods;
  }
  open_period(s, tariff, now, step.lines);
  return step;
}

Stepped renew(const Subscription& before, const Tariff& tariff, base::Instant now) {
  const auto fault = fault_of(before, now);
  if (!fault) return base::Failure{StepFault::NotOver};
  if (*fault != StepFault::Over) return base::Failure{*fault};
  Step step{before, {}};
  ++step.subscription.periods;
  open_period(step.subscription, tariff, before.period.ends, step.lines);
  return step;
}

Stepped change(const Subscription& before, const Tariff& tariff, Cycle cycle, base::Instant now) {
  if (const auto fault = fault_of(before, now)) return base::Failure{*fault};
  Step step{before, {}};
  auto& s = step.subscription;
  give_back(before, now, step.lines);
  s.tariff = tariff.id;
  if (cycle != before.cycle) {
    s.cycle = cycle;
    s.anchor = now;
    s.periods = 1;
    open_period(s, tariff, now, step.lines);
    return step;
  }
  const bool is_discounted = before.period.discount > 0;
  s.period.price = tariff.price(cycle);
  s.period.discount = is_discounted ? percent_of(s.period.price, s.percent_off) : 0;
  s.period.from = now;
  const auto add = [&](LineKind kind, std::int64_t amount) {
    step.lines.push_back({kind, s.tariff, amount, now, s.period.ends, s.discounts_left});
  };
  const auto full = share(s.period.price, s.period, now, s.period.ends);
  add(LineKind::Charge, full);
  if (is_discounted) add(LineKind::Discount, price_of(s.period, now, s.period.ends) - full);
  return step;
}

Stepped pause(const Subscription& before, base::Instant now) {
  if (const auto fault = fault_of(before, now)) return base::Failure{*fault};
  Step step{before, {}};
  step.subscription.paused_at = now;
  return step;
}

Stepped resume(const Subscription& before, base::Instant now) {
  if (before.is_ended) return base::Failure{StepFault::Ended};
  if (!before.paused_at) return base::Failure{StepFault::NotPaused};
  if (now < *before.paused_at) return base::Failure{StepFault::Early};
  Step step{before, {}};
  auto& s = step.subscription;
  const auto stood_still = now - *before.paused_at;
  for (auto* at : {&s.period.begins, &s.period.ends, &s.period.from}) *at += stood_still;
  // The next period begins on another day of the month than the last ones.
  s.anchor = s.period.ends;
  s.periods = 0;
  s.paused_at.reset();
  return step;
}

Stepped end(const Subscription& before, base::Instant now) {
  // What stands still ends where it stands.
  auto running = before;
  running.paused_at.reset();
  const auto at = before.paused_at.value_or(now);
  if (now < at) return base::Failure{StepFault::Early};
  if (const auto fault = fault_of(running, at)) return base::Failure{*fault};
  Step step{running, {}};
  give_back(running, at, step.lines);
  step.subscription.is_ended = true;
  return step;
}

}  // namespace billing
