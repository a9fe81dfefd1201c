// What `milepost carriers try --json` prints, what the expected files beside fixtures hold, and how
// the two are compared.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/connector.h"
#include "journey/merge.h"

namespace carriers {

// Where the shipment stands if this report is all that is known of it (journey::standing); nothing
// when nobody can say.
std::optional<journey::Standing> standing_of(const journey::Report& report);

// The report's scans, newest first, each once; scans that cannot be compared keep the
// carrier's order.
std::vector<const journey::Scan*> newest_first(const journey::Report& report);

// {"carrier", "shipments": [...], "error": ...}, indented.
std::string expectation_json(std::string_view carrier, const Understood& understood);

struct Difference {
  std::string field;  // "shipments[0].events[2].time"
  std::string expected, got;
};
// Each field that `expected` names and `got` has otherwise; fields that are not part of the form
// are left alone, and the names of other expected files are known: `substatus_hint` is substatus,
// `edd` is estimate. Gives one difference with field "" when either is no JSON.
std::vector<Difference> compare_expectation(std::string_view expected, std::string_view got);

}  // namespace carriers
