// What bench_polls stands on: `milepost simulate` in a process of its own, the parcels it knows,
// and a store filled with them.
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

#include "app/instance.h"
#include "carriers/ask.h"
#include "carriers/simulator/parcels.h"
#include "http/client.h"
#include "shipments/ingest.h"

namespace bench {

// A new parcel every minute, so that the last forty days hold 57,600.
inline constexpr double kMinutes = 1;
inline constexpr int kMostParcels = 57'000;

// The simulator, ended with this.
class SimulatorProcess {
 public:
  SimulatorProcess();
  ~SimulatorProcess();
  SimulatorProcess(const SimulatorProcess&) = delete;
  SimulatorProcess& operator=(const SimulatorProcess&) = delete;

  double processor_seconds() const;
  std::string base_of(std::string_view connector) const;

 private:
  pid_t pid_ = -1;
  std::string origin_;  // "http://127.0.0.1:4711"
};

// The simulator's world, made again here: the same seed and the same day are the same parcels.
struct Carriers {
  explicit Carriers(const SimulatorProcess& simulator);

  couriers::Catalogue catalogue;
  couriers::Detector detector{catalogue};
  carriers::ConnectorShelf shelf{""};
  carriers::simulator::Parcels parcels;
  carriers::AllSettings settings;
};

app::Config config_in(const std::string& folder);
std::int64_t make_account(app::Instance& instance);
// Parcels -count to -1 as shipments of the account, all of them due.
void fill(app::Instance& instance, Carriers& world, std::int64_t account, int count);
// The calls that ask about them, as many numbers in one as the carrier takes.
struct BareCall {
  const carriers::Connector* connector;
  std::vector<std::int64_t> parcels;
  http::Call call;
};
std::vector<BareCall> calls_about(Carriers& world, int count);

}  // namespace bench
