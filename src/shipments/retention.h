// What has reached its age goes: the key first, then the row. Nothing of a consignee outlives 180
// days.
#pragma once
#include "base/clock.h"
#include "shipments/repository.h"

namespace shipments {

struct Swept {
  std::int64_t shipments = 0;
  std::int64_t air_waybills = 0;
  std::int64_t ledger_rows = 0;
  std::int64_t quota_cycles = 0;
  std::int64_t answers = 0;
  std::int64_t untold = 0;  // outbox rows that nobody took for a week
};

// The retention classes ledger-180d and quota-13m of data/privacy/retention.toml.
inline constexpr std::chrono::days kLedgerKept{180};
inline constexpr std::chrono::days kQuotaKept{396};

// Forgets every shipment and air waybill whose expires_at has come, and the rows about them that
// may stay no longer. Blocks; works in small transactions, so that nobody waits behind it. May be
// stopped and begun again at any moment: a row without its key is deleted next time.
Swept sweep_expired(store::Database& database, personal::Vault& vault, base::Instant now);

// Forgets all shipments and air waybills of an account, whatever their age: it was closed. Blocks;
// gives back how many.
std::int64_t forget_account(store::Database& database, personal::Vault& vault,
                            std::int64_t account_id);

// Deletes the shipments whose person's key is gone: after an older store was restored beside a
// newer key store, or keys were forgotten again. Blocks; gives back how many.
std::int64_t sweep_unreadable(store::Database& database, personal::Vault& vault);

}  // namespace shipments
