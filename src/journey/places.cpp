#include "journey/places.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "journey/gazetteer.h"
#include "journey/place_names.h"
#include "journey/written_time.h"

namespace journey::places {
namespace {

bool has_digit(std::string_view text) { return std::ranges::any_of(text, base::is_digit); }

// The parts of a line, without postcodes: "LEIPZIG - GERMANY" has two.
std::vector<std::string_view> parts_of(std::string_view line) {
  std::vector<std::string_view> parts;
  while (!line.empty() && parts.size() < 8) {
    const auto end = std::min({line.find(','), line.find(" - "), line.find(';')});
    const auto part = base::trim(line.substr(0, end));
    if (!part.empty() && !has_digit(part)) parts.push_back(part);
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + (line[end] == ' ' ? 3 : 1));
  }
  return parts;
}

std::string_view zone_within(std::string_view country, std::string_view state,
                             std::string_view city) {
  const auto& gazetteer = Gazetteer::builtin();
  if (const auto zone = gazetteer.zone(country, {}, {}); !zone.empty()) return zone;
  const auto region = fold(state), town = fold(city);
  if (!region.empty()) {
    if (const auto zone = gazetteer.zone(country, region, {}); !zone.empty()) return zone;
    if (!town.empty())
      if (const auto zone = gazetteer.zone(country, region, town); !zone.empty()) return zone;
  }
  return town.empty() ? std::string_view() : gazetteer.zone(country, {}, town);
}

// One word: an airport, or a country that is written out or has its code alone.
std::string_view zone_of_word(std::string_view word) {
  const auto country = country_code(word);
  const auto by_country =
      country.empty() ? std::string_view() : Gazetteer::builtin().zone(country, {}, {});
  const auto* port = airport(word);
  if (port == nullptr) return by_country;
  return country.empty() || port->zone == by_country ? port->zone : std::string_view();
}

std::string_view zone_of_line(std::string_view line) {
  const auto parts = parts_of(line);
  if (parts.empty()) return {};
  if (parts.size() == 1) return zone_of_word(parts[0]);
  const auto last = parts.back();
  const auto country = country_code(last);
  if (country.empty()) return {};
  // "Dover, DE" is in Delaware and "Gary, IN" in Indiana, or else in Germany and India.
  const bool may_be_region = parts.size() == 2 && last.size() == 2;
  if (may_be_region && Gazetteer::builtin().is_region_code(fold(last))) return {};
  const auto state = parts[parts.size() - 2];
  return zone_within(country, state, parts[0]);
}

}  // namespace

Where where(const Place& place) {
  return {place.text, place.city, place.state, place.zip, place.country};
}

std::string_view zone_of(const Where& w) {
  const auto country = country_code(w.country);
  if (country.empty()) {
    if (w.country.empty() && !w.text.empty()) return zone_of_line(w.text);
    return {};
  }
  if (!w.city.empty() || !w.state.empty()) return zone_within(country, w.state, w.city);
  const auto parts = parts_of(w.text);
  if (parts.empty()) return zone_within(country, {}, {});
  return zone_within(country, parts.size() > 1 ? parts[1] : std::string_view(), parts[0]);
}

std::string country_code(std::string_view word, std::string_view language) {
  return std::string(Gazetteer::builtin().country(word, language));
}

const Airport* airport(std::string_view code) { return Gazetteer::builtin().airport(code); }

std::optional<int> offset_at(std::string_view zone, std::int64_t local) {
  return Gazetteer::builtin().offset(zone, local);
}

std::optional<int> offset_of(std::string_view time, const Where& w) {
  const auto written = read_time(time);
  if (!written || !written->has_hour || written->offset) return std::nullopt;
  const auto zone = zone_of(w);
  return zone.empty() ? std::nullopt : offset_at(zone, written->local);
}

std::optional<Moment> instant_of(std::string_view time, const Where& w) {
  const auto written = read_time(time);
  if (!written || !written->has_hour) return std::nullopt;
  if (const auto at = written->instant()) return Moment{*at, false};
  const auto offset = offset_of(time, w);
  if (!offset) return std::nullopt;
  return Moment{written->local - *offset * 60, true};
}

}  // namespace journey::places
