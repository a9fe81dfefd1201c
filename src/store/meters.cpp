#include "store/meters.h"

namespace store::engine {

Meters::Meters(base::Metrics* registry) : on_(registry != nullptr) {
  if (!on_) return;
  reads_ = registry->counter("milepost_store_reads_total", "Reading closures answered");
  writes_ = registry->counter("milepost_store_writes_total", "Writing closures committed");
  replays_ = registry->counter("milepost_store_replays_total",
                               "Transactions run again because of a neighbour or a conflict");
  failures_ =
      registry->counter("milepost_store_failures_total", "Closures that ended with an exception");
  group_ = registry->histogram("milepost_store_group_size", "Closures answered by one commit", {},
                               {1, 2, 4, 8, 16, 32, 64, 128, 256});
  seconds_ = registry->histogram("milepost_store_commit_seconds",
                                 "From the beginning of a writing transaction to its commit", {},
                                 {.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, 1});
}

void Meters::read(std::size_t jobs) {
  if (on_) reads_.add(static_cast<double>(jobs));
}

void Meters::committed(std::size_t jobs, std::chrono::steady_clock::duration took) {
  if (!on_) return;
  writes_.add(static_cast<double>(jobs));
  group_.observe(static_cast<double>(jobs));
  seconds_.observe(std::chrono::duration<double>(took).count());
}

void Meters::replayed() {
  if (on_) replays_.add();
}

void Meters::failed(std::size_t jobs) {
  if (on_ && jobs > 0) failures_.add(static_cast<double>(jobs));
}

}  // namespace store::engine
