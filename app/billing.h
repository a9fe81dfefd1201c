// Billing, wired: the provider that this instance takes payments with, the price list, and what is
// done by the hour. Off where billing.provider is empty.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/instance.h"
#include "billing/contact.h"
#include "billing/desk.h"
#include "billing/price_list.h"
#include "billing/subscriptions.h"
#include "http/client.h"
#include "http/router.h"

namespace app {

// The file of billing.prices; what is wrong with it is told as mistakes of that key. Nothing where
// none is named.
std::optional<billing::PriceList> price_list(const Config& config, std::vector<Mistake>& mistakes);

class Billing {
 public:
  // Both must outlive it.
  Billing(Instance& instance, const Config& config);
  ~Billing();

  // POST /billing/notices, where the provider's messages go. Nothing where billing is off.
  void add_routes(http::Router& router);
  // Next periods, and what has reached its age. Blocks.
  void keep_house();
  void stop();

  billing::Contacts& contacts() { return contacts_; }
  billing::Desk* desk() { return desk_ ? &*desk_ : nullptr; }
  const billing::PriceList* prices() const { return prices_ ? &*prices_ : nullptr; }
  billing::Subscriptions* subscriptions() { return subscriptions_ ? &*subscriptions_ : nullptr; }

 private:
  Instance& instance_;
  billing::Contacts contacts_;
  billing::Invoices invoices_;
  std::optional<billing::PriceList> prices_;
  std::optional<billing::Subscriptions> subscriptions_;
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<billing::Provider> provider_;
  std::optional<billing::Desk> desk_;
};

}  // namespace app
