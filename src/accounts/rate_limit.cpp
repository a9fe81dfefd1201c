#include "accounts/rate_limit.h"

#include <algorithm>

namespace accounts {

RateLimiter::Verdict RateLimiter::take(std::int64_t account_id, std::uint8_t endpoint,
                                       double per_second) {
  if (per_second <= 0) return {true, {}};
  const auto now = base::to_micros(clock_.now());
  const auto interval = static_cast<std::int64_t>(1e6 / per_second);
  const auto depth = static_cast<std::int64_t>(kBurstSeconds * 1e6);
  const std::lock_guard lock(mutex_);
  // Buckets that are full again say nothing; dropping them now and then keeps the map small.
  if (full_at_.size() > 100'000)
    std::erase_if(full_at_, [&](const auto& bucket) { return bucket.second < now; });
  auto& full_at = full_at_[static_cast<std::uint64_t>(account_id) * 256 + endpoint];
  const auto next = std::max(full_at, now) + interval;
  if (next > now + depth) {
    const auto wait = next - depth - now;
    return {false, std::chrono::seconds(std::max<std::int64_t>(1, (wait + 999'999) / 1'000'000))};
  }
  full_at = next;
  return {true, {}};
}

}  // namespace accounts
