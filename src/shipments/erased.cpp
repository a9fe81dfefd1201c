#include "shipments/erased.h"

namespace shipments {

ErasedDigest erased_digest(personal::Vault& vault, std::int64_t account_id,
                           std::string_view tracking_number, std::string_view courier_code) {
  std::string text(tracking_number);
  text += '\n';
  text += courier_code;
  return vault.keyed_hash(account_id, "erased", text);
}

bool is_erased(store::Tx& tx, personal::Vault& vault, const Head& head) {
  const auto digest =
      erased_digest(vault, head.account_id, head.tracking_number, head.courier_code);
  auto rows = tx.query("SELECT 1 FROM erased WHERE account_id = $1 AND kind = $2 AND digest = $3",
                       head.account_id, ErasedKind::Shipment,
                       store::Blob{{reinterpret_cast<const char*>(digest.data()), digest.size()}});
  return rows.next();
}

}  // namespace shipments
