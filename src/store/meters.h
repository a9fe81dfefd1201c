// What the store tells Prometheus. Without a registry everything is a no-op.
#pragma once
#include <chrono>

#include "base/metrics.h"

namespace store::engine {

class Meters {
 public:
  explicit Meters(base::Metrics* registry);

  void read(std::size_t jobs);
  // One commit that answered so many closures.
  void committed(std::size_t jobs, std::chrono::steady_clock::duration took);
  void replayed();  // a group of closures that had to run again, or a retried transaction
  void failed(std::size_t jobs);

 private:
  const bool on_;
  base::Counter reads_, writes_, replays_, failures_;
  base::Histogram group_, seconds_;
};

}  // namespace store::engine
