#include "shipments/erased.h"

namespace shipments {

ErasedDigest erased_digest(personal::Vault& vault, std::int64_t account_id,
                           std::string_view tracking_number, std::string_view courier_code) {
  std::string text(tracking_number);
  text += '\n';
  text += courier_code;
  return vault.keyed_hash(account_id, "erased", text);
}

Erasures::Erasures(store::Tx& tx, personal::Vault& vault, std::int64_t account_id)
    : tx_(tx),
      vault_(vault),
      account_id_(account_id),
      are_any_(tx.query("SELECT 1 FROM erased WHERE account_id = $1 AND kind = $2 LIMIT 1",
                        account_id, ErasedKind::Shipment)
                   .next()) {}

bool Erasures::hold(const Head& head) const {
  if (!are_any_) return false;
  const auto digest = erased_digest(vault_, account_id_, head.tracking_number, head.courier_code);
  auto rows = tx_.query("SELECT 1 FROM erased WHERE account_id = $1 AND kind = $2 AND digest = $3",
                        account_id_, ErasedKind::Shipment,
                        store::Blob{{reinterpret_cast<const char*>(digest.data()), digest.size()}});
  return rows.next();
}

}  // namespace shipments
