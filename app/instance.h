// Every room, wired by hand, once. Declared in the order in which they stand on each other, so that
// they are taken down in the opposite one.
#pragma once
#include <memory>
#include <string>

#include "accounts/accounts.h"
#include "accounts/desks.h"
#include "accounts/rate_limit.h"
#include "api/v4/endpoints.h"
#include "app/config.h"
#include "audit/log.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "couriers/catalogue.h"
#include "couriers/detect.h"
#include "http/egress.h"
#include "letters/letters.h"
#include "personal/access.h"
#include "personal/restrictions.h"
#include "personal/vault.h"
#include "shipments/repository.h"
#include "store/database.h"

namespace app {

// Both databases opened and brought up to date. Throws store::StoreError or std::runtime_error with
// a sentence for the operator.
class Instance {
  base::SystemClock system_clock_;  // first, because everything below may ask it to its end
  const base::Clock* clock_;

 public:
  // `clock`: another than the system's (the demo's); it must outlive the instance.
  explicit Instance(const Config& config, const base::Clock* clock = nullptr);
  ~Instance();

  const base::Clock& clock() const { return *clock_; }
  base::Metrics metrics;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::Database> keys;
  std::unique_ptr<personal::Vault> vault;
  std::unique_ptr<personal::Ledger> ledger;
  std::unique_ptr<personal::Restrictions> restrictions;
  std::unique_ptr<audit::Signer> signer;
  std::unique_ptr<audit::Log> audit;
  std::unique_ptr<shipments::Repository> shipments;
  std::unique_ptr<accounts::Accounts> accounts;
  std::unique_ptr<letters::Letters> letters;
  const http::EgressGate* egress = nullptr;  // who may be called; of whoever runs it (egress.h)
  std::unique_ptr<accounts::Desks> desks;    // where people sign up, sign in and work in teams
};

// Is there a store already? A look must not make one.
bool is_store_there(const Config& config);

// Makes the data folder (mode 0700) if something in the configuration lives there.
void make_data_folder(const Config& config);

class Demo;

// Runs the server until SIGINT or SIGTERM; 0 when it stopped cleanly. `demo`: what makes it a
// demonstration.
int serve(const Config& config, Demo* demo = nullptr);

}  // namespace app
