// Who might be told of news: everybody for whom the shop's matrix does not rule it out. Whether
// they are is decided when it is sent (sender.h).
#pragma once
#include <vector>

#include "journey/trigger.h"
#include "notify/plan.h"

namespace notify::people {

class PeoplePlanner final : public Planner {
 public:
  // By the ways that the operator has set up, and no others.
  explicit PeoplePlanner(std::vector<channels::Channel> ways) : ways_(std::move(ways)) {}

  std::vector<Wanted> plan(store::Tx& tx, std::int64_t account_id,
                           std::span<const shipments::OutboxRow> news) override;
  // The same for an occasion that the clock made (timers.h).
  std::vector<Wanted> plan_occasion(store::Tx& tx, std::int64_t account_id,
                                    const base::Id& shipment, std::int64_t version,
                                    journey::Trigger trigger, base::Instant at) const;

 private:
  const std::vector<channels::Channel> ways_;
};

}  // namespace notify::people
