#include "notify/circuit.h"

#include <algorithm>

namespace notify {

Health health_of(const channels::Outcome& outcome) {
  using Kind = channels::Outcome::Kind;
  switch (outcome.kind) {
    case Kind::Accepted:
    case Kind::Refused:
      return Health::Well;
    case Kind::Later:
    case Kind::Gone:
      return Health::Failing;
    case Kind::NotSetUp:
      break;
  }
  return Health::Unsaid;
}

void note(LaneState& lane, Health health, base::Instant now) {
  if (health == Health::Well) {
    lane.failures = 0;
    lane.failing_since.reset();
    lane.succeeded_at = now;
  } else if (health == Health::Failing) {
    ++lane.failures;
    if (!lane.failing_since) lane.failing_since = now;
  }
}

std::chrono::seconds open_for(int failures, std::chrono::seconds first) {
  return std::min<std::chrono::seconds>(
      first * (std::int64_t{1} << std::clamp(failures - kOpenAfter, 0, 20)), kLongestOpen);
}

}  // namespace notify
