// Asking the shop about a parcel, from the parcel's own page: no account, no cookie.
//
//   POST /t/{token}/question    about, text, address; back to the page, which says what became of
//   it
#pragma once
#include "http/router.h"
#include "personal/vault.h"
#include "store/database.h"
#include "support/tickets.h"

namespace pages {

struct AskContext {
  store::Database& database;
  personal::Vault& vault;
  support::Tickets& tickets;
};

// `context` must outlive the router.
void add_ask_routes(http::Router& router, AskContext& context);

}  // namespace pages
