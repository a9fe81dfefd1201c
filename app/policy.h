// Who runs this instance and to whom its data goes, from the configuration: what the texts of
// src/policy are made of.
#pragma once
#include "app/config.h"
#include "carriers/standing.h"
#include "couriers/catalogue.h"
#include "policy/facts.h"
#include "store/database.h"

namespace app {

policy::Operator operator_of(const Config& config);

// With every carrier that is set up, by name.
policy::Facts policy_facts(const Config& config, const carriers::Connectors& connectors,
                           const carriers::AllSettings& settings,
                           const couriers::Catalogue& catalogue);

// Posts what says something new since the last start: at once what nobody has seen before, a change
// after the notice the configuration gives.
void publish_policy(store::Database& database, const Config& config, const policy::Facts& facts,
                    base::Instant now);

}  // namespace app
