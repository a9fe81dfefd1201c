// Signing in through another provider: OpenID Connect Core 1.0, the code flow with PKCE (RFC 7636,
// S256), state, nonce and the issuer's check (RFC 9207).
//
// A provider proves an address only when it says email_verified; a person whose address is known
// here is joined to the identity only when they are signed in here already, or when the provider is
// one whose word about addresses the operator trusts.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "accounts/people.h"
#include "accounts/security_log.h"
#include "http/client.h"

namespace accounts {

struct Provider {
  std::string name;    // "example": in the path, as stored
  std::string title;   // on the button
  std::string issuer;  // https URL; discovery is below it
  std::string client_id, client_secret;
  bool is_trusted_for_addresses = false;
  bool may_be_private = false;  // on the operator's own network
};

enum class OidcFault : std::uint8_t {
  UnknownProvider,
  Unreachable,  // no answer, or not one that makes sense
  WrongState,   // not begun in this browser, used, or too old
  Denied,       // the person or the provider said no
  WrongIssuer,
  BadToken,      // signature, audience, time, nonce
  NoAddress,     // no verified address, and nobody here knows the identity
  AddressTaken,  // somebody here has the address: sign in and connect it in the settings
};
std::string_view word(OidcFault fault);

class Oidc {
 public:
  Oidc(const Context& context, http::Client& client, std::vector<Provider> providers,
       SecurityLog& log);
  ~Oidc();

  const std::vector<Provider>& providers() const;

  struct Begun {
    std::string url;    // where the browser goes
    std::string state;  // into a __Host- cookie for ten minutes
  };
  base::Task<base::Result<Begun, OidcFault>> begin(std::string provider, std::string return_url);

  struct Back {  // the query of the redirect, and the cookie
    std::string provider, state, state_cookie, code, issuer, error, return_url;
    std::int64_t signed_in_person = 0;  // connecting from the settings
  };
  struct Found {
    std::int64_t person_id = 0;  // signed in as
    bool is_new_identity = false;
    // Nobody here yet: what to fill the sign-up form with. The address has to answer a letter all
    // the same, and the terms have to be agreed to; the identity can be connected afterwards.
    std::string email, name;
  };
  base::Task<base::Result<Found, OidcFault>> finish(Back back);

  struct Identity {
    std::string provider;
    base::Instant created_at{}, last_used_at{};
  };
  base::Task<std::vector<Identity>> list(std::int64_t person_id);
  base::Task<bool> disconnect(std::int64_t person_id, std::string provider);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace accounts
