#include "app/mailboxes.h"

#include "app/entering.h"
#include "app/people_parts.h"
#include "app/sign_in.h"
#include "consent/instance_key.h"
#include "mailbox/gmail.h"
#include "mailbox/imap.h"

namespace app {
namespace {

http::Client::Options client_options(const Instance& instance, const Config& config) {
  http::Client::Options options;
  options.proxy = config.outgoing_proxy;
  options.ca_file = config.outgoing_ca_file;
  options.own = own_addresses(config);
  options.gate = instance.egress;
  return options;
}

// Those that the operator has a client at.
std::vector<mailbox::Provider> set_up(const Config& config) {
  std::vector<mailbox::Provider> all;
  for (auto& provider : mailbox::known_providers()) {
    if (provider.id != "google" || config.mailbox_google_client_id.empty()) continue;
    provider.client_id = config.mailbox_google_client_id;
    provider.client_secret =
        secret_of(config.mailbox_google_client_secret, "mailbox.google_client_secret");
    all.push_back(std::move(provider));
  }
  return all;
}

}  // namespace

Mailboxes::Mailboxes(Instance& instance, const Config& config, const couriers::Catalogue& catalogue,
                     const couriers::Detector& detector)
    : instance_(instance),
      providers_(set_up(config)),
      client_(std::make_unique<http::Client>(client_options(instance, config))),
      oauth_(std::make_unique<mailbox::OAuth>(*client_, *instance.vault, instance.clock())),
      consents_(instance.clock(), consent::signer(consent::instance_key(
                                      *instance.database, *instance.vault, *instance.ledger,
                                      instance.clock(), "receipts"))),
      links_({*instance.database, *instance.vault, *instance.ledger, instance.clock(), consents_,
              *instance.shipments}),
      extractor_(catalogue, detector) {
  mailbox::Desk::Options options;
  options.every = std::chrono::minutes(config.mailbox_every_minutes);
  options.stop = &is_stopping_;
  const auto open_one = [this](std::int64_t account_id, const mailbox::Sighting& sighting) {
    return open(account_id, sighting);
  };
  desk_ = std::make_unique<mailbox::Desk>(links_, extractor_, instance.clock(), *instance.ledger,
                                          connectors(config), open_one, options);
}

Mailboxes::~Mailboxes() { stop(); }

std::vector<std::unique_ptr<mailbox::Connector>> Mailboxes::connectors(const Config& config) {
  mailbox::ImapOptions options;
  options.ca_file = config.outgoing_ca_file;
  options.may_be_private = options.may_be_plain = config.mailbox_may_be_private;
  options.own = own_addresses(config);
  std::vector<std::unique_ptr<mailbox::Connector>> all;
  all.push_back(mailbox::imap_with_password(options));
  for (const auto& provider : providers_) {
    all.push_back(provider.kind == "gmail" ? mailbox::gmail(provider, *oauth_, *client_)
                                           : mailbox::imap_with_token(options, provider, *oauth_));
  }
  return all;
}

std::optional<mailbox::Opened> Mailboxes::open(std::int64_t account_id,
                                               const mailbox::Sighting& sighting) {
  shipments::Head head;
  head.account_id = account_id;
  head.tracking_number = sighting.tracking_number;
  head.courier_code = sighting.courier_code;
  head.order_number = sighting.order_number;
  head.source = shipments::Source::Mailbox;
  const auto known = instance_.database->read_now([&](store::Tx& tx) {
    return instance_.shipments->find_id(tx, account_id, head.tracking_number, head.courier_code);
  });
  if (known) return mailbox::Opened{*known, false};
  head.subject = instance_.vault->new_subject_now(account_id);
  const auto entered = instance_.database->write_now([&](store::Tx& tx) {
    auto made = enter_shipment(tx, instance_, head);
    if (made && begin_) begin_(tx, head);
    return made;
  });
  if (!entered) {
    instance_.vault->give_back(account_id, head.subject);
    return std::nullopt;
  }
  if (hurry_) hurry_();
  return mailbox::Opened{*entered, true};
}

void Mailboxes::start() { worker_ = std::make_unique<mailbox::Worker>(*desk_, is_stopping_); }

void Mailboxes::stop() {
  is_stopping_ = true;
  client_->stop();
  worker_.reset();
}

}  // namespace app
