// The rights desk for the shop's own programs: below /own/rights, with an API key of the account
// that has the scope "privacy" (docs/rights.md). The same cases that come by the web, by mail and
// from a person's account.
//
//   GET  /own/rights/cases[?all=1]              the most urgent first
//   POST /own/rights/cases                      what reached the shop in another way
//   GET  /own/rights/cases/{id}
//   POST /own/rights/cases/{id}/perform         what is asked for is done, and answered by a letter
//   POST /own/rights/cases/{id}/complete | refuse | extend     in words
//   POST /own/rights/links                      a link to everything goes to an address
//   GET  /own/rights/lawful?address&purpose&at[&known]         was it lawful at that instant?
//   POST /own/rights/transfers                  an invitation to send data into this account
//
// What only a human may decide (Art. 22) has no call here: keys are programs.
#pragma once
#include "accounts/accounts.h"
#include "accounts/rate_limit.h"
#include "base/aside.h"
#include "http/router.h"
#include "rights/acts.h"
#include "rights/transfer.h"

namespace api::own {

// All of it outlives the server.
struct RightsDoor {
  store::Database& database;
  accounts::Accounts& accounts;
  accounts::RateLimiter& limiter;
  personal::Vault& vault;
  personal::Ledger& ledger;
  const base::Clock& clock;
  rights::Desk& desk;
  rights::Acts& acts;
  rights::Visits& visits;
  rights::Transfers& transfers;
  base::Aside& aside;
  // After what restricts or frees (personal/restrictions.h); blocks.
  std::function<void()> refresh = {};
};

void add_rights_door(http::Router& router, RightsDoor& door);

}  // namespace api::own
