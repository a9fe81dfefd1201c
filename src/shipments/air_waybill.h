// Air waybills: eleven digits, three of the airline and eight of the shipment, the last a check
// digit (IATA Resolution 600a). Stored as digits only, shown as NNN-NNNNNNNN.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "store/database.h"

namespace shipments {

struct AirWaybill {
  std::int64_t account_id = 0;
  std::string number;  // eleven digits
  base::Instant created_at{};
  base::Instant updated_at{};
  std::string
      document;  // flights and scans as last known, JSON; "" before the airline's first answer
};

// NNN-NNNNNNNN, NNN NNNNNNNN or NNNNNNNNNNN; digits only, or nothing. The check digit is not
// judged: the v4 API's clients accept any eight digits.
std::optional<std::string> parse_awb_number(std::string_view typed);
std::string shown_awb_number(std::string_view digits);

std::optional<AirWaybill> find_air_waybill(store::Tx& tx, std::int64_t account_id,
                                           std::string_view number);
// False when the account has it already.
bool insert_air_waybill(store::Tx& tx, const AirWaybill& waybill);

}  // namespace shipments
