// How many new shipments an account has stored in this cycle: the calendar month in UTC. Counted in
// the transaction that stores them, so that a quota is neither overdrawn nor charged for what was
// not stored.
#pragma once
#include <cstdint>

#include "accounts/plan.h"
#include "base/clock.h"
#include "store/database.h"

namespace accounts {

base::Instant cycle_start(base::Instant now);

// False, and nothing changed, when the plan does not allow `amount` more.
bool take_quota(store::Tx& tx, std::int64_t account_id, const Plan& plan, base::Instant now,
                std::int64_t amount);
// As much of `amount` as the plan still allows, which is counted and given back.
std::int64_t take_quota_up_to(store::Tx& tx, std::int64_t account_id, const Plan& plan,
                              base::Instant now, std::int64_t amount);
std::int64_t used_quota(store::Tx& tx, std::int64_t account_id, base::Instant now);

}  // namespace accounts
