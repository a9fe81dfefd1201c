#include "accounts/id_token.h"

#include <simdjson.h>

#include "crypto/hash.h"

namespace accounts {
namespace {

using Object = simdjson::dom::object;
constexpr std::int64_t kSkew = 60;  // seconds
constexpr std::size_t kLongestSubject = 255;

std::string text_of(const Object& object, std::string_view name) {
  std::string_view text;
  return object[name].get_string().get(text) == simdjson::SUCCESS ? std::string(text)
                                                                  : std::string();
}

bool has(const Object& object, std::string_view name, std::string_view wanted) {
  simdjson::dom::array list;
  if (object[name].get_array().get(list) != simdjson::SUCCESS) return false;
  for (const auto& one : list) {
    std::string_view text;
    if (one.get_string().get(text) == simdjson::SUCCESS && text == wanted) return true;
  }
  return false;
}

// For us alone, or for several of which we are the one it was made for.
bool is_for(const Object& claims, const std::string& client_id) {
  const auto party = text_of(claims, "azp");
  if (text_of(claims, "aud") == client_id) return party.empty() || party == client_id;
  if (!has(claims, "aud", client_id)) return false;
  simdjson::dom::array all;
  if (claims["aud"].get_array().get(all) != simdjson::SUCCESS) return false;
  return party == client_id || (party.empty() && all.size() == 1);
}

std::optional<std::int64_t> seconds_of(const Object& claims, std::string_view name) {
  std::int64_t seconds = 0;
  if (claims[name].get_int64().get(seconds) == simdjson::SUCCESS) return seconds;
  double exact = 0;
  if (claims[name].get_double().get(exact) == simdjson::SUCCESS && exact > 0 && exact < 1e12)
    return static_cast<std::int64_t>(exact);
  return std::nullopt;
}

bool is_in_time(const Object& claims, base::Instant at) {
  const auto now = base::to_micros(at) / 1'000'000;
  const auto expires = seconds_of(claims, "exp"), issued = seconds_of(claims, "iat");
  return expires && issued && *expires > now - kSkew && *issued < now + kSkew;
}

// "true" as text is how one large provider writes it.
bool is_true(const Object& claims, std::string_view name) {
  bool truth = false;
  if (claims[name].get_bool().get(truth) == simdjson::SUCCESS) return truth;
  return text_of(claims, name) == "true";
}

}  // namespace

std::optional<Discovery> read_discovery(std::string_view json, std::string_view issuer) {
  simdjson::dom::parser parser;
  Object object;
  if (parser.parse(json.data(), json.size()).get_object().get(object) != simdjson::SUCCESS)
    return std::nullopt;
  if (text_of(object, "issuer") != issuer) return std::nullopt;
  Discovery found{text_of(object, "authorization_endpoint"), text_of(object, "token_endpoint"),
                  text_of(object, "jwks_uri"),
                  is_true(object, "authorization_response_iss_parameter_supported"), true};
  if (found.authorization.empty() || found.token.empty() || found.keys.empty()) return std::nullopt;
  found.takes_basic = has(object, "token_endpoint_auth_methods_supported", "client_secret_basic") ||
                      !has(object, "token_endpoint_auth_methods_supported", "client_secret_post");
  return found;
}

std::optional<IdToken> read_id_token(std::string_view payload, const Expected& expected,
                                     base::Instant now) {
  simdjson::dom::parser parser;
  Object claims;
  if (parser.parse(payload.data(), payload.size()).get_object().get(claims) != simdjson::SUCCESS)
    return std::nullopt;
  if (text_of(claims, "iss") != expected.issuer || !is_for(claims, expected.client_id) ||
      !is_in_time(claims, now) || !crypto::equal(text_of(claims, "nonce"), expected.nonce))
    return std::nullopt;
  IdToken token{text_of(claims, "sub"), text_of(claims, "email"), text_of(claims, "name"),
                is_true(claims, "email_verified")};
  if (token.subject.empty() || token.subject.size() > kLongestSubject) return std::nullopt;
  return token;
}

std::optional<std::string> read_token_answer(std::string_view json) {
  simdjson::dom::parser parser;
  Object object;
  if (parser.parse(json.data(), json.size()).get_object().get(object) != simdjson::SUCCESS)
    return std::nullopt;
  auto token = text_of(object, "id_token");
  if (token.empty()) return std::nullopt;
  return token;
}

}  // namespace accounts
