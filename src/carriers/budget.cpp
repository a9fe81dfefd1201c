#include "carriers/budget.h"

#include <algorithm>
#include <cmath>

namespace carriers {
namespace {

using base::Instant;
using std::chrono::microseconds;

// Until when a place may have become free; calls take about as long.
constexpr std::chrono::milliseconds kBusy{200};
constexpr std::int64_t kWindow = 24;  // hours

std::int64_t hour_of(Instant t) {
  return std::chrono::floor<std::chrono::hours>(t).time_since_epoch().count();
}
Instant begin_of(std::int64_t hour) { return Instant(std::chrono::hours(hour)); }

// first, twice, four times ..., at most `longest`.
microseconds doubled(microseconds first, int times, microseconds longest) {
  auto out = first;
  for (int i = 0; i < times && out < longest; ++i) out *= 2;
  return std::min(out, longest);
}

}  // namespace

std::string_view name(Hold hold) {
  switch (hold) {
    case Hold::Pace:
      return "pace";
    case Hold::Day:
      return "day";
    case Hold::Busy:
      return "busy";
    case Hold::RetryAfter:
      return "retry_after";
    case Hold::Breaker:
      return "breaker";
  }
  return "unknown";
}

// ---- Turn

Budget::Turn::Turn(Turn&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)), is_probe_(other.is_probe_) {}

Budget::Turn& Budget::Turn::operator=(Turn&& other) noexcept {
  std::swap(budget_, other.budget_);
  std::swap(is_probe_, other.is_probe_);
  return *this;
}

Budget::Turn::~Turn() {
  if (budget_ != nullptr) budget_->give_back(is_probe_);
}

void Budget::Turn::went(Reaction reaction, Instant now, std::optional<Instant> retry_after) {
  if (budget_ != nullptr) budget_->went(is_probe_, reaction, now, retry_after);
}

void Budget::Turn::again(Instant now) {
  if (budget_ == nullptr) return;
  const std::lock_guard lock(budget_->mutex_);
  budget_->count(now);
}

// ---- what may be asked

microseconds Budget::interval() const {
  if (limits_.per_second <= 0) return microseconds(0);
  const double rate = limits_.per_second / sharers_;
  return microseconds(static_cast<std::int64_t>(std::ceil(1e6 / rate)));
}

std::int64_t Budget::calls_within_a_day(std::int64_t hour) const {
  std::int64_t sum = 0;
  for (auto at = hours_.lower_bound(hour - kWindow); at != hours_.end(); ++at)
    sum += at->second.calls;
  return sum;
}

// Whatever hour the carrier's day begins at, and should it be a sliding one: in no 24 hours are
// there more calls. The hour that has only begun to leave the window still counts in full.
std::optional<Wait> Budget::wait_for_day(Instant now) const {
  if (limits_.per_day <= 0) return std::nullopt;
  const auto hour = hour_of(now);
  auto sum = calls_within_a_day(hour);
  if (sum < limits_.per_day) return std::nullopt;
  auto at = hours_.lower_bound(hour - kWindow);
  for (; at != hours_.end(); ++at) {
    sum -= at->second.calls;
    if (sum < limits_.per_day) break;
  }
  return Wait{Hold::Day, begin_of((at == hours_.end() ? hour : at->first) + kWindow + 1)};
}

std::optional<Wait> Budget::wait_for(Instant now) const {
  if (state_.left_alone_until > now) return Wait{Hold::RetryAfter, state_.left_alone_until};
  if (state_.failures >= kFailures) {
    if (state_.open_until > now) return Wait{Hold::Breaker, state_.open_until};
    // One call finds out for all.
    if (is_probing_) return Wait{Hold::Breaker, now + kFirstBreak};
  }
  if (auto day = wait_for_day(now)) return day;
  const int places = std::max(1, limits_.concurrency / sharers_);
  if (under_way_ >= places) return Wait{Hold::Busy, now + kBusy};
  // A second's worth may go at once (at least one call): paced_until is when all calls so far are
  // paid for, and may lie that far ahead.
  const auto step = interval();
  const double burst = std::max(1.0, std::floor(limits_.per_second / sharers_));
  const auto ahead = step * static_cast<std::int64_t>(burst - 1);
  if (state_.paced_until > now + ahead) return Wait{Hold::Pace, state_.paced_until - ahead};
  return std::nullopt;
}

std::optional<Wait> Budget::would_wait(Instant now) const {
  const std::lock_guard lock(mutex_);
  return wait_for(now);
}

