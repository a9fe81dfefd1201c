// The health page: how each connector does. Pure; nothing about parcels.
#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "carriers/standing.h"
#include "pages/layout.h"

namespace pages {

// `all`: as carriers::standings() gives them. Shown is who is ready or was asked in the last 30
// days; of the rest the page says how many they are.
std::string render_carriers(const std::vector<carriers::Standing>& all, base::Instant now,
                            const Frame& frame);

// {"at", "drift_alarm", "not_set_up", "carriers": [{"id", "name", "state", "missing",
// "last_success", "last_failure", "asked_24h", "failures_24h": {cause: n},
// "median_delay_minutes", "events_30d", "events_not_understood_30d"}]}
std::string carriers_json(const std::vector<carriers::Standing>& all, base::Instant now);

}  // namespace pages
