// What the poller needs of the world of carriers, so that tests (and the demo) can fake it. The
// real one is made of src/carriers by app.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "journey/report.h"
#include "shipments/shipment.h"

namespace polling {

// What came of asking about one shipment.
struct Heard {
  enum class Outcome : std::uint8_t {
    Report,
    NotFound,  // the carrier positively does not know the number
    Failed,    // outage, refusal, nonsense: says nothing about the number
    Later,     // not asked: the budget, or the carrier, wants us to come back at `until`
  } outcome = Outcome::Failed;
  std::vector<journey::Report> reports;
  std::string raw;  // the answer's bytes, when they may be kept
  base::Instant heard_at{};
  base::Instant until{};
};

struct Means {
  int batch = 1;             // most shipments in one call
  int free = 0;              // calls that may go out now
  double calls_per_day = 0;  // the budget; 0: none
  bool is_postal = false;
  std::chrono::minutes min_gap{15};
};

// What became of one question.
struct Settled {
  std::int64_t account_id = 0;
  base::Id shipment;
  Heard::Outcome outcome = Heard::Outcome::Failed;
  int new_events = 0, unknown_events = 0, quarantined = 0;
  std::optional<base::Instant> newest_at;  // the newest event
  base::Instant heard_at{};
  base::Instant entered_at{};  // since when the shipment is followed
};

class Carriers {
 public:
  virtual ~Carriers() = default;
  // Whom there is to ask, now. May change when definitions are reloaded.
  virtual std::vector<std::string> connectors() = 0;
  // Who answers for a courier; empty: nobody.
  virtual std::string connector_for(std::string_view courier_code) = 0;
  virtual Means means(std::string_view connector) = 0;
  // At most means().batch shipments; one Heard for each, in their order. Opens what the carrier
  // wants to be told for AskCarrier. Never throws for what a carrier does.
  virtual base::Task<std::vector<Heard>> ask(std::string connector,
                                             std::vector<shipments::Shipment> shipments) = 0;
  // What was heard has been taken in (or there was nothing to take in) and the next call is
  // planned: for whoever waits for this shipment, and for figures. On the poller's thread; must not
  // block.
  virtual void settled(const std::string& /*connector*/, const Settled& /*settled*/) {}
};

}  // namespace polling
