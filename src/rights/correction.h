// A value corrected (GDPR Art. 16): the new one takes the old one's place, both stay in the history
// until the shipment goes, and whoever got the old one is told (Art. 19).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rights/person.h"
#include "shipments/repository.h"

namespace rights {

// What a person may correct alone: what is theirs. The rest is the shop's to judge.
enum class Correctable : std::uint8_t { Name, Sms, Postcode };
std::string_view name(Correctable what);  // "customer_name" ...
std::optional<Correctable> parse_correctable(std::string_view word);

enum class CorrectionError : std::uint8_t { NoSuchShipment, Unchanged, TooLong };
std::string_view describe(CorrectionError error);

// In the caller's transaction.
base::Outcome<CorrectionError> correct(store::Tx& tx, const shipments::Repository& repository,
                                       personal::Ledger& ledger, const ShipmentPlace& place,
                                       Correctable what, std::string_view value,
                                       const base::Id& cause, personal::Actor by,
                                       base::Instant now);

struct Corrected {
  std::uint16_t field = 0;
  base::Instant at{};
  std::string from, to;
};
std::vector<Corrected> corrections_of(store::Tx& tx, personal::Vault& vault,
                                      personal::Ledger& ledger, const ShipmentPlace& place);

}  // namespace rights
