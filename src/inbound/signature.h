// How a carrier proves that a push is its own: what stands in headers, and what was computed over
// the body. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inbound {

enum class Algorithm : std::uint8_t { Sha256, Sha1, Sha512 };
enum class Encoding : std::uint8_t { Hex, Base64 };

// Where the proof is and how it is written; from the connector's [push].
struct SignatureForm {
  std::string header;  // "X-Hub-Signature-256"
  std::string prefix;  // "sha256=": taken off before comparing
  Algorithm algorithm = Algorithm::Sha256;
  Encoding encoding = Encoding::Hex;
};

// The HMAC of the body under the secret, compared in constant time. False for an empty `said`.
bool is_signed(const SignatureForm& form, std::string_view secret, std::string_view body,
               std::string_view said);

// What may be the secret in an Authorization header: the token of Bearer, the password and then the
// user of Basic, the header itself for any other word.
std::vector<std::string> credentials_in(std::string_view authorization);

}  // namespace inbound
