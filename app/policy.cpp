#include "app/policy.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "carriers/definition.h"
#include "policy/versions.h"

namespace app {
namespace {

// Countries the European Commission found adequate as a whole (GDPR Art. 45). The United States are
// not: there it depends on the company.
constexpr std::array<std::string_view, 13> kAdequate = {"AD", "AR", "CA", "CH", "FO", "GB", "GG",
                                                        "IL", "IM", "JE", "JP", "NZ", "UY"};

// Why a carrier may be told, wherever it is: it is the one who has the parcel.
std::string safeguard_of(std::string_view country) {
  if (country.empty()) return "needed to deliver the parcel (GDPR Art. 49(1)(c))";
  if (policy::is_in_eea(country)) return "in the EEA";
  if (std::ranges::find(kAdequate, country) != kAdequate.end() || country == "KR")
    return "adequacy decision (GDPR Art. 45)";
  return "needed to deliver the parcel (GDPR Art. 49(1)(c))";
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
  for (const auto& connector : connectors.all()) {
    const auto& definition = connector->definition();
    const auto given = settings.find(definition.id);
    const auto its = given == settings.end() ? carriers::Settings() : given->second;
    if (is_set_up(definition, its)) recipients.push_back(recipient_of(definition, catalogue));
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
