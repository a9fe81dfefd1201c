// What an identity provider says about somebody (OpenID Connect Core 1.0, 2 and 3.1.3.7), and about
// itself (OpenID Connect Discovery 1.0). Pure. Signatures are crypto/jws.h's business; nothing here
// is to be believed before that.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace accounts {

struct Discovery {
  std::string authorization, token, keys;  // endpoints
  bool names_issuer = false;               // RFC 9207: the redirect says who it is from
  bool takes_basic = true;  // client_secret_basic, the default; else client_secret_post
};
// Nothing when it is broken, or another issuer's.
std::optional<Discovery> read_discovery(std::string_view json, std::string_view issuer);

struct IdToken {
  std::string subject;  // the provider's name for the person
  std::string email, name;
  bool is_email_verified = false;
};
struct Expected {
  std::string issuer, client_id, nonce;
};
// Nothing when any claim is not as expected: issuer, audience, authorised party, time (a minute of
// difference between clocks is forgiven), nonce.
std::optional<IdToken> read_id_token(std::string_view payload, const Expected& expected,
                                     base::Instant now);

// The answer of the token endpoint: the signed id token.
std::optional<std::string> read_token_answer(std::string_view json);

}  // namespace accounts
