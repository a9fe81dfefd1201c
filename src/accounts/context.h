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

// The kinds of letters this room posts, with their values; templates are made for each.
//   verify-email       link                       finish signing up
//   sign-up-known      link, reset_link           somebody asked to sign up with an address that
//   has
//                                                 an account already
//   reset-password     name, link
//   password-changed   name, device, link         link: the security page
//   new-sign-in        name, device, link
//   remembered-reused  name, device, link         a copied browser token came back: all it opened
//   is
//                                                 shut
//   second-factor      name, change, link         change: totp-on, totp-off, passkey-on,
//                                                 passkey-off, recovery-used, recovery-new
//   verify-new-email   name, link                 to the new address
//   email-changed      name, link                 to the old one
//   invitation         inviter, account, role, link
//   inactive           name, date, link           erased on that date unless they sign in
//   account-deleted    name

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
