#include "rights/tombstones.h"

#include <map>
#include <set>

#include "shipments/repository.h"

namespace rights {
namespace {

using shipments::ErasedKind;

std::string bytes_of(const std::array<std::uint8_t, 32>& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

void insert(store::Tx& tx, const Tombstones::Stone& stone) {
  tx.enqueue(
      "INSERT INTO erased (account_id, kind, digest, erased_at) VALUES ($1, $2, $3, $4) ON "
      "CONFLICT "
      "(account_id, kind, digest) DO UPDATE SET erased_at = excluded.erased_at",
      stone.account_id, stone.kind, store::Blob{stone.digest}, stone.erased_at);
}

std::vector<Tombstones::Stone> all_of(store::Database& database) {
  return database.read_now([](store::Tx& tx) {
    std::vector<Tombstones::Stone> all;
    auto rows = tx.query("SELECT account_id, kind, digest, erased_at FROM erased");
    while (rows.next())
      all.push_back({rows.integer(0), static_cast<ErasedKind>(rows.integer(1)),
                     std::string(rows.blob(2)), rows.instant(3)});
    return all;
  });
}

std::pair<std::int64_t, std::int64_t> summary_of(store::Database& database) {
  return database.read_now([](store::Tx& tx) {
    auto rows = tx.query("SELECT COUNT(*), MAX(erased_at) FROM erased");
    rows.next();
    return std::pair(rows.integer(0), rows.integer(1));
  });
}

}  // namespace

std::vector<Tombstones::Stone> Tombstones::stones_of(const Person& person,
                                                     base::Instant now) const {
  std::vector<Stone> stones;
  for (const auto& held : person.held) {
    if (!held.address_hash.empty())
      stones.push_back({held.account_id, ErasedKind::Address, held.address_hash, now});
    for (const auto& shipment : held.shipments) {
      stones.push_back(
          {held.account_id, ErasedKind::Shipment,
           bytes_of(shipments::erased_digest(vault_, held.account_id, shipment.tracking_number,
                                             shipment.courier_code)),
           now});
    }
  }
  return stones;
}

void Tombstones::announce(std::span<const Stone> stones) {
  keys_.write_now([&](store::Tx& tx) {
    for (const auto& stone : stones) insert(tx, stone);
  });
}

void Tombstones::set(store::Tx& tx, std::span<const Stone> stones) {
  for (const auto& stone : stones) insert(tx, stone);
}

std::vector<Tombstones::Stone> Tombstones::missing() {
  if (summary_of(main_) == summary_of(keys_)) return {};
  std::set<std::pair<std::int64_t, std::string>> known;
  for (const auto& stone : all_of(main_))
    known.emplace(stone.account_id * 2 + static_cast<int>(stone.kind),
                  stone.digest + std::to_string(base::to_micros(stone.erased_at)));
  std::vector<Stone> missing;
  for (auto& stone : all_of(keys_)) {
    if (!known.contains({stone.account_id * 2 + static_cast<int>(stone.kind),
                         stone.digest + std::to_string(base::to_micros(stone.erased_at))}))
      missing.push_back(std::move(stone));
  }
  return missing;
}

// Rows of an account that a stone is about: each shipment's number is hashed and compared, and what
// belonged to the address before it was erased is found by it.
std::int64_t Tombstones::erase_again(store::Tx& tx, std::int64_t account_id,
                                     std::span<const Stone> stones,
                                     std::vector<personal::SubjectId>& subjects) {
  std::map<std::string, base::Instant> numbers, addresses;
  for (const auto& stone : stones)
    (stone.kind == ErasedKind::Shipment ? numbers : addresses)[stone.digest] = stone.erased_at;
  std::vector<base::Id> gone;
  {
    auto rows = tx.query(
        "SELECT id, subject, tracking_number, courier_code, created_at, email_hash, sms_hash FROM "
        "shipments WHERE account_id = $1",
        account_id);
    while (rows.next()) {
      const auto digest =
          bytes_of(shipments::erased_digest(vault_, account_id, rows.text(2), rows.text(3)));
      const auto is_older = [&](const auto& found, const auto& all) {
        return found != all.end() && rows.instant(4) <= found->second;
      };
      if (is_older(numbers.find(digest), numbers) ||
          is_older(addresses.find(std::string(rows.blob(5))), addresses) ||
          is_older(addresses.find(std::string(rows.blob(6))), addresses)) {
        gone.push_back(base::Id::from_bytes(rows.blob(0)).value_or(base::Id()));
        if (rows.integer(1) != 0) subjects.push_back(rows.integer(1));
      }
    }
  }
  const shipments::Repository repository(vault_);
  for (const auto& id : gone) repository.remove(tx, account_id, id);
  return static_cast<std::int64_t>(gone.size());
}

Tombstones::Reapplied Tombstones::reapply() {
  Reapplied done;
  std::map<std::int64_t, std::vector<Stone>> by_account;
  for (auto& stone : missing()) {
    ++done.stones;
    by_account[stone.account_id].push_back(std::move(stone));
  }
  for (const auto& [account_id, stones] : by_account) {
    std::vector<personal::SubjectId> subjects;
    const auto account = account_id;
    const auto removed = main_.write_now([&](store::Tx& tx) {
      subjects.clear();
      const auto count = account == 0 ? 0 : erase_again(tx, account, stones, subjects);
      for (const auto& stone : stones) {
        if (stone.kind == ErasedKind::Address) {
          tx.execute(
              "UPDATE rights_cases SET sealed = NULL, address_hash = NULL, shipment_id = NULL, "
              "subject = 0 WHERE account_id = $1 AND address_hash = $2 AND received_at <= $3",
              account, store::Blob{stone.digest}, stone.erased_at);
          tx.execute(
              "DELETE FROM rights_visits WHERE account_id = $1 AND address_hash = $2 AND "
              "created_at "
              "<= $3",
              account, store::Blob{stone.digest}, stone.erased_at);
        }
      }
      set(tx, stones);
      return count;
    });
    vault_.forget(account, subjects);
    done.shipments += removed;
  }
  if (done.shipments > 0) main_.checkpoint();
  return done;
}

std::int64_t Tombstones::sweep(base::Instant now) {
  const auto work = [&](store::Tx& tx) {
    return tx.execute("DELETE FROM erased WHERE erased_at <= $1", now - kKept);
  };
  keys_.write_now(work);
  return main_.write_now(work);
}

}  // namespace rights
