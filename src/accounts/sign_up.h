// Joining: ask, open the letter, be in (clauses 13, 17, 21, 57, 103).
//
// 1. ask(): address, agreement, age. Nothing but a pending row, for two days; an address that has
//    an account gets a letter that says so instead. The answer and the work are the same.
// 2. The letter's link leads to a form. see() says what it is for.
// 3. finish(): name and, if they like, a password. Only now is there a person, because only now is
//    it known that the address is theirs: nobody can prepare an account for somebody else.
//
// Whoever says they are too young leaves nothing: ask() is not called for them, and refuses if it
// is.
#pragma once
#include "accounts/passwords.h"
#include "accounts/people.h"

namespace accounts {

struct SignUpRequest {
  std::string email;
  std::string language = "en";
  Agreement agreement;
};

class SignUps {
 public:
  SignUps(const Context& context, Passwords& passwords)
      : context_(context), passwords_(passwords) {}

  // Refusals concern only what was typed, never who is known here.
  base::Task<base::Outcome<PersonError>> ask(SignUpRequest request);

  // Is the letter's link still good? For the form behind it.
  base::Task<bool> see(std::string token);

  struct Finish {
    std::string token;
    std::string name;                     // may be empty: it is not needed
    std::optional<std::string> password;  // none: a passkey follows
    Preferences preferences;
  };
  struct Joined {
    std::int64_t person_id = 0;
    std::int64_t account_id = 0;
  };
  struct Trouble {
    std::optional<PersonError> person;
    std::optional<PasswordFault> password;
    bool is_busy = false;
  };
  base::Task<base::Result<Joined, Trouble>> finish(Finish finish);

 private:
  Context context_;
  Passwords& passwords_;
};

}  // namespace accounts
