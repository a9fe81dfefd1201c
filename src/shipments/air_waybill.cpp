#include "shipments/air_waybill.h"

#include <algorithm>

#include "base/text.h"
#include "shipments/shipment.h"

namespace shipments {

std::optional<std::string> parse_awb_number(std::string_view typed) {
  typed = base::trim(typed);
  if (typed.size() != 11 && typed.size() != 12) return std::nullopt;
  std::string digits(typed.substr(0, 3));
  typed.remove_prefix(3);
  if (typed.size() == 9) {
    if (typed.front() != '-' && typed.front() != ' ') return std::nullopt;
    typed.remove_prefix(1);
  }
  digits += typed;
  if (!std::ranges::all_of(digits, base::is_digit)) return std::nullopt;
  return digits;
}

std::string shown_awb_number(std::string_view digits) {
  return std::string(digits.substr(0, 3)) + '-' + std::string(digits.substr(3));
}

std::optional<AirWaybill> find_air_waybill(store::Tx& tx, std::int64_t account_id,
                                           std::string_view number) {
  auto rows = tx.query(
      "SELECT created_at, updated_at, document FROM air_waybills WHERE account_id = $1 AND "
      "awb_number = $2",
      account_id, number);
  if (!rows.next()) return std::nullopt;
  return AirWaybill{account_id, std::string(number), rows.instant(0), rows.instant(1),
                    std::string(rows.text(2))};
}

bool insert_air_waybill(store::Tx& tx, const AirWaybill& w) {
  return tx.execute(
             "INSERT INTO air_waybills (account_id, awb_number, created_at, updated_at, "
             "expires_at, document) "
             "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
             w.account_id, w.number, w.created_at, w.updated_at, w.created_at + kLongestKept,
             w.document) == 1;
}

}  // namespace shipments
