#include "shipments/told.h"

namespace shipments {

void note_told(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
               std::string_view connector, base::Instant at) {
  tx.enqueue(
      "INSERT INTO told (account_id, shipment_id, connector, first_at, last_at, times) VALUES ($1, "
      "$2, $3, $4, $4, 1) ON CONFLICT (account_id, shipment_id, connector) DO UPDATE SET last_at = "
      "excluded.last_at, times = told.times + 1",
      account_id, store::Blob{shipment.bytes()}, connector, at);
}

std::vector<Told> told(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  std::vector<Told> found;
  auto rows = tx.query(
      "SELECT connector, first_at, last_at, times FROM told WHERE account_id = $1 AND shipment_id "
      "= $2 ORDER BY first_at, connector",
      account_id, store::Blob{shipment.bytes()});
  while (rows.next()) {
    found.push_back({std::string(rows.text(0)), rows.instant(1), rows.instant(2), rows.integer(3)});
  }
  return found;
}

}  // namespace shipments
