#include "app/policy.h"

#include <algorithm>

#include "app/egress.h"
#include "base/log.h"
#include "carriers/definition.h"
#include "policy/versions.h"

namespace app {
namespace {

// Why a carrier may be told, wherever it is: it is the one who has the parcel.
std::string safeguard_of(std::string_view country) {
  const auto by_country = policy::safeguard_of_country(country);
  const auto id = by_country.empty() ? std::string_view("needed-for-delivery") : by_country;
  return std::string(policy::safeguard_named(id)->words);
}

bool is_set_up(const carriers::Definition& definition, const carriers::Settings& its) {
  if (definition.access.base.empty() && its.base.empty()) return false;
  return its.is_enabled && carriers::missing_secret(definition, its).empty();
}

policy::Recipient recipient_of(const carriers::Definition& definition,
                               const couriers::Catalogue& catalogue) {
  const auto* courier = catalogue.find(definition.courier);
  policy::Recipient one;
  one.name = courier != nullptr ? std::string(courier->name) : definition.name;
  one.kind = "carrier";
  one.task = "is asked where a parcel is";
  one.country = courier != nullptr ? std::string(courier->country) : "";
  one.safeguard = safeguard_of(one.country);
  one.categories = {"tracking number"};
  using carriers::Need;
  for (const auto need : definition.request.needs) {
    if (need == Need::Postcode) one.categories.push_back("postcode");
    if (need == Need::DestinationCountry) one.categories.push_back("country of destination");
  }
  one.purpose = "AskCarrier";
  return one;
}

}  // namespace

policy::Operator operator_of(const Config& config) {
  return {config.operator_name,  config.operator_address, config.operator_country,
          config.contact,        config.privacy_contact,  config.protection_officer,
          config.representative, config.public_url};
}

policy::Facts policy_facts(const Config& config, const carriers::Connectors& connectors,
                           const carriers::AllSettings& settings,
                           const couriers::Catalogue& catalogue) {
  std::vector<policy::Recipient> recipients;
  std::vector<Mistake> mistakes;  // told by whoever starts with this configuration
  const auto processors = processors_of(config, mistakes);
  for (const auto& one : services_in_use(config, processors))
    recipients.push_back(policy::recipient_of(one));
  for (const auto& connector : connectors.all()) {
    const auto& definition = connector->definition();
    const auto given = settings.find(definition.id);
    const auto its = given == settings.end() ? carriers::Settings() : given->second;
    if (!is_set_up(definition, its)) continue;
    const policy::Processor* entry = nullptr;
    for (const auto& host : hosts_of(definition, its)) {
      if (entry == nullptr) entry = processors.of_host(host);
    }
    recipients.push_back(entry != nullptr ? policy::recipient_of(*entry)
                                          : recipient_of(definition, catalogue));
  }
  std::ranges::sort(recipients, {}, &policy::Recipient::name);
  return policy::facts_of(operator_of(config), std::move(recipients));
}

void publish_policy(store::Database& database, const Config& config, const policy::Facts& facts,
                    base::Instant now) {
  const auto published = database.write_now([&](store::Tx& tx) {
    return policy::publish(tx, facts, now, now + std::chrono::hours(24) * config.notice_days);
  });
  if (!published || published.value().documents.empty()) return;
  base::log(
      base::Level::Info, "policy.published",
      {{"documents", published.value().documents.size()}, {"notices", published.value().notices}});
}

}  // namespace app
