// The tenant keys, unwrapped in memory, and the master key above them.
//
// Account 0 is the instance itself. Its key hashes what must be found before the account is known
// (API keys), and it is a tenant key rather than the master key's child, so that a new master key
// changes no hash. Its row is also the check that the master key belongs to this key store.
#pragma once
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <unordered_map>

#include "base/clock.h"
#include "personal/key_store.h"
#include "personal/secret.h"

namespace personal {

struct TenantKey {
  Key wrapping;  // of the account's subject keys
  Key hashing;
};

class TenantKeys {
 public:
  // Makes the instance's key in an empty key store. Throws std::runtime_error, with a sentence for
  // the operator, when the store belongs to another master key.
  TenantKeys(KeyStore& store, const Key& master, const base::Clock& clock);
  ~TenantKeys();

  // From memory; the first time from the key store, on the calling thread. Null when there is none.
  std::shared_ptr<const TenantKey> find(std::int64_t account_id);
  // Makes it when there is none. Blocks until it is durable.
  std::shared_ptr<const TenantKey> find_or_make(std::int64_t account_id);

  void rotate(const Key& next);

 private:
  std::shared_ptr<const TenantKey> keep(std::int64_t account_id, const WrappedKey& wrapped);
  std::shared_ptr<const TenantKey> known(std::int64_t account_id) const;

  KeyStore& store_;
  const base::Clock& clock_;

  mutable std::shared_mutex mutex_;  // guards what follows
  std::unordered_map<std::int64_t, std::shared_ptr<const TenantKey>> keys_;

  std::shared_mutex master_mutex_;  // held while the master key is used; alone while it changes
  Key master_;                      // derived from the file's, for wrapping
  WrappedKey instance_{};           // account 0's row as this process knows it
};

}  // namespace personal
