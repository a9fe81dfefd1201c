// The demo: simulated carriers on loopback, a clock that runs faster than life, and a shop that
// goes on selling. Apart from its clock and its carriers' addresses it is the program as it is.
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "app/config.h"
#include "app/instance.h"
#include "base/clock.h"
#include "carriers/ask.h"
#include "carriers/simulator/simulator.h"
#include "http/client.h"

namespace app {

class Demo {
 public:
  // The clock goes on where it stood when the demo was stopped; from now, at the first time or when
  // that is long ago.
  Demo(const Config& config, int speed, int parcels);
  ~Demo();

  const base::Clock& clock() const { return *clock_; }
  int speed() const { return speed_; }
  std::int64_t account() const { return account_; }

  // The shop's account and key, made once; the simulated carriers, and where to find them.
  void open(Instance& instance, const carriers::Connectors& connectors,
            const couriers::Catalogue& catalogue, const couriers::Detector& detector,
            carriers::AllSettings& settings);
  // The shop opens: enters its parcels through the API of the server on this port.
  void start(std::uint16_t port);
  void stop();

 private:
  struct State;
  void load_state();
  void save_state() const;
  void run_shop(std::uint16_t port);
  int enter(std::uint16_t port, std::int64_t from, std::int64_t until);

  const std::string folder_;
  const int speed_;
  const int parcels_at_first_;
  base::SystemClock real_;
  std::unique_ptr<base::FastClock> clock_;
  base::Instant epoch_{};           // of the simulated world
  std::int64_t entered_until_ = 0;  // the first parcel the shop has not entered
  std::int64_t account_ = 0;
  std::string key_;
  std::unique_ptr<carriers::simulator::Parcels> parcels_;
  std::unique_ptr<carriers::simulator::Simulator> simulator_;
  std::unique_ptr<http::Client> client_;
  std::atomic<bool> is_stopping_ = false;
  std::thread shop_;
};

}  // namespace app
