#include "accounts/quota.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace accounts {

base::Instant cycle_start(base::Instant now) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(now));
  return std::chrono::sys_days(date.year() / date.month() / 1);
}

namespace {

std::int64_t most_of(const Plan& plan) {
  return plan.monthly_quota == 0 ? std::numeric_limits<std::int64_t>::max() / 2
                                 : plan.monthly_quota;
}

}  // namespace

bool take_quota(store::Tx& tx, std::int64_t account_id, const Plan& plan, base::Instant now,
                std::int64_t amount) {
  const auto most = most_of(plan);
  const auto cycle = cycle_start(now);
  constexpr std::string_view kTake =
      "UPDATE quota_cycles SET used = used + $3 WHERE account_id = $1 AND cycle_start = $2 AND "
      "used + $3 <= $4";
  if (tx.execute(kTake, account_id, cycle, amount, most) == 1) return true;
  // Nothing left, or the first of its cycle. Another process may begin the cycle at the same
  // moment, hence the second try.
  tx.execute(
      "INSERT INTO quota_cycles (account_id, cycle_start, used) VALUES ($1, $2, 0) ON CONFLICT DO "
      "NOTHING",
      account_id, cycle);
  return tx.execute(kTake, account_id, cycle, amount, most) == 1;
}

std::int64_t take_quota_up_to(store::Tx& tx, std::int64_t account_id, const Plan& plan,
                              base::Instant now, std::int64_t amount) {
  while (amount > 0) {
    if (take_quota(tx, account_id, plan, now, amount)) return amount;
    // Always less than was just refused, also when another process gives some back meanwhile.
    amount = std::min(amount - 1, most_of(plan) - used_quota(tx, account_id, now));
  }
  return 0;
}

std::int64_t used_quota(store::Tx& tx, std::int64_t account_id, base::Instant now) {
  auto rows = tx.query("SELECT used FROM quota_cycles WHERE account_id = $1 AND cycle_start = $2",
                       account_id, cycle_start(now));
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace accounts
