// Sessions: who is at the other end of a browser (clauses 116, 117, 125; OWASP ASVS 5 V7).
//
// A session is an opaque token in a __Host- cookie and a row that everything is read from. It ends
// after two hours unused and after a day, when it is signed out or revoked, and all of a person's
// end when their password is reset. Its token changes whenever it gains power, so that one that
// was planted before gains nothing (fixation).
//
// A browser is remembered only when its owner ticked so: a second token, which changes each time a
// session is made of it. An old one that comes back was copied: the family of tokens ends, with
// every session it opened, and the owner is told.
//
// The token that guards forms (CSRF) is made from the session's token and stored nowhere.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/context.h"
#include "accounts/people.h"
#include "accounts/roles.h"
#include "accounts/security_log.h"
#include "base/id.h"
#include "personal/fields/accounts.gen.h"

namespace accounts {

// How somebody proved who they are; a session may have several.
enum class Method : std::uint8_t {
  Password = 1,
  Totp = 2,
  RecoveryCode = 4,
  Passkey = 8,
  Provider = 16,    // OpenID Connect
  Remembered = 32,  // only the browser was recognised: never recent
  Link = 64,        // opened a letter's link
};
using Methods = std::uint8_t;
constexpr bool contains(Methods methods, Method m) {
  return (methods & static_cast<Methods>(m)) != 0;
}

struct SessionRules {
  std::chrono::minutes idle{120};
  std::chrono::hours longest{24};
  std::chrono::hours remembered_idle{30 * 24};
  std::chrono::hours remembered_longest{180 * 24};
};

enum class Keep : std::uint8_t { ThisSession, ThisBrowser };  // ThisBrowser: only by explicit tick

// The tokens for the cookies; shown to nobody else, never again.
struct Started {
  base::Id session;
  std::string token;                      // session cookie
  std::optional<std::string> remembered;  // persistent cookie, when it is to be kept
  std::chrono::seconds remembered_for{};  // its Max-Age
};

// Whoever is signed in, as one request sees them.
struct Signed {
  base::Id session;
  std::int64_t person_id = 0;
  std::int64_t account_id = 0;  // the account worked in; 0: member of none
  std::optional<Role> role;     // in that account
  Methods methods = 0;
  base::Instant authenticated_at{};
  bool is_person_suspended = false, is_account_suspended = false;
  Preferences preferences;
  std::string csrf;  // for the forms of this session
  personal::Actor actor() const { return {personal::ActorKind::Member, person_id}; }
  Standing standing(base::Instant now) const;
};

struct ListedSession {
  base::Id id;
  personal::Personal<std::string, personal::field::SessionDevice> device;
  personal::SubjectId subject = 0;
  base::Instant created_at{}, seen_at{};
  bool is_current = false;
  bool is_remembered = false;
};
struct ListedBrowser {  // one that stays signed in
  base::Id family;
  personal::Personal<std::string, personal::field::RememberedDevice> device;
  personal::SubjectId subject = 0;
  base::Instant created_at{}, rotated_at{}, expires_at{};
};

enum class ResumeError : std::uint8_t {
  Unknown,      // never was, over, or signed out
  JustRotated,  // two tabs at once: the browser holds the newer token already; load the page again
  Reused,       // copied: everything it opened was ended
};

class Sessions {
 public:
  Sessions(const Context& context, SecurityLog& log, SessionRules rules = {})
      : context_(context), log_(log), rules_(rules) {}

  // Signing in. Sends the letter about a new sign-in when the device was not seen before. A
  // person's scheduled deletion and inactivity warning are taken back.
  base::Task<Started> start(std::int64_t person_id, Methods methods, Origin origin,
                            Keep keep = Keep::ThisSession);

  // The session of this cookie; nothing when there is none. Counts as use.
  base::Task<std::optional<Signed>> find(std::string token);

  // No session, but a remembered browser: a new session and the family's next token.
  base::Task<base::Result<Started, ResumeError>> resume(std::string remembered, Origin origin);

  // The person proved again who they are, or gained something: same session, new token.
  base::Task<std::optional<Started>> renew(std::string token, Methods methods);

  // Works in another account; false when they are no member of it.
  base::Task<bool> choose(base::Id session, std::int64_t person_id, std::int64_t account_id);

  base::Task<> end(std::string token);  // and forgets the browser it came from
  base::Task<bool> end_one(std::int64_t person_id, base::Id session);
  base::Task<bool> forget_browser(std::int64_t person_id, base::Id family);
  base::Task<int> end_others(std::int64_t person_id, base::Id except);
  // All of a person's, remembered browsers included, in the caller's transaction.
  static int end_all(store::Tx& tx, std::int64_t person_id);

  base::Task<std::vector<ListedSession>> list(std::int64_t person_id, base::Id current);
  base::Task<std::vector<ListedBrowser>> browsers(std::int64_t person_id);

  // Does the form's token belong to the session? In time that does not depend on the difference.
  bool is_csrf(std::string_view session_token, std::string_view given) const;
  // For forms before sign-in: bound to a random value of a cookie.
  std::string csrf_for(std::string_view session_token) const;

  // Rows whose time is over. Blocks; gives back how many.
  std::int64_t sweep();

 private:
  struct Opened;
  Context context_;
  SecurityLog& log_;
  SessionRules rules_;
};

}  // namespace accounts
