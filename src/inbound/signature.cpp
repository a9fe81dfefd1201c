#include "inbound/signature.h"

#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/hash.h"

namespace inbound {
namespace {

std::string mac_of(Algorithm algorithm, std::string_view secret, std::string_view body) {
  switch (algorithm) {
    case Algorithm::Sha1:
      return crypto::hmac_sha1(secret, body);
    case Algorithm::Sha512:
      return crypto::hmac_sha512(secret, body);
    case Algorithm::Sha256:
      break;
  }
  return crypto::hmac_sha256(secret, body);
}

}  // namespace

bool is_signed(const SignatureForm& form, std::string_view secret, std::string_view body,
               std::string_view said) {
  said = base::trim(said);
  if (!form.prefix.empty()) {
    if (!base::equals_ignoring_case(said.substr(0, form.prefix.size()), form.prefix)) return false;
    said.remove_prefix(form.prefix.size());
  }
  const auto given = form.encoding == Encoding::Hex
                         ? base::from_hex(said)
                         : crypto::from_any_base64(said).value_or(std::string());
  return !given.empty() && crypto::equal(given, mac_of(form.algorithm, secret, body));
}

std::vector<std::string> credentials_in(std::string_view authorization) {
  authorization = base::trim(authorization);
  const auto space = authorization.find(' ');
  const auto word = authorization.substr(0, space);
  const auto rest = space == std::string_view::npos ? std::string_view()
                                                    : base::trim(authorization.substr(space));
  if (authorization.empty()) return {};
  if (base::equals_ignoring_case(word, "bearer")) return {std::string(rest)};
  if (!base::equals_ignoring_case(word, "basic")) return {std::string(authorization)};
  const auto pair = crypto::from_any_base64(rest).value_or(std::string());
  const auto colon = pair.find(':');
  if (colon == std::string::npos) return {pair};
  return {pair.substr(colon + 1), pair.substr(0, colon)};
}

}  // namespace inbound