Instant Budget::next_free(Instant now) const {
  const auto wait = would_wait(now);
  return wait ? wait->until : now;
}

base::Result<Budget::Turn, Wait> Budget::try_take(Instant now) {
  const std::lock_guard lock(mutex_);
  if (const auto wait = wait_for(now)) return base::Failure{*wait};
  const bool is_probe = state_.failures >= kFailures;
  is_probing_ = is_probing_ || is_probe;
  ++under_way_;
  count(now);
  return Turn(*this, is_probe);
}

void Budget::count(Instant now) {
  state_.paced_until = std::max(state_.paced_until, now) + interval();
  const auto hour = hour_of(now);
  auto& counted = hours_[hour];
  ++counted.calls;
  ++counted.unsaved;
  while (!hours_.empty() && hours_.begin()->first < hour - kWindow &&
         hours_.begin()->second.unsaved == 0)
    hours_.erase(hours_.begin());
}

void Budget::give_back(bool is_probe) {
  const std::lock_guard lock(mutex_);
  --under_way_;
  if (is_probe) is_probing_ = false;
}

void Budget::went(bool was_probe, Reaction reaction, Instant now,
                  std::optional<Instant> retry_after) {
  const std::lock_guard lock(mutex_);
  if (retry_after) {
    state_.left_alone_until = std::max(state_.left_alone_until, *retry_after);
    state_.is_changed = true;
  }
  if (reaction == Reaction::Limited) {
    if (!retry_after) {
      const auto rest = doubled(kFirstRest, state_.rests, kLongestBreak);
      state_.left_alone_until = std::max(state_.left_alone_until, now + rest);
    }
    ++state_.rests;
    state_.is_changed = true;
    return;
  }
  if (reaction == Reaction::Well) {
    state_.is_changed = state_.is_changed || state_.failures > 0 || state_.rests > 0;
    state_.failures = 0;
    state_.rests = 0;
    return;
  }
  // Calls that were under way when the breaker opened say nothing new.
  if (state_.failures >= kFailures && !was_probe) return;
  ++state_.failures;
  state_.is_changed = true;
  if (state_.failures >= kFailures)
    state_.open_until = now + doubled(kFirstBreak, state_.failures - kFailures, kLongestBreak);
}

bool Budget::is_broken(Instant) const {
  const std::lock_guard lock(mutex_);
  return state_.failures >= kFailures;
}

std::optional<std::int64_t> Budget::left_today(Instant now) const {
  const std::lock_guard lock(mutex_);
  if (limits_.per_day <= 0) return std::nullopt;
  return std::max<std::int64_t>(0, limits_.per_day - calls_within_a_day(hour_of(now)));
}

void Budget::set_limits(const BudgetLimits& limits) {
  const std::lock_guard lock(mutex_);
  limits_ = limits;
}

void Budget::set_sharers(int sharers) {
  const std::lock_guard lock(mutex_);
  sharers_ = std::max(1, sharers);
}

// ---- what survives

Budget::Kept Budget::kept() const {
  const std::lock_guard lock(mutex_);
  Kept out = state_;
  for (const auto& [hour, counted] : hours_) {
    if (counted.unsaved > 0) out.calls.emplace(hour, counted.unsaved);
  }
  return out;
}

void Budget::written(const Kept& what, const Kept& stored, Instant now) {
  const std::lock_guard lock(mutex_);
  for (const auto& [hour, calls] : what.calls) hours_[hour].unsaved -= calls;
  for (const auto& [hour, calls] : stored.calls) {
    auto& counted = hours_[hour];
    counted.calls = calls + counted.unsaved;
  }
  std::erase_if(hours_, [&](const auto& entry) {
    return entry.first < hour_of(now) - kWindow && entry.second.unsaved == 0;
  });
  state_.left_alone_until = std::max(state_.left_alone_until, stored.left_alone_until);
  // A pace remembered from before a restart; of other processes only the longest debt, which is
  // theirs: ours goes on.
  if (state_.paced_until == Instant{}) state_.paced_until = stored.paced_until;
  // Ours, when it has changed meanwhile; it will be written next time.
  const bool is_newer = state_.failures != what.failures || state_.rests != what.rests ||
                        state_.open_until != what.open_until;
  state_.is_changed = is_newer;
  if (is_newer) return;
  state_.failures = stored.failures;
  state_.rests = stored.rests;
  state_.open_until = stored.open_until;
}

}  // namespace carriers
