// Linked mailboxes, wired: the kinds of link that this instance offers, the desk behind pages and
// commands, and the worker that reads what is due.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "app/config.h"
#include "app/instance.h"
#include "consent/records.h"
#include "http/client.h"
#include "mailbox/desk.h"
#include "mailbox/oauth.h"
#include "pages/account/desk.h"

namespace app {

class Mailboxes {
 public:
  // All must outlive it.
  Mailboxes(Instance& instance, const Config& config, const couriers::Catalogue& catalogue,
            const couriers::Detector& detector);
  ~Mailboxes();

  // A shipment that was entered is followed (Work::follow). Before start(); without it nothing is
  // read here: commands only link, list and unlink.
  void follow(std::function<void(store::Tx&, const shipments::Head&)> begin,
              std::function<void()> hurry) {
    begin_ = std::move(begin);
    hurry_ = std::move(hurry);
  }
  mailbox::Desk& desk() { return *desk_; }
  pages::MailboxDesk page_desk() { return {*desk_, *oauth_, providers_}; }
  // From here on what is due is read.
  void start();
  // What is under way ends within seconds and comes back later.
  void stop();

 private:
  std::vector<std::unique_ptr<mailbox::Connector>> connectors(const Config& config);
  std::optional<mailbox::Opened> open(std::int64_t account_id, const mailbox::Sighting& sighting);

  Instance& instance_;
  std::function<void(store::Tx&, const shipments::Head&)> begin_;
  std::function<void()> hurry_;
  std::atomic<bool> is_stopping_ = false;
  std::vector<mailbox::Provider> providers_;
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<mailbox::OAuth> oauth_;
  consent::Records consents_;
  mailbox::Links links_;
  mailbox::Extractor extractor_;
  std::unique_ptr<mailbox::Desk> desk_;
  std::unique_ptr<mailbox::Worker> worker_;
};

}  // namespace app
