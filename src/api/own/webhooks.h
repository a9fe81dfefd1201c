// Webhooks, for the account's own programs: below /own/webhooks, with an API key of the account
// (docs/webhooks.md). Reading needs the scope "read", everything else "write".
#pragma once
#include "accounts/accounts.h"
#include "accounts/rate_limit.h"
#include "http/router.h"
#include "notify/webhook_sender.h"
#include "notify/webhooks.h"

namespace api::own {

// All of it outlives the server.
struct WebhookContext {
  store::Database& database;
  accounts::Accounts& accounts;
  accounts::RateLimiter& limiter;
  personal::Vault& vault;
  personal::Ledger& ledger;
  notify::Webhooks& webhooks;
  notify::WebhookSender& sender;
  const base::Clock& clock;
  // The holder's address, for tests of versions 3 and 2.
  std::function<std::string(store::Tx&, std::int64_t account_id)> email_of;
  // Something was put into the queue.
  std::function<void()> hurry;
};

void add_webhook_routes(http::Router& router, WebhookContext& context);

}  // namespace api::own
