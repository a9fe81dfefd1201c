// The parcels of a simulated world: which carrier carries parcel k, under what number, and what has
// happened to it. Endless in both directions, the same at every start with the same seed; what was
// asked for before is remembered.
#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "carriers/connector.h"
#include "carriers/simulator/answer_writer.h"
#include "carriers/simulator/numbers.h"
#include "carriers/simulator/world.h"
#include "couriers/detect.h"

namespace carriers::simulator {

struct WorldOptions {
  std::uint64_t seed = 1;
  base::Instant epoch{};  // parcel 0 is registered then; parcel -1 one interval before
  std::chrono::microseconds interval{std::chrono::minutes(50)};
};

struct Parcel {
  std::int64_t index = 0;
  std::string_view carrier;  // the connector's id
  std::string_view courier;  // the catalogue's code
  std::string number;
  Plan plan;
};

// A carrier of the world: its connector and how it writes.
struct Carrier {
  std::shared_ptr<const Connector> connector;
  AnswerWriter writer;
  Numbers numbers;
  std::string_view country;  // ISO 3166-1 alpha-2, "" when the catalogue does not know
};

class Parcels {
 public:
  // Takes every connector whose success fixture can be turned round; `carriers` narrows them by id
  // (empty: all). `catalogue` and `detector` outlive it.
  Parcels(const Connectors& connectors, const couriers::Catalogue& catalogue,
          const couriers::Detector& detector, const std::vector<std::string>& carriers,
          const WorldOptions& options);

  const std::vector<Carrier>& carriers() const { return carriers_; }
  const Carrier* carrier(std::string_view id) const;
  // Why a connector is not in the world: "ups: none of its events is understood".
  const std::vector<std::string>& left_out() const { return left_out_; }

  // Whether detection names the parcel's courier for its number.
  bool is_detected(const Parcel& parcel) const;

  // The number of parcels registered until then: indexes below it exist at that moment.
  std::int64_t registered_until(base::Instant now) const;
  // Safe from any thread.
  std::shared_ptr<const Parcel> parcel(std::int64_t index) const;
  // Looks among those registered from `epoch` - 40 days until now. Small letters count as capitals.
  std::shared_ptr<const Parcel> find(std::string_view carrier, std::string_view number,
                                     base::Instant now) const;

 private:
  std::shared_ptr<const Parcel> make(std::int64_t index) const;

  WorldOptions options_;
  std::vector<Carrier> carriers_;
  std::vector<std::string> left_out_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::int64_t, std::shared_ptr<const Parcel>> known_;
  mutable std::unordered_map<std::string, std::int64_t> by_number_;  // "ups 1Z..."
  mutable std::int64_t indexed_until_ = 0;
};

}  // namespace carriers::simulator
