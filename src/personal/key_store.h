// The key store's tables: the only file of the program with their SQL. Everything in them is
// wrapped.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "personal/wrap.h"
#include "store/database.h"

namespace personal {

// A subject's number and its key, unwrapped.
struct Slot {
  std::int64_t slot = 0;
  Key key;
};

// How many slots to make for an account.
struct SlotOrder {
  std::int64_t account_id = 0;
  const Key* wrapping = nullptr;  // derived from the tenant key
  std::size_t count = 0;
};

class KeyStore {
 public:
  explicit KeyStore(store::Database& database) : database_(database) {}

  bool is_shared() const { return database_.is_shared(); }

  std::optional<WrappedKey> tenant_key(std::int64_t account_id);
  // Keeps the key that is there already, if there is one, and gives back the one that is kept.
  // `instance` is the wrapped key of account 0 as this process knows it: when the store holds
  // another, the master key was changed by another process and nothing is written. The first key of
  // all is that of account 0 itself, with no `instance`.
  WrappedKey add_tenant_key(std::int64_t account_id, const WrappedKey& fresh,
                            const std::optional<WrappedKey>& instance, base::Instant now);

  // Makes new slots, for several accounts in one transaction; they are durable when it returns. A
  // block's numbers come from its account's counter, so that no two processes make the same.
  std::vector<std::vector<Slot>> make_slots(std::span<const SlotOrder> orders);
  void delete_slots(std::int64_t account_id, std::span<const std::int64_t> slots);

  std::optional<WrappedKey> slot(std::int64_t account_id, std::int64_t slot);
  std::vector<std::pair<std::int64_t, WrappedKey>> slots(std::int64_t account_id,
                                                         std::span<const std::int64_t> slots);

  // Re-wraps every tenant key from one master key to the other and gives back the instance's.
  WrappedKey rewrap(const WrappedKey& instance, const Key& from, const Key& to);

  // Nothing that was deleted or replaced is left in the write-ahead log.
  void checkpoint() { database_.checkpoint(); }

 private:
  store::Database& database_;
};

}  // namespace personal
