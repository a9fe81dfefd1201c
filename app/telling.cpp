#include "app/telling.h"

#include "api/v4/older_json.h"
#include "api/v4/tracking_json.h"
#include "app/people_parts.h"
#include "app/rights.h"
#include "base/log.h"
#include "base/time.h"
#include "notify/log.h"

namespace app {
namespace {

constexpr std::chrono::seconds kStopWithin{3};
// More than the dispatcher makes at the same time, so that its turns decide and not the client's.
constexpr int kCalls = 1200;
// Of one host: several webhooks may lead there.
constexpr int kCallsToAHost = 300;

http::Client::Options client_options(const Config& config, base::Metrics& metrics) {
  http::Client::Options options;
  options.proxy = config.outgoing_proxy;
  options.ca_file = config.outgoing_ca_file;
  options.user_agent = "Milepost-Webhook";
  options.calls = kCalls;
  options.per_host = kCallsToAHost;
  options.metrics = &metrics;
  options.own = own_addresses(config);
  return options;
}

notify::WebhookSender::Options sender_options(const Config& config, int speed) {
  notify::WebhookSender::Options options;
  options.may_be_private = config.notify_private_webhooks;
  options.deadline = std::chrono::seconds(config.notify_webhook_seconds);
  options.first_pause = std::chrono::seconds(config.notify_retry_seconds) * speed;
  if (const auto address = parse_address(config.listen)) options.own_port = address->port;
  return options;
}

notify::Dispatcher::Options dispatcher_options(base::Metrics& metrics, int speed) {
  notify::Dispatcher::Options options;
  options.metrics = &metrics;
  options.lease *= speed;
  return options;
}

void write_tracking(base::JsonWriter& json, const shipments::Shipment& shipment,
                    notify::BodyVersion version, const couriers::Catalogue& catalogue,
                    notify::ControllerAccess& access) {
  switch (version) {
    case notify::BodyVersion::V4:
      return api::v4::write_tracking(json, shipment, catalogue, access);
    case notify::BodyVersion::V3:
      return api::v4::write_tracking_v3(json, shipment, access);
    case notify::BodyVersion::V2:
      return api::v4::write_tracking_v2(json, shipment, access);
  }
}

}  // namespace

WebhookParts::WebhookParts(Instance& instance, const Config& config,
                           const couriers::Catalogue& catalogue, int speed)
    : instance_(instance),
      public_url_(public_url(config)),
      letters_(*instance.database, *instance.vault, instance.clock()),
      client_(client_options(config, instance.metrics)),
      webhooks_({*instance.vault, *instance.ledger, instance.clock()},
                config.notify_private_webhooks),
      sender_(sender_parts(catalogue), sender_options(config, speed)) {}

notify::WebhookSender::Parts WebhookParts::sender_parts(const couriers::Catalogue& catalogue) {
  return {client_,
          webhooks_,
          *instance_.shipments,
          *instance_.ledger,
          instance_.clock(),
          real_,
          [&catalogue](base::JsonWriter& json, const shipments::Shipment& shipment,
                       notify::BodyVersion version, notify::ControllerAccess& access) {
            write_tracking(json, shipment, version, catalogue, access);
          },
          [this](store::Tx& tx, std::int64_t account_id) { return email_of(tx, account_id); },
          [this](store::Tx& tx, const notify::Webhook& webhook, base::Instant since) {
            tell_disabled(tx, webhook, since);
          },
          subject_news};
}

std::string WebhookParts::email_of(store::Tx& tx, std::int64_t account_id) {
  personal::Access<personal::Purpose::KeepAccount> access(*instance_.ledger, {}, account_id,
                                                          "webhook.old_signature");
  return open(instance_.accounts->email_in(tx, account_id), access);
}

// The account's holder hears of it by letter, in the transaction that switched the webhook off.
void WebhookParts::tell_disabled(store::Tx& tx, const notify::Webhook& webhook,
                                 base::Instant since) {
  base::log(base::Level::Warning, "webhook.disabled",
            {{"account", webhook.account_id},
             {"webhook", webhook.webhook_id},
             {"because", webhook.disabled_code}});
  auto holder = accounts::Accounts::holder_in(tx, *instance_.vault, webhook.account_id);
  if (!holder.is_given()) return;
  personal::Access<personal::Purpose::Notify> access(*instance_.ledger, {}, webhook.account_id,
                                                     "webhook.disabled");
  const auto label = holder.label();
  letters::Letter letter;
  letter.account_id = webhook.account_id;
  letter.kind = "webhook-disabled";
  letter.to = letters::To(open(std::move(holder), access), label);
  letter.values = {{"host", notify::host_of(webhook.url)},
                   {"at", base::to_iso_offset(since)},
                   {"days", std::to_string(notify::kLogKept.count())},
                   {"link", public_url_ + "/"}};
  letters_.post(tx, letter);
}

Telling::Telling(Instance& instance, const Config& config, const couriers::Catalogue& catalogue,
                 int speed)
    : instance_(instance),
      webhooks_(instance, config, catalogue, speed),
      dispatcher_(*instance.database, instance.clock(),
                  dispatcher_options(instance.metrics, speed)) {
  dispatcher_.add(webhooks_.webhooks());
  dispatcher_.add(channels::Channel::Webhook, webhooks_.sender());
}

Telling::~Telling() { stop(); }

void Telling::start() { dispatcher_.start(); }

void Telling::stop() {
  dispatcher_.stop(kStopWithin);
  webhooks_.client().stop();
  dispatcher_.finish();
}

void Telling::add_routes(http::Router& router, accounts::RateLimiter& limiter) {
  context_ = std::make_unique<api::own::WebhookContext>(api::own::WebhookContext{
      *instance_.database, *instance_.accounts, limiter, *instance_.vault, *instance_.ledger,
      webhooks_.webhooks(), webhooks_.sender(), instance_.clock(),
      [this](store::Tx& tx, std::int64_t account_id) { return webhooks_.email_of(tx, account_id); },
      [this] { wake(); }});
  api::own::add_webhook_routes(router, *context_);
}

}  // namespace app
