// The address of a shipment's tracking page, and of a shop's reviews: whoever holds it may see the
// page, nobody can guess or count up to it.
//
// Account and shipment id with a keyed hash over both, in base64url. The key
// is the instance's own and lives in the key store, so a copy of the database makes no links.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "personal/vault.h"

namespace pages {

struct ShipmentPlace {
  std::int64_t account_id = 0;
  base::Id id;
};

// "/t/AAAAAAAAA-kBk..." without host.
std::string tracking_path(personal::Vault& vault, const ShipmentPlace& place);
// Nothing for anything that tracking_path did not write. Takes the same time whatever is wrong.
std::optional<ShipmentPlace> read_tracking_token(personal::Vault& vault, std::string_view token);

// "/reviews/AAAAAAAA..." of an account: the page of what its parcels' recipients say.
std::string reviews_path(personal::Vault& vault, std::int64_t account_id);
std::optional<std::int64_t> read_reviews_token(personal::Vault& vault, std::string_view token);

}  // namespace pages
