// The shipment's facts: of several sources' words the one that counts. For merge, and for
// readers of what the v4 API has no field for (proof of delivery, next action, hand-over).
#pragma once
#include <string_view>

#include "journey/decide.h"
#include "journey/journey.h"
#include "journey/merge.h"

namespace journey {

// The carrier's own word before a partner's before an upstream's, then the latest; empty when
// nobody said it.
std::string_view fact(const Journey& journey, Field field);
// One source's word.
std::string_view fact_of(const Journey& journey, Field field, int source);

// The estimate that counts now; null when there is none.
const Estimate* current_estimate(const Journey& journey);

// One carrier's own word on whom it handed the parcel to.
std::string_view hand_over_by(const Journey& journey, std::string_view courier_code);
struct HandedOver {
  std::string_view courier_code, number;
};
HandedOver handed_over(std::string_view value);
// A place as a fact keeps it.
std::string place_value(const Place& place);
Ends ends(const Journey& journey, const Context& context);

// Writes the shipment's facts where readers look for them.
void show_facts(Journey& journey);

}  // namespace journey
