// A lane that this process holds, and what it knows of it. For this room only; on the dispatcher's
// thread.
#pragma once
#include <algorithm>
#include <deque>
#include <set>

#include "notify/circuit.h"

namespace notify {

// What was read so long ago may not be true any more: it is read again.
inline constexpr std::chrono::seconds kFresh{5};

struct Ready {
  Delivery delivery;
  std::unique_ptr<Message> message;
  std::chrono::steady_clock::time_point since;
};

class HeldLane {
 public:
  HeldLane(LaneState claimed, Sender& with, base::Instant leased_until)
      : state(std::move(claimed)), sender(with), manner(with.manner()), lease_until(leased_until) {
    allowed = state.failures > 0 ? 1 : std::min(2, manner.at_once);
  }

  bool is_open() const { return notify::is_open(state); }
  bool is_idle() const {
    return in_flight == 0 && ready.empty() && unsettled.empty() && !is_loading && !has_more;
  }
  // How many are worth having ready. Those that are counted before they are made, only as many as
  // can be made at once; and a probe is a single one.
  int to_load() const {
    if (is_open()) return in_flight == 0 ? 1 : 0;
    if (manner.marks_first) return allowed - in_flight;
    return std::clamp(2 * allowed, 4, 64);
  }
  bool wants_a_place() const { return !ready.empty() && in_flight < allowed; }
  bool wants_to_load() const {
    return has_more && !is_loading && static_cast<int>(ready.size()) <= allowed / 2 &&
           to_load() > 0 && !is_leaving;
  }

  // One more at a time with each success, half as many after each failure.
  void note(Health health, base::Instant now) {
    notify::note(state, health, now);
    if (health == Health::Well) allowed = std::min(allowed + 1, manner.at_once);
    if (health == Health::Failing) {
      allowed = std::max(1, allowed / 2);
      has_changed = true;
    }
  }
  // What has waited too long for its turn is read again, but for what is counted already.
  void drop_stale(std::chrono::steady_clock::time_point now) {
    while (!ready.empty() && now - ready.front().since > kFresh && !manner.marks_first) {
      unsettled.erase(ready.front().delivery.id);
      ready.pop_front();
      has_more = true;
    }
  }
  // Nothing but what is under way until then.
  void rest(base::Instant until) {
    not_before = std::max(not_before, until);
    for (const auto& one : ready) unsettled.erase(one.delivery.id);
    ready.clear();
    has_more = false;
  }

  std::int64_t holding = 0;  // this process has held lanes so often before
  LaneState state;
  Sender& sender;
  const Sender::Manner manner;
  base::Instant lease_until{};
  base::Instant not_before{};  // its next attempt, after it is given up
  int allowed = 2;             // attempts at the same time
  int in_flight = 0;
  std::deque<Ready> ready;
  std::set<std::string> unsettled;  // ids of all that is ready, under way or ended but not written
  bool has_more = true;             // there may be something to load
  bool is_loading = false;
  bool is_leaving = false;
  bool is_lost = false;     // the lease ran out, and somebody else has it
  bool is_waiting = false;  // for a place
  bool has_changed = false;
};

}  // namespace notify
