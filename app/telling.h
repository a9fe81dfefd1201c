// Everything that tells people and programs what changed: wired once, for serve, and in parts for
// the command line.
#pragma once
#include <memory>

#include "api/own/webhooks.h"
#include "app/instance.h"
#include "http/client.h"
#include "letters/letters.h"
#include "notify/dispatcher.h"
#include "notify/webhook_sender.h"

namespace app {

// What makes a webhook's message, without the machine that drives it.
class WebhookParts {
 public:
  // `speed`: how many times as fast as life the store's clock runs (the demo).
  WebhookParts(Instance& instance, const Config& config, const couriers::Catalogue& catalogue,
               int speed = 1);

  http::Client& client() { return client_; }
  notify::Webhooks& webhooks() { return webhooks_; }
  notify::WebhookSender& sender() { return sender_; }
  std::string email_of(store::Tx& tx, std::int64_t account_id);

 private:
  notify::WebhookSender::Parts sender_parts(const couriers::Catalogue& catalogue);
  void tell_disabled(store::Tx& tx, const notify::Webhook& webhook, base::Instant since);

  Instance& instance_;
  const std::string public_url_;
  letters::Letters letters_;
  base::SystemClock real_;
  http::Client client_;
  notify::Webhooks webhooks_;
  notify::WebhookSender sender_;
};

class Telling {
 public:
  Telling(Instance& instance, const Config& config, const couriers::Catalogue& catalogue,
          int speed = 1);
  ~Telling();

  void start();
  void stop();
  // Something changed. Safe from any thread.
  void wake() { dispatcher_.wake(); }
  // Before start(): other planners and senders.
  notify::Dispatcher& dispatcher() { return dispatcher_; }
  WebhookParts& webhooks() { return webhooks_; }

  // `limiter` must outlive the server.
  void add_routes(http::Router& router, accounts::RateLimiter& limiter);

 private:
  Instance& instance_;
  WebhookParts webhooks_;
  notify::Dispatcher dispatcher_;
  std::unique_ptr<api::own::WebhookContext> context_;
};

}  // namespace app
