#include "journey/facts.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "journey/kept.h"
#include "journey/places.h"
#include "journey/weight.h"

namespace journey {
namespace {

int rank(const Journey& j, int source) {
  const auto& s = j.sources[static_cast<std::size_t>(source)];
  if (s.is_repeating) return 2;
  return s.courier_code == j.origin.courier_code ? 0 : 1;
}

struct KeptPlace {
  std::string_view country, state, city;
};
KeptPlace kept_place(std::string_view value) {
  const auto first = value.find('\t');
  if (first == std::string_view::npos) return {};
  const auto second = value.find('\t', first + 1);
  if (second == std::string_view::npos) return {};
  return {value.substr(0, first), value.substr(first + 1, second - first - 1),
          value.substr(second + 1)};
}

void show_place(std::string& state, std::string& city, std::string_view value) {
  const auto place = kept_place(value);
  state = place.state;
  city = place.city;
}

void show_leg_facts(Journey& j, Leg& leg) {
  for (std::size_t s = 0; s < j.sources.size(); ++s) {
    if (j.sources[s].courier_code != leg.courier_code) continue;
    // Sorted: the carrier's own word comes before an import's.
    if (!leg.weblink.empty() || !leg.courier_phone.empty()) continue;
    leg.courier_phone = fact_of(j, Field::Phone, static_cast<int>(s));
    leg.weblink = fact_of(j, Field::Weblink, static_cast<int>(s));
  }
}

void show_hand_over(Journey& j) {
  const auto next = handed_over(fact(j, Field::HandedOver));
  j.exchange_number = next.number;
  j.destination_track_number = next.courier_code.empty() ? std::string_view() : next.number;
  j.destination.reference_number =
      j.destination.courier_code.empty() ? std::string_view() : next.number;
}

}  // namespace

std::string_view fact_of(const Journey& j, Field field, int source) {
  for (const auto& f : j.facts)
    if (f.field == field && f.source == source) return f.value;
  return {};
}

std::string_view fact(const Journey& j, Field field) {
  const Fact* best = nullptr;
  for (const auto& f : j.facts) {
    if (f.field != field) continue;
    const auto weight = [&](const Fact& x) {
      return std::tuple(-rank(j, x.source), x.heard, std::string_view(x.value));
    };
    if (best == nullptr || weight(f) > weight(*best)) best = &f;
  }
  return best == nullptr ? std::string_view() : std::string_view(best->value);
}

const Estimate* current_estimate(const Journey& j) {
  const Estimate* best = nullptr;
  for (const auto& e : j.estimates) {
    const auto weight = [&](const Estimate& x) {
      return std::tuple(!j.sources[static_cast<std::size_t>(x.source)].is_repeating, x.last_heard,
                        std::string_view(x.from), std::string_view(x.until));
    };
    if (best == nullptr || weight(e) > weight(*best)) best = &e;
  }
  return best;
}

std::string_view hand_over_by(const Journey& j, std::string_view courier_code) {
  for (std::size_t s = 0; s < j.sources.size(); ++s)
    if (!j.sources[s].is_repeating && j.sources[s].courier_code == courier_code)
      return fact_of(j, Field::HandedOver, static_cast<int>(s));
  return {};
}

HandedOver handed_over(std::string_view value) {
  const auto space = value.find(' ');
  if (space == std::string_view::npos) return {};
  return {value.substr(0, space), value.substr(space + 1)};
}

std::string place_value(const Place& place) {
  const auto part = [](std::string_view text) {
    auto out = bounded(text, 200);
    std::ranges::replace(out, '\t', ' ');
    return out;
  };
  const auto country = places::country_code(place.country);
  if (country.empty() && place.state.empty() && place.city.empty()) return {};
  return country + '\t' + part(place.state) + '\t' + part(place.city);
}

Ends ends(const Journey& j, const Context& context) {
  const auto origin = kept_place(fact(j, Field::Origin));
  const auto destination = kept_place(fact(j, Field::Destination));
  const auto or_given = [](std::string_view said, const std::string& given) {
    return said.empty() ? given : std::string(said);
  };
  return {or_given(origin.country, context.origin_country), std::string(origin.city),
          or_given(destination.country, context.destination_country),
          std::string(destination.city)};
}

void show_facts(Journey& j) {
  show_place(j.origin_state, j.origin_city, fact(j, Field::Origin));
  show_place(j.destination_state, j.destination_city, fact(j, Field::Destination));
  j.signed_by = fact(j, Field::SignedBy);
  j.service_code = fact(j, Field::ServiceCode);
  j.product_type = fact(j, Field::Service);
  j.weight = fact(j, Field::Weight);
  j.weight_kg = kilograms(j.weight);
  j.dimension = fact(j, Field::Dimension);
  j.pieces = fact(j, Field::Pieces);
  j.scheduled_address = fact(j, Field::PickupPoint);
  if (const auto next = fact(j, Field::NextAction); !next.empty()) j.status_info = next;
  if (const auto* estimate = current_estimate(j))
    j.scheduled_delivery_date = in_whole_seconds(estimate->from);
  show_leg_facts(j, j.origin);
  show_leg_facts(j, j.destination);
  show_hand_over(j);
}

}  // namespace journey
