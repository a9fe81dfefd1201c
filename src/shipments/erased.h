// What was erased and may not come back: a shop that sends an erased shipment again, or a sync that
// never stops, stores a bare number without the person.
//
// Only a keyed hash is kept, under the account's key, as long as a backup may still hold the
// shipment. The rows are written by rights (rights/tombstones.h).
#pragma once
#include <array>
#include <cstdint>

#include "personal/vault.h"
#include "shipments/shipment.h"
#include "store/database.h"

namespace shipments {

// Stored as numbers: only append.
enum class ErasedKind : std::uint8_t {
  Shipment = 0,  // number and courier
  Address = 1,   // everything a person's address leads to
};

using ErasedDigest = std::array<std::uint8_t, 32>;

ErasedDigest erased_digest(personal::Vault& vault, std::int64_t account_id,
                           std::string_view tracking_number, std::string_view courier_code);

// Of one account, within one transaction. Most accounts have nothing that was erased: that is asked
// once, however many shipments follow.
class Erasures {
 public:
  Erasures(store::Tx& tx, personal::Vault& vault, std::int64_t account_id);
  bool hold(const Head& head) const;

 private:
  store::Tx& tx_;
  personal::Vault& vault_;
  std::int64_t account_id_;
  bool are_any_;
};

}  // namespace shipments
