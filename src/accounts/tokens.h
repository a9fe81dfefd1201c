// Tokens: 256 bits at random, given out once as 43 letters of base64url, kept only as a keyed hash.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/context.h"

namespace accounts {

using TokenHash = std::array<std::uint8_t, 32>;

std::string new_token();
// Is it one by its looks? What is not is refused before anything is hashed.
bool looks_like_token(std::string_view text);
// `scope` keeps one kind's tokens from being another's.
TokenHash token_hash(personal::Vault& vault, std::string_view scope, std::string_view token);
inline std::string_view bytes(const TokenHash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// Rows of one_time: what may be done once, by whoever holds the token, for a while.
struct OneTime {
  std::int64_t person_id = 0;
  base::Instant created_at{};
  std::string sealed;  // under the person's key
};
void keep_one_time(store::Tx& tx, const Context& context, std::string_view kind,
                   std::string_view token, std::int64_t person_id, std::chrono::minutes life,
                   std::string_view sealed = {});
// Finds it and uses it up; nothing when it never was, was used or is too old: told alike.
std::optional<OneTime> use_one_time(store::Tx& tx, const Context& context, std::string_view kind,
                                    std::string_view token);
// Finds it and leaves it: to show the form it leads to.
std::optional<OneTime> see_one_time(store::Tx& tx, const Context& context, std::string_view kind,
                                    std::string_view token);
// One more try at what the token guards; false, and the token gone, when `most` were had.
bool count_try(store::Tx& tx, const Context& context, std::string_view kind, std::string_view token,
               int most);
// All tokens of this kind and person.
void drop_one_time(store::Tx& tx, std::string_view kind, std::int64_t person_id);

}  // namespace accounts
