// Everything that asks carriers, takes in what they say and lets the rest of the program know:
// wired once, for serve.
//
// Declared in the order in which its parts stand on each other. start() begins asking; stop() ends
// it and keeps what was counted.
#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "api/v4/endpoints.h"
#include "app/carrier_desk.h"
#include "app/instance.h"
#include "carriers/budgets.h"
#include "carriers/health.h"
#include "http/client.h"
#include "pages/endpoints.h"
#include "polling/poller.h"
#include "shipments/ingest.h"

namespace app {

class Work {
 public:
  struct Options {
    carriers::AllSettings settings;
    // How many times as fast as life the clock runs (the demo); leases and pauses in real time go
    // by it.
    int speed = 1;
  };
  Work(Instance& instance, const Config& config, carriers::ConnectorShelf& shelf,
       const couriers::Catalogue& catalogue, shipments::Ingest& ingest, Options options);
  ~Work();

  void start();
  void stop();

  // For the API: a create waits for the carrier's answer, and what changes is followed.
  api::v4::LiveLookup live_lookup();
  api::v4::Follow follow();
  // For the pages.
  std::function<pages::Asked(store::Tx&, const shipments::Head&)> asked();
  std::function<void(const shipments::Head&)> watched();
  std::function<std::vector<carriers::Standing>(store::Tx&)> standings();

  polling::Poller& poller() { return poller_; }
  carriers::Health& health() { return health_; }

 private:
  void keep_house();
  void run_house();

  Instance& instance_;
  carriers::ConnectorShelf& shelf_;
  shipments::Ingest& ingest_;
  const carriers::AllSettings settings_;
  http::Client client_;
  carriers::Budgets budgets_;
  carriers::Health health_;
  carriers::Asker asker_;
  CarrierDesk desk_;
  polling::Poller poller_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::vector<shipments::Head> looked_at_;
  std::thread house_;
};

// The settings of all carriers; mistakes in them are logged and left out.
carriers::AllSettings settings_or_complaints(const Config& config,
                                             const carriers::Connectors& connectors);

}  // namespace app
