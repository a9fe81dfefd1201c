#include "app/entering.h"

#include "accounts/quota.h"

namespace app {

std::optional<base::Id> enter_shipment(store::Tx& tx, const Instance& instance,
                                       shipments::Head& head) {
  const auto now = instance.clock().now();
  head.id = base::Id::make(now);
  head.created_at = head.updated_at = now;
  const auto* plan = accounts::Accounts::plan_in(tx, head.account_id);
  if (plan == nullptr) return std::nullopt;
  if (instance.shipments->insert(tx, head, {}, now) != shipments::Repository::Inserted::Yes)
    return std::nullopt;
  if (accounts::take_quota(tx, head.account_id, *plan, now, 1)) return head.id;
  instance.shipments->remove(tx, head.account_id, head.id);
  return std::nullopt;
}

}  // namespace app
