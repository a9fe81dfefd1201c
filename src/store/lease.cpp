#include "store/lease.h"

#include <charconv>

#include "base/random.h"
#include "base/text.h"

namespace store {

namespace {

// The claim's id as its column wants it.
Param id_param(IdForm form, const std::string& id) {
  if (form == IdForm::Bytes) return Blob{id};
  if (form == IdForm::Text) return std::string_view(id);
  std::int64_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  return number;
}

std::string read_id(const Rows& rows, IdForm form) {
  switch (form) {
    case IdForm::Bytes:
      return std::string(rows.blob(1));
    case IdForm::Text:
      return std::string(rows.text(1));
    case IdForm::Integer:
      return std::to_string(rows.integer(1));
  }
  return {};
}

}  // namespace

std::string new_lease_owner() {
  std::uint8_t bytes[16];
  base::fill_random(bytes);
  return base::to_hex(bytes);
}

std::vector<Claim> claim_due(Tx& tx, const Claimable& what, std::string_view owner,
                             base::Instant now, std::chrono::microseconds length, int most) {
  // Materialised, or else PostgreSQL may run the SELECT again for each row and claim more than
  // `most`.
  const std::string sql = fmt::format(
      "WITH due AS MATERIALIZED (SELECT account_id, {1} FROM {0} WHERE due_at <= $3 AND "
      "(lease_until IS NULL OR lease_until <= $3) ORDER BY due_at LIMIT $4 {2}) "
      "UPDATE {0} SET lease_owner = $1, lease_until = $2 FROM due "
      "WHERE {0}.account_id = due.account_id AND {0}.{1} = due.{1} "
      "RETURNING {0}.account_id, {0}.{1}",
      what.table, what.id, tx.skip_locked());
  std::vector<Claim> claims;
  Rows rows = tx.query(sql, owner, now + length, now, most);
  while (rows.next()) claims.push_back({rows.integer(0), read_id(rows, what.form)});
  return claims;
}

bool finish_claim(Tx& tx, const Claimable& what, const Claim& claim, std::string_view owner,
                  std::optional<base::Instant> next_due) {
  const std::string sql = fmt::format(
      "UPDATE {0} SET due_at = $1, lease_owner = NULL, lease_until = NULL "
      "WHERE account_id = $2 AND {1} = $3 AND lease_owner = $4",
      what.table, what.id);
  return tx.execute(sql, next_due, claim.account_id, id_param(what.form, claim.id), owner) == 1;
}

}  // namespace store
