// What is covered: which courier has a connector, what each connector was tested with, and what is
// missing. Counted from the definitions, their codes and their fixtures; nobody claims anything.
//
// The same connectors and catalogue give the same bytes: no clock, no store. docs/carriers.md is
// coverage_markdown() of what is built in (a test holds this).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/connector.h"
#include "couriers/catalogue.h"

namespace carriers {

enum class Group : std::uint8_t { Carrier, Upstream, Standard };

struct Coverage {
  const Connector* connector = nullptr;
  // Standard: a form of the trade, pushed by whoever speaks it; its code is no courier's.
  Group group{};
  std::vector<std::string> couriers;  // the codes it serves, its own first
  // How many fixtures show each case, by what is understood of them. A fixture can show several.
  int journeys = 0, several_pieces = 0, hand_overs = 0, unknown_numbers = 0, bad_numbers = 0,
      refusals = 0, limits = 0, outages = 0, broken = 0, drifts = 0;
  // What a reader would expect and there is none of: "recorded answer", "hand-over", ...
  std::vector<std::string_view> missing;
};

// One for each connector, in their order. Lives as long as `connectors`.
std::vector<Coverage> coverage(const Connectors& connectors, const couriers::Catalogue& catalogue);

// The connectors of the carrier's own for a courier, best first, and the best evidence among them.
struct CourierCoverage {
  const couriers::Courier* courier = nullptr;
  std::span<const Connector* const> connectors;  // they live in the Connectors
  std::string_view evidence;                     // empty when there is no connector
};
// Every courier of the catalogue, in its order.
std::vector<CourierCoverage> coverage_by_courier(const Connectors& connectors,
                                                 const couriers::Catalogue& catalogue);

std::string coverage_markdown(const Connectors& connectors, const couriers::Catalogue& catalogue);

}  // namespace carriers
