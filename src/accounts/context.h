// What every desk of this room works with. It only holds; the wiring owns.
#pragma once
#include <string>

#include "base/clock.h"
#include "letters/letters.h"
#include "personal/access.h"
#include "personal/vault.h"
#include "store/database.h"

namespace accounts {

struct Context {
  store::Database& database;
  personal::Vault& vault;
  personal::Ledger& ledger;
  letters::Letters& letters;
  const base::Clock& clock;
  std::string public_url;  // "https://track.example", no slash at its end: where letters lead
};

// Where the links in letters lead; the pages serve them. The token follows as ?token=
namespace link {
inline constexpr std::string_view kFinishSignUp = "/account/welcome";
inline constexpr std::string_view kReset = "/account/reset";
inline constexpr std::string_view kNewEmail = "/account/new-email";
inline constexpr std::string_view kInvitation = "/account/invitation";
inline constexpr std::string_view kSignIn = "/account/sign-in";
inline constexpr std::string_view kSecurity = "/account/security";
}  // namespace link

// The kinds of letters this room posts (data/languages/letters/), with their values. "at" is when
// it happened, "until" how long the link works, both ISO with a Z.
//   verify-email              link, until       finish signing up; also a new address
//   sign-up-known             link              somebody asked to sign up with a known address
//   reset-password            link, until
//   password-changed          link, at          link: choose another one, for three days
//   new-sign-in               link, at, device
//   remembered-reused         link, at, device  a copied browser token came back
//   second-factor             link, at, change  change: totp_on, totp_off, passkey_on, passkey_off,
//                                               recovery_used, recovery_new
//   email-changed             link, at, until   to the old address; link: take it back
//   invitation                link, until, inviter, team, role
//   member-removed            at, team
//   account-inactive-warning  link, until       erased then unless they sign in
//   account-deletion-scheduled  link, until     as they asked
//   account-deleted           at

// Where a request came from and with what, as far as it is kept.
struct Origin {
  std::string network;  // the address as text ("203.0.113.7"); only its prefix is used, hashed
  std::string device;   // device_words(User-Agent)
};
// "Firefox on Linux": the family of browser and of system, nothing finer.
std::string device_words(std::string_view user_agent);
// The /24 of an IPv4, the /48 of an IPv6 address; the text itself when it is neither.
std::string network_prefix(std::string_view address);

}  // namespace accounts
