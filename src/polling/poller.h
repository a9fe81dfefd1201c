// Asks carriers about what is due, and goes on asking: claims by leases (so that any number of
// processes may), calls within each carrier's means, ingests, reschedules.
//
// One thread of its own, on which everything waits and nothing works: the store, ingest and the
// calls have theirs. What a crash leaves claimed is claimed again when its lease runs out; asking
// twice changes nothing, because ingest is idempotent.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "personal/access.h"
#include "polling/carriers.h"
#include "polling/schedule.h"
#include "shipments/ingest.h"
#include "shipments/repository.h"

namespace base {
class Metrics;
}

namespace polling {

class Poller {
 public:
  struct Options {
    std::chrono::milliseconds tick{1000};
    std::chrono::seconds lease{120};
    int under_way = 512;  // shipments asked about at the same time
    // Calls a day and shipment that the price aims at where a carrier sets no budget of its own:
    // as many as asking every six hours.
    double calls_per_day = 4;
    base::Metrics* metrics = nullptr;
  };
  struct Parts {
    store::Database& database;
    shipments::Repository& repository;
    shipments::Ingest& ingest;
    Carriers& carriers;
    const base::Clock& clock;
  };
  Poller(const Parts& parts, const Options& options);
  // Stops, if it was started.
  ~Poller();

  void start();
  // Claims no more, waits for what is under way, `within` at most; the rest's leases run out.
  void stop(std::chrono::milliseconds within);
  // There may be something due before the next tick (a create, a page that is looked at).
  void wake();

  // What the thread does, once and to its end: everything that is due now and that the carriers'
  // means allow. How many shipments were asked about. For tests and one-shot commands.
  base::Task<int> round();
  // The daily and hourly work: prices to budgets, rates from history. Blocks.
  void adjust();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace polling
