// What the poller's three parts share: claiming what is due, one call, and the turns that drive
// both. For this room only. The coroutines run on the poller's loop, adjust() on a thread of its
// own.
#pragma once
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/loop.h"
#include "base/metrics.h"
#include "polling/poller.h"
#include "store/lease.h"

namespace polling {

using base::Instant;
using shipments::Update;

struct Batch {
  std::string connector;
  std::vector<Poll> polls;
};

struct Claimed {
  std::vector<std::vector<Poll>> due;  // of each share
  std::vector<Poll> silent;            // nothing was heard of them for so long that they expire
};

// The terms of a carrier, and what keeps their rates alive while others replace them.
struct Held {
  std::shared_ptr<const Pace> pace;
  Terms terms;
};

struct Poller::State {
  State(const Parts& with, const Options& chosen);

  Held terms(const std::string& connector, const Means& means);

  // Claiming (claiming.cpp).
  base::Task<std::vector<std::string>> due_connectors();
  base::Task<std::vector<Batch>> claim_all();
  // How many of a connector may be claimed now.
  struct Share {
    std::string connector;
    int batch, most;
    Held held;
  };
  std::vector<Share> shares(std::vector<std::string> due);
  base::Task<Claimed> claim_some(const std::vector<Share>& shares);
  base::Task<void> route();
  base::Task<void> expire(std::vector<Poll> polls);

  // One call (calling.cpp).
  base::Task<bool> run(Batch batch);
  base::Task<std::vector<shipments::Ingested>> take(std::vector<Update> updates);
  base::Task<std::vector<shipments::Shipment>> read(const std::vector<Poll>& polls);
  std::vector<Update> note_heard(std::vector<Poll>& polls, std::vector<Heard>& heard,
                                 const std::string& connector, std::vector<std::size_t>& whose,
                                 std::vector<Instant>& not_before);
  void learn_all(std::vector<Poll>& polls, const std::vector<Heard>& heard,
                 const std::vector<std::size_t>& whose,
                 const std::vector<shipments::Ingested>& results);
  base::Task<void> finish(std::vector<Poll> polls, std::string connector,
                          std::vector<Instant> not_before);

  // Turns, prices and rates (poller.cpp).
  base::Task<void> run_alone(Batch batch);
  base::Task<void> turn();
  void work();
  void adjust();

  const Parts parts;
  const Options options;
  const std::string owner = store::new_lease_owner();
  base::Counter changed, unchanged, not_found, failed, later;
  base::Gauge under_way_gauge;

  std::mutex paces_mutex;
  std::map<std::string, std::shared_ptr<const Pace>> paces;

  base::Loop loop;  // on which everything waits
  std::thread thread, adjuster;
  std::mutex stop_mutex;
  std::condition_variable stopped;
  std::atomic<bool> stopping = false;
  std::atomic<int> under_way = 0;           // shipments
  std::atomic<int> waiting_for_ingest = 0;  // answers
  std::size_t turns = 0;
  bool is_turning = false;  // the loop's own
  Instant routed_at{};
};

}  // namespace polling
