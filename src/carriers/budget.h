// How much one carrier may be asked, and when: pace, calls a day, calls at the same time, what it
// asked for itself (Retry-After), and a circuit breaker for the times when it is not well.
//
// Nothing here waits: whoever wants to ask is told at once, either with a Turn or with the instant
// from which it makes sense to come back. No clock and no database inside; budgets.h keeps one for
// each carrier and lets them survive a restart. Safe from any thread.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace carriers {

enum class Hold : std::uint8_t {
  Pace,        // calls per second
  Day,         // calls in 24 hours
  Busy,        // calls at the same time
  RetryAfter,  // the carrier wants to be left alone
  Breaker,     // it fails again and again
};
// "pace", "day", "busy", "retry_after", "breaker".
std::string_view name(Hold hold);

struct Wait {
  Hold why{};
  base::Instant until;
};

struct BudgetLimits {
  double per_second = 0;     // 0: no limit
  std::int64_t per_day = 0;  // 0: no limit
  int concurrency = 4;
  friend bool operator==(const BudgetLimits&, const BudgetLimits&) = default;
};

// What a call told about the carrier, as opposed to a number.
enum class Reaction : std::uint8_t {
  Well,     // it answered, whatever it said of the number
  Unwell,   // server error, time-out, no connection, or our access refused
  Limited,  // 429, or 503 with Retry-After
};

class Budget {
 public:
  // Consecutive failures that open the breaker, and how long it stays open: doubling from the first
  // to the longest.
  static constexpr int kFailures = 5;
  static constexpr std::chrono::seconds kFirstBreak{30};
  static constexpr std::chrono::hours kLongestBreak{1};
  // After a 429 without Retry-After; doubling too.
  static constexpr std::chrono::seconds kFirstRest{60};

  // The right to one call. Gives its place back when it goes.
  class Turn {
   public:
    Turn(Turn&& other) noexcept;
    Turn& operator=(Turn&& other) noexcept;
    ~Turn();
    // How the call went. `retry_after`: from the reply, when it said so.
    void went(Reaction reaction, base::Instant now,
              std::optional<base::Instant> retry_after = std::nullopt);
    // One more call of the same question (a page, a token, a repetition): counted, not refused,
    // because half an answer would cost the whole call again.
    void again(base::Instant now);

   private:
    friend class Budget;
    Turn(Budget& budget, bool is_probe) : budget_(&budget), is_probe_(is_probe) {}
    Budget* budget_;
    bool is_probe_;
  };

  explicit Budget(const BudgetLimits& limits) : limits_(limits) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  base::Result<Turn, Wait> try_take(base::Instant now);
  // What try_take would say; nothing when it would give a turn.
  std::optional<Wait> would_wait(base::Instant now) const;
  // `now` when a call may go at once.
  base::Instant next_free(base::Instant now) const;
  // Calls left in the 24 hours that end now; nothing when there is no limit.
  std::optional<std::int64_t> left_today(base::Instant now) const;
  bool is_broken(base::Instant now) const;

  void set_limits(const BudgetLimits& limits);
  // How many processes share the carrier: each takes its part of pace and places.
  void set_sharers(int sharers);

  // What survives a restart. Hours are counted since 1970.
  struct Kept {
    base::Instant paced_until{};  // when the pace has forgotten all calls so far
    base::Instant left_alone_until{};
    base::Instant open_until{};
    int failures = 0;
    int rests = 0;
    std::map<std::int64_t, std::int64_t> calls;  // by hour; of kept(): not written yet
    bool is_changed = false;                     // failures, rests or what follows from them
  };
  // What has changed since the last written().
  Kept kept() const;
  // `what`, as kept() gave it, is on disk; `stored` is what the store says now, other processes'
  // doings included.
  void written(const Kept& what, const Kept& stored, base::Instant now);

 private:
  struct HourCount {
    std::int64_t calls = 0;    // of all processes, as far as known
    std::int64_t unsaved = 0;  // of them ours, not written yet
  };
  std::optional<Wait> wait_for(base::Instant now) const;
  std::optional<Wait> wait_for_day(base::Instant now) const;
  void count(base::Instant now);
  void give_back(bool is_probe);
  void went(bool was_probe, Reaction reaction, base::Instant now,
            std::optional<base::Instant> until);
  std::chrono::microseconds interval() const;
  std::int64_t calls_within_a_day(std::int64_t hour) const;

  mutable std::mutex mutex_;
  BudgetLimits limits_;
  int sharers_ = 1;
  int under_way_ = 0;
  bool is_probing_ = false;
  Kept state_;  // its calls are not used
  std::map<std::int64_t, HourCount> hours_;
};

}  // namespace carriers
