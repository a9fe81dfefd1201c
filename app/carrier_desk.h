// Between the poller, which decides when, and the connectors, which know how: chooses the connector
// of a courier, tells the carrier what it needs to know, and sorts what it says. Also where a
// create waits for its first answer.
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/later.h"
#include "carriers/ask.h"
#include "carriers/connector.h"
#include "carriers/health.h"
#include "couriers/catalogue.h"
#include "personal/access.h"
#include "polling/carriers.h"

namespace app {

// One interface may serve several couriers (Colissimo and La Poste): it speaks for the one that was
// asked about.
void speak_for(const carriers::Connector& connector, std::string_view courier,
               std::vector<journey::Report>& reports);

class CarrierDesk final : public polling::Carriers {
 public:
  struct Parts {
    const carriers::ConnectorShelf& shelf;
    carriers::Asker& asker;
    carriers::Health& health;
    store::Database& database;
    personal::Ledger& ledger;
    const couriers::Catalogue& catalogue;
    const base::Clock& clock;
  };
  explicit CarrierDesk(const Parts& parts) : parts_(parts) {}

  std::vector<std::string> connectors() override;
  // The carrier's own interface when it is ready; else an upstream the operator gave a key for.
  std::string connector_for(std::string_view courier_code) override;
  polling::Means means(std::string_view connector) override;
  base::Task<std::vector<polling::Heard>> ask(std::string connector,
                                              std::vector<shipments::Shipment> shipments) override;
  void settled(const std::string& connector, const polling::Settled& settled) override;

  // Resumes when the poller has asked about the shipment, or after `most`: true when a carrier has
  // said something of it.
  base::Task<bool> wait_for(const base::Id& shipment, std::chrono::milliseconds most);
  // Called when somebody begins to wait: the poller's wake.
  void when_waiting(std::function<void()> call) { when_waiting_ = std::move(call); }
  // Nobody waits any more.
  void stop() { later_.stop(); }

 private:
  struct Waiter;
  struct Answering;
  std::vector<carriers::Question> questions_for(const carriers::Connector& connector,
                                                const std::vector<shipments::Shipment>& shipments);
  base::Task<void> ask_partners(shipments::Shipment shipment, std::string_view asked,
                                polling::Heard& heard);
  void end_wait(const base::Id& shipment, bool is_answered);

  const Parts parts_;
  base::Later later_;
  std::mutex mutex_;
  std::map<std::string, std::atomic<int>> under_way_;  // calls, by connector
  std::multimap<base::Id, std::shared_ptr<Waiter>> waiting_;
  std::function<void()> when_waiting_;
};

}  // namespace app
