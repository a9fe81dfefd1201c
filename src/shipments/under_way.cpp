#include "shipments/under_way.h"

namespace shipments {

std::vector<UnderWay> under_way_after(store::Tx& tx, std::int64_t account_id, const base::Id& id,
                                      int most) {
  std::vector<UnderWay> found;
  // 2, 3, 4, 5: info received, transit, pickup, undelivered (journey/status.h).
  auto rows = tx.query(
      "SELECT account_id, id, status, version, last_event, learnt_at, estimate FROM shipments "
      "WHERE status IN (2, 3, 4, 5) AND archived = 0 AND learnt_at IS NOT NULL AND (account_id > "
      "$1 OR (account_id = $1 AND id > $2)) ORDER BY account_id, id LIMIT $3",
      account_id, store::Blob{id.bytes()}, most);
  while (rows.next()) {
    auto& one = found.emplace_back();
    one.account_id = rows.integer(0);
    one.id = base::Id::from_bytes(rows.blob(1)).value_or(base::Id());
    one.status = static_cast<journey::Status>(rows.integer(2));
    one.version = rows.integer(3);
    one.last_event = rows.integer(4);
    one.learnt_at = rows.instant(5);
    one.estimate = rows.text(6);
  }
  return found;
}

}  // namespace shipments
