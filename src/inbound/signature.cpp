#include "inbound/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

#include "base/text.h"

namespace inbound {
namespace {

const EVP_MD* digest_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::Sha1:
      return EVP_sha1();
    case Algorithm::Sha512:
      return EVP_sha512();
    case Algorithm::Sha256:
      break;
  }
  return EVP_sha256();
}

int base64_value(char c) {
  if (base::is_upper(c)) return c - 'A';
  if (base::is_lower(c)) return c - 'a' + 26;
  if (base::is_digit(c)) return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

}  // namespace

bool is_signed(const SignatureForm& form, std::string_view secret, std::string_view body,
               std::string_view said) {
  said = base::trim(said);
  if (!form.prefix.empty()) {
    if (!base::equals_ignoring_case(said.substr(0, form.prefix.size()), form.prefix)) return false;
    said.remove_prefix(form.prefix.size());
  }
  const auto given = form.encoding == Encoding::Hex ? base::from_hex(said) : from_base64(said);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  if (HMAC(digest_of(form.algorithm), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(body.data()), body.size(), mac.data(),
           &size) == nullptr)
    throw std::runtime_error("HMAC cannot be computed");
  return !given.empty() && given.size() == size &&
         CRYPTO_memcmp(given.data(), mac.data(), size) == 0;
}

std::string from_base64(std::string_view text) {
  text = base::trim(text);
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return {};
  std::string out;
  unsigned bits = 0;
  int have = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) return {};
    bits = ((bits << 6U) | static_cast<unsigned>(value)) & 0xFFFFFFU;
    have += 6;
    if (have < 8) continue;
    have -= 8;
    out += static_cast<char>((bits >> static_cast<unsigned>(have)) & 0xFFU);
  }
  return out;
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
  const auto pair = from_base64(rest);
  const auto colon = pair.find(':');
  if (colon == std::string::npos) return {pair};
  return {pair.substr(colon + 1), pair.substr(0, colon)};
}

}  // namespace inbound
