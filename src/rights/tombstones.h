// What was erased stays erased: an import that brings it again finds its tombstone, and an old
// backup that is put back is brought up to date before it opens.
//
// A tombstone is a keyed hash. It is written first, into the key store, where no backup of the main
// database reaches; then the keys are destroyed and the rows removed; last it is written into the
// main database, where creates look. After a crash anywhere in between, or under an older copy of
// the main database, the two disagree, and reapply() finishes the work.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "rights/person.h"
#include "shipments/erased.h"

namespace rights {

class Tombstones {
 public:
  Tombstones(store::Database& main, store::Database& keys, personal::Vault& vault)
      : main_(main), keys_(keys), vault_(vault) {}

  struct Stone {
    std::int64_t account_id = 0;
    shipments::ErasedKind kind{};
    std::string digest;
    base::Instant erased_at{};
  };
  std::vector<Stone> stones_of(const Person& person, base::Instant now) const;

  // Durable in the key store when it returns. Blocks.
  void announce(std::span<const Stone> stones);
  // In the transaction that removes the rows.
  static void set(store::Tx& tx, std::span<const Stone> stones);

  struct Reapplied {
    std::int64_t stones = 0, shipments = 0, rows = 0;
  };
  // Erases again what the main database does not know to be erased. To be called before anything
  // else reads it. Blocks; quick when there is nothing to do.
  Reapplied reapply();
  // Those that no backup can contradict any more go, in both.
  std::int64_t sweep(base::Instant now);

  static constexpr std::chrono::days kKept{180};

 private:
  std::vector<Stone> missing();
  std::int64_t erase_again(store::Tx& tx, std::int64_t account_id, std::span<const Stone> stones,
                           std::vector<personal::SubjectId>& subjects);

  store::Database& main_;
  store::Database& keys_;
  personal::Vault& vault_;
};

}  // namespace rights
