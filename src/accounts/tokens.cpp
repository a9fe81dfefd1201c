#include "accounts/tokens.h"

#include <algorithm>

#include "base/random.h"
#include "base/text.h"
#include "crypto/base64.h"

namespace accounts {
namespace {

constexpr std::size_t kTokenLetters = 43;

std::string scope_of(std::string_view kind) { return "once:" + std::string(kind); }

OneTime read(const store::Rows& row) {
  return {row.integer(0), row.instant(1), std::string(row.blob(2))};
}

}  // namespace

std::string new_token() {
  std::array<std::uint8_t, 32> raw{};
  base::fill_random(raw);
  return crypto::to_base64url({reinterpret_cast<const char*>(raw.data()), raw.size()});
}

bool looks_like_token(std::string_view text) {
  return text.size() == kTokenLetters && std::ranges::all_of(text, [](char c) {
           return base::is_letter(c) || base::is_digit(c) || c == '-' || c == '_';
         });
}

TokenHash token_hash(personal::Vault& vault, std::string_view scope, std::string_view token) {
  return vault.keyed_hash(0, scope, token);
}

void keep_one_time(store::Tx& tx, const Context& context, std::string_view kind,
                   std::string_view token, std::int64_t person_id, std::chrono::minutes life,
                   std::string_view sealed) {
  const auto now = context.clock.now();
  const auto hash = token_hash(context.vault, scope_of(kind), token);
  const auto blob = sealed.empty() ? std::nullopt : std::optional(store::Blob{sealed});
  tx.execute(
      "INSERT INTO one_time (account_id, token_hash, kind, person_id, created_at, expires_at, "
      "tries, sealed) VALUES (0, $1, $2, $3, $4, $5, 0, $6)",
      store::Blob{bytes(hash)}, kind, person_id, now, now + life, blob);
}

std::optional<OneTime> use_one_time(store::Tx& tx, const Context& context, std::string_view kind,
                                    std::string_view token) {
  if (!looks_like_token(token)) return std::nullopt;
  const auto hash = token_hash(context.vault, scope_of(kind), token);
  auto rows = tx.query(
      "DELETE FROM one_time WHERE account_id = 0 AND token_hash = $1 AND kind = $2 AND expires_at "
      "> $3 RETURNING person_id, created_at, sealed",
      store::Blob{bytes(hash)}, kind, context.clock.now());
  if (!rows.next()) return std::nullopt;
  return read(rows);
}

std::optional<OneTime> see_one_time(store::Tx& tx, const Context& context, std::string_view kind,
                                    std::string_view token) {
  if (!looks_like_token(token)) return std::nullopt;
  const auto hash = token_hash(context.vault, scope_of(kind), token);
  auto rows = tx.query(
      "SELECT person_id, created_at, sealed FROM one_time WHERE account_id = 0 AND token_hash = $1 "
      "AND kind = $2 AND expires_at > $3",
      store::Blob{bytes(hash)}, kind, context.clock.now());
  if (!rows.next()) return std::nullopt;
  return read(rows);
}

bool count_try(store::Tx& tx, const Context& context, std::string_view kind, std::string_view token,
               int most) {
  const auto hash = token_hash(context.vault, scope_of(kind), token);
  auto rows = tx.query(
      "UPDATE one_time SET tries = tries + 1 WHERE account_id = 0 AND token_hash = $1 AND kind = "
      "$2 RETURNING tries",
      store::Blob{bytes(hash)}, kind);
  if (!rows.next()) return false;
  if (rows.integer(0) <= most) return true;
  tx.execute("DELETE FROM one_time WHERE account_id = 0 AND token_hash = $1",
             store::Blob{bytes(hash)});
  return false;
}

void drop_one_time(store::Tx& tx, std::string_view kind, std::int64_t person_id) {
  tx.execute("DELETE FROM one_time WHERE account_id = 0 AND kind = $1 AND person_id = $2", kind,
             person_id);
}

}  // namespace accounts
