// The rights desk of an instance, wired: for the server's pages and API and for the command line.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "api/own/rights.h"
#include "api/own/transfer.h"
#include "app/instance.h"
#include "app/registers.h"
#include "channels/email/desk_door.h"
#include "http/client.h"
#include "notify/plan.h"
#include "pages/rights_endpoints.h"
#include "rights/proof.h"
#include "rights/registers/suspensions.h"

namespace app {

class RightsDesk {
 public:
  RightsDesk(Instance& instance, const Config& config);

  // `limiter` must outlive the server.
  void add_routes(http::Router& router, accounts::RateLimiter& limiter);
  // Takes mail, if the configuration says where. Throws std::system_error.
  void open_mail(const Config& config);
  // Deadlines are watched, what is over goes, and the day's proof of retention is written. Blocks.
  void keep_house();
  // Corrections, erasures and restrictions go to the webhooks of whoever got the data. How many
  // were put into the queue. Blocks.
  std::int64_t tell_receivers();

  rights::Desk& desk() { return desk_; }
  rights::Eraser& eraser() { return eraser_; }
  rights::Acts& acts() { return acts_; }
  rights::Suspensions& suspensions() { return suspensions_; }
  rights::Visits& visits() { return visits_; }
  rights::Transfers& transfers() { return transfers_; }
  pages::RightsContext& context() { return context_; }
  // To where the invitation leads; see api::own::send_transfer.
  base::Task<base::Result<rights::Receipt, std::string>> send(rights::Portable portable,
                                                              rights::Invitation to);

 private:
  bool hear(const channels::email::DeskLetter& letter);

  Instance& instance_;
  const std::string address_;
  const bool may_be_private_;
  Registers registers_;
  letters::Letters letters_;
  rights::Visits visits_;
  rights::Desk desk_;
  rights::Suspensions suspensions_;
  rights::Eraser eraser_;
  rights::Acts acts_;
  rights::Transfers transfers_;
  http::Client client_;
  base::Aside aside_;
  pages::RightsContext context_;
  std::unique_ptr<api::own::RightsDoor> door_;
  api::own::TransferContext transfer_door_;
  std::unique_ptr<channels::email::DeskDoor> mail_;
};

// What the webhooks' sender asks about a delivery of rights (notify/webhook_sender.h).
std::optional<std::string> subject_news(store::Tx& tx, std::int64_t account_id,
                                        std::string_view receiver);

// Everything on disk that this instance writes, as far as its configuration tells.
std::vector<rights::Surface> surfaces_of(const Config& config);

}  // namespace app
