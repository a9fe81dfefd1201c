// OAuth 2.0 with a provider of mailboxes: the authorization code with PKCE (RFC 6749, 7636 S256),
// the issuer's check (RFC 9207), tokens renewed, and given back (RFC 7009). RFC 9700 is the
// checklist.
//
// What begins a flow needs no row: its state carries who began it and until when, under a keyed
// hash, and the verifier is derived from it. A cookie of the browser is derived from it, too, so
// that nobody can be sent into another's flow; a code works once, which is the provider's to hold.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "http/client.h"
#include "mailbox/providers.h"
#include "personal/vault.h"

namespace mailbox {

class OAuth {
 public:
  OAuth(http::Client& client, personal::Vault& vault, const base::Clock& clock)
      : client_(client), vault_(vault), clock_(clock) {}

  struct Begun {
    std::string url;     // where the browser goes
    std::string state;   // comes back in the redirect
    std::string cookie;  // made of it: into a __Host- cookie for ten minutes
  };
  Begun begin(const Provider& provider, std::int64_t account_id, std::int64_t person_id,
              std::string_view return_url) const;

  struct Back {  // the redirect's query, the cookie, and who is signed in
    std::string state, cookie, code, issuer, error, return_url;
    std::int64_t account_id = 0, person_id = 0;
  };
  struct Tokens {
    std::string access, refresh;  // refresh may be empty: the old one stays
    std::chrono::seconds lasts{0};
    std::string scope;  // what was granted, when it said so
    ~Tokens();
    Tokens() = default;
    Tokens(Tokens&&) = default;
    Tokens& operator=(Tokens&&) = default;
  };
  // Denied for a state that is not ours, or too old, and for a person who said no.
  base::Result<Tokens, Fault> finish(const Provider& provider, const Back& back) const;
  // Denied: the grant is gone (invalid_grant).
  base::Result<Tokens, Fault> renew(const Provider& provider, std::string_view refresh) const;
  // None when it is revoked or was not valid any more.
  Fault revoke(const Provider& provider, std::string_view token) const;

 private:
  std::string derived(std::string_view use, std::string_view text) const;
  base::Result<Tokens, Fault> ask(const Provider& provider, std::string form) const;

  http::Client& client_;
  personal::Vault& vault_;
  const base::Clock& clock_;
};

// RFC 3986 2.3: everything but unreserved characters as %41.
std::string percent_encoded(std::string_view text);
// A call's trouble in the words of a link.
Fault fault_of(http::CallError error);

}  // namespace mailbox
