// The door: password, second step, reset, step-up (clauses 21, 64, 100, 101).
//
// Whether an address has an account shows neither in the answer nor in the work: unknown addresses
// are throttled, hashed against and answered like known ones.
#pragma once
#include "accounts/passwords.h"
#include "accounts/people.h"
#include "accounts/second_factors.h"
#include "accounts/security_log.h"
#include "accounts/sessions.h"
#include "accounts/throttle.h"
#include "base/later.h"

namespace accounts {

enum class SignInError : std::uint8_t {
  Wrong,     // address or password: told alike
  Wait,      // too many attempts; `wait` says how long
  Busy,      // try again in a moment
  LinkUsed,  // a reset or second step that was used or is too old
};
std::string_view word(SignInError error);

struct SignInTrouble {
  SignInError why = SignInError::Wrong;
  std::chrono::seconds wait{};
};

// One of the two: in, or one step more.
struct Entered {
  std::optional<Started> session;
  std::string second_step;  // token for the second form, five minutes, five tries
  bool takes_passkey = false;
};

class SignIn {
 public:
  SignIn(const Context& context, Passwords& passwords, SecondFactors& factors, Sessions& sessions,
         SecurityLog& log, Throttle& throttle);

  base::Task<base::Result<Entered, SignInTrouble>> with_password(std::string email,
                                                                 std::string password,
                                                                 Origin origin, Keep keep);
  // A code of the app, or a recovery code.
  base::Task<base::Result<Started, SignInTrouble>> second_step(std::string step, std::string code,
                                                               Origin origin, Keep keep);
  // Who they are was proven otherwise (passkey, provider, fresh sign-up).
  base::Task<Started> proven(std::int64_t person_id, Method method, Origin origin, Keep keep);

  // Step-up: the same session with a new token and authenticated_at = now. With a passkey: when
  // Passkeys::finish_sign_in gives the same person, Sessions::renew(token, Method::Passkey).
  base::Task<base::Result<Started, SignInTrouble>> prove_again(std::string session_token,
                                                               std::string password_or_code,
                                                               Origin origin);

  // The same answer whoever asks for whom, and after the same time: a letter only when there is
  // somebody. The link works once and for an hour; asking again makes the older one void.
  base::Task<> ask_reset(std::string email, Origin origin);
  base::Task<bool> see_reset(std::string token);
  struct ResetTrouble {
    std::optional<PasswordFault> password;
    bool is_link_used = false, is_busy = false;
  };
  // All sessions end; the person is told. They sign in with the new password, second step included.
  base::Task<base::Outcome<ResetTrouble>> reset(std::string token, std::string password,
                                                Origin origin);
  // From the settings, after a step-up: all other sessions end.
  base::Task<base::Outcome<ResetTrouble>> change_password(std::int64_t person_id, base::Id session,
                                                          std::string password, Origin origin);
  // For the command line: a reset link, for an operator to hand over when mail does not work.
  std::string reset_link_now(std::int64_t person_id);

 private:
  Context context_;
  Passwords& passwords_;
  SecondFactors& factors_;
  Sessions& sessions_;
  SecurityLog& log_;
  Throttle& throttle_;
  base::Later later_;
};

}  // namespace accounts
