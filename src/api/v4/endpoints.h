// The nine calls of the v4 API. What they promise: docs/api-v4.md.
#pragma once
#include <chrono>
#include <functional>

#include "accounts/accounts.h"
#include "accounts/rate_limit.h"
#include "base/clock.h"
#include "couriers/catalogue.h"
#include "couriers/detect.h"
#include "http/router.h"
#include "personal/access.h"
#include "shipments/repository.h"
#include "store/database.h"

namespace api::v4 {

// The seam for the carriers: asked after a create is committed, it may bring the shipment up to
// date within the deadline and give it back as it is now; nothing when no carrier answered in time.
using LiveLookup = std::function<base::Task<std::optional<shipments::Shipment>>(
    const shipments::Shipment& created, std::chrono::milliseconds deadline)>;

using InTransaction = std::function<void(store::Tx&)>;

// What whoever asks the carriers wants to know; each may be empty.
struct Follow {
  // It is new, or its courier has changed: gives back what is to be done in the transaction that
  // stores it.
  std::function<InTransaction(const shipments::Head&)> begin;
  // It had expired and is wanted again: it lives as what it was. Awaited after nothing else was
  // changed.
  std::function<base::Task<void>(const shipments::Head&)> again;
  // Something was begun and committed.
  std::function<void()> hurry;
};

// Everything the endpoints stand on. All of it outlives the server.
struct Context {
  store::Database& database;
  shipments::Repository& shipments;
  accounts::Accounts& accounts;
  accounts::RateLimiter& limiter;
  personal::Ledger& ledger;
  const couriers::Catalogue& catalogue;
  const couriers::Detector& detector;
  const base::Clock& clock;
  LiveLookup look_up_live{};  // empty: creates answer "pending"
  Follow follow{};
};

// Adds the routes below /v4 and that prefix's error page. `context` must outlive the router.
void add_routes(http::Router& router, Context& context);

}  // namespace api::v4
