// What people are told, for the account's own programs: below /own/messages and
// /own/shipments/{id}, with an API key of the account (docs/messages.md). Reading needs the scope
// "read", everything else "write".
#pragma once
#include "accounts/accounts.h"
#include "accounts/rate_limit.h"
#include "http/router.h"
#include "notify/people/desk.h"

namespace api::own {

// All of it outlives the server.
struct MessagesContext {
  store::Database& database;
  accounts::Accounts& accounts;
  accounts::RateLimiter& limiter;
  const notify::people::Tools& tools;
  const notify::people::Wording& wording;
};

void add_message_routes(http::Router& router, MessagesContext& context);

}  // namespace api::own
