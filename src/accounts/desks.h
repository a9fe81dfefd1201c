// All desks of this room on one counter, in the order in which they stand on each other: what the
// program makes once, and what pages and the API are given.
#pragma once
#include <string>

#include "accounts/inactivity.h"
#include "accounts/passkeys.h"
#include "accounts/passwords.h"
#include "accounts/people.h"
#include "accounts/second_factors.h"
#include "accounts/security_log.h"
#include "accounts/sessions.h"
#include "accounts/sign_in.h"
#include "accounts/sign_up.h"
#include "accounts/teams.h"
#include "accounts/throttle.h"

namespace accounts {

struct Desks {
  // `service`: how authenticators and apps call this instance.
  Desks(const Context& c, const std::string& service, PasswordCost cost = {},
        InactivityRules inactive = {})
      : context(c),
        passwords(c.vault, cost),
        log(c),
        throttle(c),
        people(c),
        sign_ups(c, passwords),
        sessions(c, log),
        factors(c, log),
        passkeys(c, log, relying_party(c.public_url, service)),
        teams(c),
        sign_in(c, passwords, factors, sessions, log, throttle),
        inactivity(c, people, inactive) {}

  // Once an hour: what has reached its age goes. Blocks; gives back how many rows.
  std::int64_t sweep() { return sessions.sweep() + teams.sweep() + throttle.sweep() + log.sweep(); }

  Context context;
  Passwords passwords;
  SecurityLog log;
  Throttle throttle;
  People people;
  SignUps sign_ups;
  Sessions sessions;
  SecondFactors factors;
  Passkeys passkeys;
  Teams teams;
  SignIn sign_in;
  Inactivity inactivity;
};

}  // namespace accounts
