// Signed tokens: JSON Web Signature in its compact form (RFC 7515), with ES256, EdDSA and RS256.
//
// Nothing of a token's payload can be had before its signature was checked with a key of the right
// kind. `none` and every algorithm not named above are refused when the token is read, and so is a
// header with `crit`, or with one member twice: whoever wrote it wants to be understood in two
// ways.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/key.h"

namespace crypto {

enum class JwsError : std::uint8_t {
  Unreadable,  // not three parts of base64url with a JSON object in front, or longer than 64 kB
  Algorithm,   // none, unknown, or not this key's
  Critical,    // demands an extension
  Signature,   // by another key, or changed on its way
};
// A sentence for people.
std::string_view describe(JwsError error);

struct JwsHeader {
  std::string type;  // "JWT"; left out when empty
  std::string key;   // "kid"; left out when empty
};
std::string sign_jws(const PrivateKey& key, std::string_view payload,
                     const JwsHeader& header = {"JWT", ""});

// A token as it came: who claims to have signed it is known, what it says is not.
class Jws {
 public:
  static base::Result<Jws, JwsError> parse(std::string_view compact);

  KeyKind kind() const { return kind_; }
  const JwsHeader& header() const { return header_; }
  // The payload, if this key signed it. Its claims (exp, aud ...) are the caller's to judge.
  base::Result<std::string, JwsError> verify(const PublicKey& key) const;

 private:
  Jws() = default;
  KeyKind kind_ = KeyKind::P256;
  JwsHeader header_;
  std::string signed_, payload_, signature_;
};

// RFC 7517 5, as identity providers publish it: the signing keys among them of a kind we know, the
// others left out. Nothing when it is no key set.
struct NamedKey {
  std::string name;  // "kid", may be empty
  PublicKey key;
};
std::optional<std::vector<NamedKey>> read_key_set(std::string_view json);

}  // namespace crypto
