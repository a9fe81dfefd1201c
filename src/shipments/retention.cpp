#include "shipments/retention.h"

#include <chrono>
#include <thread>
#include <vector>

#include "shipments/answers.h"
#include "shipments/events.h"

namespace shipments {
namespace {

constexpr int kBatch = 200;
// A night's batch takes one part of the time and leaves four to whoever is awake (bench/rights:
// what creates lose meanwhile). 100,000 shipments take about a minute that way.
constexpr int kPartsLeft = 4;

struct Due {
  base::Id id;
  personal::SubjectId subject;
};

std::vector<std::int64_t> accounts_with_shipments(store::Tx& tx) {
  std::vector<std::int64_t> accounts;
  auto rows = tx.query("SELECT account_id FROM accounts ORDER BY account_id");
  while (rows.next()) accounts.push_back(rows.integer(0));
  return accounts;
}

// Found through the index on age: what was received 180 days ago was created then or earlier.
std::vector<Due> due_shipments(store::Tx& tx, std::int64_t account_id, base::Instant now) {
  std::vector<Due> due;
  auto rows = tx.query(
      "SELECT id, subject FROM shipments WHERE account_id = $1 AND created_at <= $2 "
      "AND expires_at <= $3 LIMIT $4",
      account_id, now - kLongestKept, now, kBatch);
  while (rows.next()) {
    due.push_back({base::Id::from_bytes(rows.blob(0)).value_or(base::Id()), rows.integer(1)});
  }
  return due;
}

std::vector<Due> some_shipments(store::Tx& tx, std::int64_t account_id) {
  std::vector<Due> some;
  auto rows = tx.query("SELECT id, subject FROM shipments WHERE account_id = $1 LIMIT $2",
                       account_id, kBatch);
  while (rows.next()) {
    some.push_back({base::Id::from_bytes(rows.blob(0)).value_or(base::Id()), rows.integer(1)});
  }
  return some;
}

enum class Pace : std::uint8_t { AtOnce, WithPauses };

// Batch after batch, until `find` finds none.
template <class Find>
std::int64_t forget_batches(store::Database& database, personal::Vault& vault,
                            std::int64_t account_id, Pace pace, Find find) {
  std::int64_t swept = 0;
  while (true) {
    const auto begin = std::chrono::steady_clock::now();
    const auto due = database.read_now(find);
    if (due.empty()) return swept;
    std::vector<personal::SubjectId> subjects;
    for (const auto& one : due) {
      if (one.subject != 0) subjects.push_back(one.subject);
    }
    vault.forget(account_id, subjects);
    database.write_now([&](store::Tx& tx) {
      for (const auto& one : due) {
        tx.enqueue("DELETE FROM shipments WHERE account_id = $1 AND id = $2", account_id,
                   store::Blob{one.id.bytes()});
      }
      forget_untold(tx, account_id);
    });
    swept += static_cast<std::int64_t>(due.size());
    if (pace == Pace::WithPauses && due.size() == kBatch)
      std::this_thread::sleep_for((std::chrono::steady_clock::now() - begin) * kPartsLeft);
  }
}

std::int64_t sweep_account(store::Database& database, personal::Vault& vault,
                           std::int64_t account_id, base::Instant now) {
  return forget_batches(database, vault, account_id, Pace::WithPauses,
                        [&](store::Tx& tx) { return due_shipments(tx, account_id, now); });
}

// In slices, so that no write waits long behind it.
std::int64_t sweep_ledger(store::Database& database, base::Instant cutoff) {
  std::int64_t swept = 0;
  for (;;) {
    const auto slice = database.write_now([&](store::Tx& tx) {
      auto last = tx.query(
          "SELECT at FROM access_ledger WHERE at <= $1 ORDER BY at LIMIT 1 OFFSET 5000", cutoff);
      const auto until = last.next() ? last.instant(0) : cutoff;
      return tx.execute("DELETE FROM access_ledger WHERE at <= $1", until);
    });
    if (slice == 0) return swept;
    swept += slice;
  }
}

}  // namespace

Swept sweep_expired(store::Database& database, personal::Vault& vault, base::Instant now) {
  Swept swept;
  for (const auto account_id : database.read_now(accounts_with_shipments)) {
    swept.shipments += sweep_account(database, vault, account_id, now);
    swept.air_waybills += database.write_now([&](store::Tx& tx) {
      return tx.execute("DELETE FROM air_waybills WHERE account_id = $1 AND expires_at <= $2",
                        account_id, now);
    });
  }
  swept.ledger_rows = sweep_ledger(database, now - kLedgerKept);
  swept.answers = sweep_answers(database, now);
  swept.untold = sweep_outbox(database, now);
  swept.quota_cycles = database.write_now([&](store::Tx& tx) {
    return tx.execute("DELETE FROM quota_cycles WHERE cycle_start <= $1", now - kQuotaKept);
  });
  if (swept.shipments + swept.air_waybills > 0) database.checkpoint();
  return swept;
}

std::int64_t forget_account(store::Database& database, personal::Vault& vault,
                            std::int64_t account_id) {
  const auto shipments =
      forget_batches(database, vault, account_id, Pace::AtOnce,
                     [&](store::Tx& tx) { return some_shipments(tx, account_id); });
  const auto air_waybills = database.write_now([&](store::Tx& tx) {
    return tx.execute("DELETE FROM air_waybills WHERE account_id = $1", account_id);
  });
  if (shipments + air_waybills > 0) database.checkpoint();
  return shipments + air_waybills;
}

std::int64_t sweep_unreadable(store::Database& database, personal::Vault& vault) {
  std::int64_t swept = 0;
  for (const auto account_id : database.read_now(accounts_with_shipments)) {
    std::vector<personal::SubjectId> subjects = database.read_now([&](store::Tx& tx) {
      std::vector<personal::SubjectId> all;
      auto rows =
          tx.query("SELECT DISTINCT subject FROM shipments WHERE account_id = $1 AND subject > 0",
                   account_id);
      while (rows.next()) all.push_back(rows.integer(0));
      return all;
    });
    const auto gone = vault.forgotten_among(account_id, subjects);
    swept += database.write_now([&](store::Tx& tx) {
      std::int64_t count = 0;
      for (const auto subject : gone) {
        count += tx.execute("DELETE FROM shipments WHERE account_id = $1 AND subject = $2",
                            account_id, subject);
      }
      forget_untold(tx, account_id);
      return count;
    });
  }
  return swept;
}

}  // namespace shipments
