#include "app/egress.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "app/mail.h"
#include "base/text.h"
#include "carriers/definition.h"

namespace app {

policy::Processors processors_of(const Config& config, std::vector<Mistake>& mistakes) {
  auto all = policy::Processors::built_in();
  if (config.processors_file.empty()) return policy::Processors(std::move(all));
  Mistake mistake;
  mistake.file = config.file;
  mistake.key = "outgoing.processors";
  std::ifstream in(config.processors_file);
  if (!in) {
    mistake.says = config.processors_file + " cannot be read";
    mistakes.push_back(mistake);
    return policy::Processors(std::move(all));
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto own = policy::Processors::read(text, config.processors_file);
  for (const auto& fault : own.mistakes) {
    mistake.says = fault;
    mistakes.push_back(mistake);
  }
  std::move(own.processors.begin(), own.processors.end(), std::back_inserter(all));
  return policy::Processors(std::move(all));
}

std::string host_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto user = url.rfind('@'); user != std::string_view::npos) url.remove_prefix(user + 1);
  if (url.starts_with('[')) return base::lower(url.substr(1, url.find(']') - 1));
  return base::lower(url.substr(0, url.find(':')));
}

std::vector<std::string> hosts_of(const carriers::Definition& definition,
                                  const carriers::Settings& settings) {
  std::vector<std::string> hosts;
  const auto add = [&](std::string_view url) {
    if (url.find("://") == std::string_view::npos) return;
    hosts.push_back(host_of(url));
  };
  add(settings.base.empty() ? definition.access.base : settings.base);
  add(settings.token_base);
  if (definition.access.token) add(definition.access.token->url.source);
  return hosts;
}

std::optional<std::string> Egress::refusal(std::string_view host) const {
  // An entry of its own outranks what a connector says of itself: whoever is asked about the
  // parcels of others needs a contract.
  if (processors_.of_host(host) != nullptr || shelf_ == nullptr) return processors_.refusal(host);
  const auto wanted = base::lower(host);
  const auto connectors = shelf_->current();
  for (const auto& connector : connectors->all()) {
    const auto& definition = connector->definition();
    if (definition.is_upstream) continue;
    const auto given = settings_.find(definition.id);
    const auto its = given == settings_.end() ? carriers::Settings() : given->second;
    const auto hosts = hosts_of(definition, its);
    // A carrier has the parcel: asking it where the parcel is belongs to the delivery.
    if (std::ranges::find(hosts, wanted) != hosts.end()) return std::nullopt;
  }
  return processors_.refusal(host);
}

std::vector<policy::Processor> services_in_use(const Config& config,
                                               const policy::Processors& processors) {
  std::vector<std::string> hosts;
  std::vector<Mistake> mistakes;
  for (const auto& relay : mail_settings(config, mistakes).mailer.relays)
    hosts.push_back(base::lower(relay.server.host));
  if (config.sms_provider == "twilio") hosts.emplace_back("api.twilio.com");
  if (config.sms_provider == "vonage") hosts.emplace_back("rest.nexmo.com");
  if (!config.sms_gateway.empty()) hosts.push_back(host_of(config.sms_gateway));
  if (!config.chat_telegram_token.empty()) hosts.emplace_back("api.telegram.org");
  if (!config.push_key.empty())
    for (const auto* host : {"updates.push.services.mozilla.com", "fcm.googleapis.com",
                             "web.push.apple.com", "a.notify.windows.com"})
      hosts.emplace_back(host);
  if (config.billing_provider == "stripe") hosts.emplace_back("api.stripe.com");
  if (config.billing_provider == "mollie") hosts.emplace_back("api.mollie.com");
  if (!config.home_broker.empty()) hosts.push_back(host_of(config.home_broker));
  std::vector<policy::Processor> used;
  for (const auto& host : hosts) {
    const auto* one = processors.of_host(host);
    if (one == nullptr) continue;
    const bool is_there =
        std::ranges::any_of(used, [&](const policy::Processor& p) { return p.name == one->name; });
    if (!is_there) used.push_back(*one);
  }
  return used;
}

}  // namespace app
