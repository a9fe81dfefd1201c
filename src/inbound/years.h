// Dates without a year (Cargo-IMP) get the one that puts them nearest to when the document came.
#pragma once
#include <string>

#include "base/clock.h"
#include "journey/report.h"

namespace inbound {

// "--05-07T06:40:00" received in June 2026 to "2026-05-07T06:40:00"; other texts as they are. A
// date that no year near by has (29 February) is given back unchanged.
std::string settle_year(std::string text, base::Instant received_at);

// The same for every time a report holds.
void settle_years(journey::Report& report, base::Instant received_at);

}  // namespace inbound
