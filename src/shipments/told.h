// Who was told a shipment's number: shown to the shop and to the person the parcel is for.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "store/database.h"

namespace shipments {

struct Told {
  std::string connector;  // "ups", "17track"
  base::Instant first_at{}, last_at{};
  std::int64_t times = 0;
};

// To be committed before the call goes out: what was told must never be missing here.
void note_told(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
               std::string_view connector, base::Instant at);
// First told first.
std::vector<Told> told(store::Tx& tx, std::int64_t account_id, const base::Id& shipment);

}  // namespace shipments
