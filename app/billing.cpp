#include "app/billing.h"

#include <fstream>
#include <iterator>

#include "app/people_parts.h"
#include "app/sign_in.h"
#include "base/log.h"
#include "billing/manual.h"
#include "billing/mollie.h"
#include "billing/stripe.h"

namespace app {
namespace {

constexpr std::string_view kNotices = "/billing/notices";

http::Client::Options client_options(const Instance& instance, const Config& config) {
  http::Client::Options options;
  options.proxy = config.outgoing_proxy;
  options.ca_file = config.outgoing_ca_file;
  options.own = own_addresses(config);
  options.gate = instance.egress;
  return options;
}

billing::Access access_of(const Config& config) {
  billing::Access access;
  access.base = config.billing_base;
  access.key = secret_of(config.billing_key, "billing.key");
  access.secret = secret_of(config.billing_signing_secret, "billing.signing_secret");
  access.back_url = config.public_url + "/account";
  access.notice_url = config.public_url + std::string(kNotices);
  access.may_be_private = !config.billing_base.empty();
  return access;
}

std::unique_ptr<billing::Provider> provider_of(const Config& config, http::Client& client) {
  if (config.billing_provider == "stripe")
    return std::make_unique<billing::Stripe>(client, access_of(config));
  if (config.billing_provider == "mollie")
    return std::make_unique<billing::Mollie>(client, access_of(config));
  return std::make_unique<billing::Manual>();
}

// What a provider sends again when it hears no 2xx. A payment that is not known may be one whose
// beginning is not written down yet.
int status_of(const base::Result<billing::Settled, billing::PaymentFault>& settled) {
  if (settled) return *settled == billing::Settled::Unknown ? 404 : 200;
  const bool is_theirs = settled.error() == billing::PaymentFault::Forged ||
                         settled.error() == billing::PaymentFault::Stale ||
                         settled.error() == billing::PaymentFault::Malformed;
  return is_theirs ? 400 : 503;
}

}  // namespace

std::optional<billing::PriceList> price_list(const Config& config, std::vector<Mistake>& mistakes) {
  if (config.billing_prices.empty()) return std::nullopt;
  const auto tell = [&](std::string says) {
    mistakes.push_back({config.file, 0, "billing.prices", std::move(says)});
  };
  std::ifstream in(config.billing_prices);
  if (!in) {
    tell(config.billing_prices + " cannot be read");
    return std::nullopt;
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto read = billing::PriceList::read(text, config.billing_prices);
  for (auto& mistake : read.mistakes) tell(std::move(mistake));
  return std::move(read.list);
}

Billing::Billing(Instance& instance, const Config& config)
    : instance_(instance),
      contacts_(*instance.database, *instance.vault, instance.clock()),
      invoices_(*instance.database, instance.clock()) {
  if (config.billing_provider.empty()) return;
  std::vector<Mistake> mistakes;
  prices_ = price_list(config, mistakes);
  for (const auto& mistake : mistakes)
    base::log(base::Level::Error, "billing.mistake", {{"what", mistake.says}});
  if (prices_) subscriptions_.emplace(*instance.database, *prices_, instance.clock());
  client_ = std::make_unique<http::Client>(client_options(instance, config));
  provider_ = provider_of(config, *client_);
  desk_.emplace(*instance.database, *instance.vault, *provider_, instance.clock());
}

Billing::~Billing() { stop(); }

void Billing::stop() {
  if (client_) client_->stop();
}

void Billing::add_routes(http::Router& router) {
  if (!desk_ || provider_->name() == "manual") return;
  router.add("POST", kNotices, [this](http::Request request) -> base::Task<http::Response> {
    std::string signature(request.header(provider_->signature_header()));
    std::string body(request.body());
    const auto settled = co_await desk_->take(std::move(signature), std::move(body));
    const auto status = status_of(settled);
    if (!settled)
      base::log(base::Level::Warning, "billing.notice_refused",
                {{"why", billing::describe(settled.error())}});
    co_return http::text(status, status == 200 ? "noted\n" : "not taken\n");
  });
}

void Billing::keep_house() {
  contacts_.sweep();
  invoices_.sweep();
  while (subscriptions_ && subscriptions_->renew_due() > 0) {
  }
}

}  // namespace app
