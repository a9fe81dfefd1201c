// Shipments that are neither finished nor unknown, for those who look by the clock: has nothing
// moved for days, is the promised day over?
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "journey/status.h"
#include "store/database.h"

namespace shipments {

struct UnderWay {
  std::int64_t account_id = 0;
  base::Id id;
  journey::Status status{};
  std::int64_t version = 0;
  std::int64_t last_event = 0;
  base::Instant learnt_at{};  // when that was learnt
  std::string estimate;       // "2026-03-20", or empty
};

// Up to `most`, of all accounts, in the order (account, id) after this place; unarchived, and moved
// at least once.
std::vector<UnderWay> under_way_after(store::Tx& tx, std::int64_t account_id, const base::Id& id,
                                      int most);

}  // namespace shipments
