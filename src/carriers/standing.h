// How each connector stands now: what its counts (health.h) and the operator's settings amount to.
// What the health page shows. Nothing about parcels.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "carriers/ask.h"
#include "carriers/connector.h"
#include "carriers/health.h"

namespace carriers {

enum class State : std::uint8_t {
  Drift,    // answers in the last day that parse and map to nothing: their interface has changed
  Failing,  // at least half of what was asked lately failed
  Ok,
  NotAsked,  // ready, and there was nothing to ask in the last day
  NotSetUp,  // switched off, or without a secret it needs
};
// "drift", "failing", "ok", "not_asked", "not_set_up".
std::string_view name(State state);

struct Standing {
  std::string id, name;
  State state = State::NotSetUp;
  // Why it is not set up: the secret that is missing; empty when it was switched off.
  std::string missing;
  HeardCounts last_day;     // the last 24 hours, to the hour
  HealthCounts last_month;  // the last 30 days
  bool was_asked() const { return last_month.asked() > 0; }
};

// The rule. `lately`: this hour and the one before.
State judge(bool is_ready, const HeardCounts& last_day, const HeardCounts& lately);

// Of every connector that can be asked at all (documents that are only brought have no state),
// what needs attention first, then by name.
std::vector<Standing> standings(store::Tx& tx, const Connectors& connectors,
                                const AllSettings& settings, base::Instant now);

}  // namespace carriers
