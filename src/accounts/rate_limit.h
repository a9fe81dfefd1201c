// How fast an account may call an endpoint: a token bucket each, kept in memory of this process. A
// bucket holds one second's worth, as the v4 API documents its limits.
#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "base/clock.h"

namespace accounts {

class RateLimiter {
 public:
  static constexpr double kBurstSeconds = 1;

  explicit RateLimiter(const base::Clock& clock) : clock_(clock) {}

  struct Verdict {
    bool is_allowed;
    std::chrono::seconds retry_after;  // at least 1 when refused
  };
  // per_second 0: always allowed. `endpoint` is a small number of the caller's.
  Verdict take(std::int64_t account_id, std::uint8_t endpoint, double per_second);

 private:
  // Generic cell rate algorithm: one instant per bucket, the time at which it will be full again.
  const base::Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::int64_t> full_at_;
};

}  // namespace accounts
