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
  // The clock goes on where it stood when the demo was stopped; the first time from now.
  Demo(const Config& config, int speed, int parcels);
  ~Demo();

  const base::Clock& clock() const { return *clock_; }
  int speed() const { return speed_; }
  std::int64_t account() const { return account_; }

  // The shop's account and key, made once; the simulated carriers, and where to find them.
  void open(Instance& instance, const carriers::Connectors& connectors,
            const couriers::Catalogue& catalogue, const couriers::Detector& detector,
            carriers::AllSettings& settings);
  // The shop opens: enters its parcels through the API of the server on this port, and greets
  // whoever sits at the terminal.
  void start(std::uint16_t port);
  void stop();

 private:
  void load_state();
  void save_state() const;
  void run_shop();
  bool enter(std::int64_t from, std::int64_t until);
  // The API of the server that the demo runs in, as the shop's own key may use it; "" when it
  // refuses.
  std::string ask_api(std::string_view method, std::string_view path, std::string body);
  bool greet(bool is_last_chance);
  // A parcel that is under way and that the shop has left for the newcomer to enter.
  std::shared_ptr<const carriers::simulator::Parcel> find_spare();

  const std::string folder_;
  const int speed_;
  const int parcels_at_first_;
  base::SystemClock real_;
  std::unique_ptr<base::FastClock> clock_;
  base::Instant epoch_{};           // of the simulated world
  std::int64_t entered_until_ = 0;  // the first parcel the shop has not entered
  std::int64_t account_ = 0;
  std::string key_;
  personal::Vault* vault_ = nullptr;
  std::uint16_t port_ = 0;
  std::unique_ptr<carriers::simulator::Parcels> parcels_;
  std::unique_ptr<carriers::simulator::Simulator> simulator_;
  std::unique_ptr<http::Client> client_;
  std::atomic<bool> is_stopping_ = false;
  std::thread shop_;
};

}  // namespace app
