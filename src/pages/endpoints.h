// The pages that people see: the front page, a shipment's tracking page below /t/, the demo shop's
// list, the operator's page of how carriers do, and their style and script.
//
// Nothing here needs script, sets a cookie or loads from elsewhere; the content security policy
// says so to the browser.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "accounts/counting.h"
#include "base/clock.h"
#include "base/task.h"
#include "carriers/standing.h"
#include "couriers/catalogue.h"
#include "http/router.h"
#include "insight/carrier_figures.h"
#include "pages/counted.h"
#include "pages/view.h"
#include "personal/access.h"
#include "shipments/repository.h"
#include "store/database.h"

namespace pages {

struct Context {
  store::Database& database;
  shipments::Repository& shipments;
  personal::Ledger& ledger;
  const couriers::Catalogue& catalogue;
  const base::Clock& clock;
  // What polling knows of a shipment; inside the page's own transaction. Empty: nothing is known.
  std::function<Asked(store::Tx&, const shipments::Head&)> asked;
  // Somebody is looking: polling may ask earlier. Called after the page is made; must not block.
  // Empty: nobody cares.
  std::function<void(const shipments::Head&)> watched;
  // Whose parcels /demo shows to everybody: the demo's account, never a real shop's. Empty: there
  // is no /demo.
  std::optional<std::int64_t> demo_account;
  // How each connector stands; inside the page's own transaction. Empty: there is no /carriers.
  std::function<std::vector<carriers::Standing>(store::Tx&)> standings = {};
  // Where the people of a shop sign in. Empty: there is no such page.
  std::string sign_in = {};
  // What browsers subscribe with (push_endpoints.h). Empty: they are not offered news.
  std::string push_key = {};
  // Who runs this instance, for the pages of the shops it works for. Empty: nobody said.
  std::string service = {};
  // Somebody who counts through addresses is met by degrees. nullptr: nobody is.
  accounts::Counting* counting = nullptr;
  // Waits a little, holding no thread: the first degree. Empty: it is passed over.
  std::function<base::Task<void>()> slow = {};
  // Whom a request comes from. Empty: the peer of its connection.
  std::function<std::string(const http::Request&)> peer_of = {};
  // Where views of pages are counted.
  Counting views = {};
  // What was released of how many days carriers take.
  std::shared_ptr<insight::ReleasedFigures> days = std::make_shared<insight::ReleasedFigures>();
};

// `context` must outlive the router.
void add_routes(http::Router& router, Context& context);

}  // namespace pages
