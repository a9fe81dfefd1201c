// A parcel's news in the reader's own browser: what the button on the tracking page asks for
// (web/pages/push.js), and the service worker that shows it. Who holds the page's address may; a
// page elsewhere may not.
//
//   POST /t/{token}/push?do=on|off|ask     body: the browser's subscription; answers {"on": true}
#pragma once
#include "http/router.h"
#include "notify/people/recipients.h"
#include "personal/access.h"

namespace pages {

struct PushContext {
  store::Database& database;
  personal::Vault& vault;
  personal::Ledger& ledger;
  notify::people::Recipients& recipients;
};

// `context` must outlive the router.
void add_push_routes(http::Router& router, PushContext& context);

}  // namespace pages
