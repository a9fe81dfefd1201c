// The pages about data: policy, terms, cookies, processors, every version of them and what changed;
// who is responsible; what the visitor's own browser holds, and getting rid of it.
//
//   GET  /privacy                    the policy in force
//   GET  /privacy/cookies            the register, and what this browser holds of it
//   POST /privacy/cookies            deletes one cookie, or everything (Clear-Site-Data)
//   POST /privacy/choice             the answer to the question about optional purposes
//   GET  /privacy/processors, /terms, /privacy/contact
//   GET  /privacy/versions           all of them; .json for programs
//   GET  /privacy/versions/{hash}    one of them, for ever
//   GET  /privacy/text/{hash}        its bytes: their SHA-256 is the name
//   GET  /privacy/difference?from=HASH&to=HASH
#pragma once
#include <functional>

#include "base/clock.h"
#include "http/router.h"
#include "pages/counted.h"
#include "policy/versions.h"
#include "store/database.h"

namespace pages {

struct PolicyContext {
  store::Database& database;
  const base::Clock& clock;
  policy::Operator who;
  const http::Register& cookies = http::the_register();
  // Whoever deletes the session's cookie is signed out on our side, too. Empty: nobody can be
  // signed in.
  std::function<base::Task<void>(std::string session_token)> sign_out = {};
  // Where views of pages are counted.
  Counting views = {};
};

// `context` must outlive the router.
void add_policy_routes(http::Router& router, PolicyContext& context);

}  // namespace pages
