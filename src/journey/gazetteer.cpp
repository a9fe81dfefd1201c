#include "journey/gazetteer.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/text.h"
#include "journey/place_names.h"
#include "journey/tsv.h"

namespace embedded {
std::string_view places_zones();
std::string_view places_country_names();
std::string_view places_airports();
}  // namespace embedded

namespace journey::places {
namespace {

// FNV-1a over the parts. Some sixty thousand keys in 64 bits: they do not meet.
std::uint64_t key(std::string_view country, std::string_view region, std::string_view town) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const auto part : {country, region, town}) {
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ '\t') * 0x100000001b3;
  }
  return hash;
}

struct Located {
  std::uint64_t key;
  std::string_view zone;
};

struct Named {
  std::string_view name, country, languages;
};

struct Port {
  std::string_view code;
  Airport airport;
};

bool has_language(std::string_view languages, std::string_view language) {
  if (language.size() != 2) return false;
  const auto at = languages.find(language);
  return at != std::string_view::npos;
}

std::size_t code_index(std::string_view code) {
  return static_cast<std::size_t>((code[0] - 'A') * 26 + (code[1] - 'A'));
}

const date::time_zone* locate(std::string_view zone) {
  try {
    return date::locate_zone(std::string(zone));
  } catch (const std::runtime_error&) {
    return nullptr;  // a machine without it: the time stays local
  }
}

}  // namespace

struct Gazetteer::State {
  std::vector<Located> located;  // sorted by key
  std::unordered_set<std::string_view> region_codes;
  std::vector<Named> named;                     // sorted by name
  std::vector<Port> ports;                      // sorted by code
  std::array<std::string_view, 26 * 26> codes;  // alpha-2, where there is such a country
  std::unordered_map<std::string_view, const date::time_zone*> zones;

  void read_zones();
  void read_names();
  void read_airports();
};

void Gazetteer::State::read_zones() {
  each_row(embedded::places_zones(), [&](const Row& row) {
    const auto [country, region, zone, towns] = row;
    zones.try_emplace(zone, nullptr);
    if (region.size() == 2 && (country == "US" || country == "CA" || country == "AU"))
      region_codes.insert(region);
    if (towns.empty()) located.push_back({key(country, region, {}), zone});
    for (auto rest = towns; !rest.empty();) {
      const auto end = rest.find(' ');
      located.push_back({key(country, region, rest.substr(0, end)), zone});
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  });
  std::ranges::sort(located, {}, &Located::key);
}

void Gazetteer::State::read_names() {
  each_row(embedded::places_country_names(), [&](const Row& row) {
    named.push_back({row[0], row[1], row[2]});
    codes[code_index(row[1])] = row[1];
  });
  std::ranges::stable_sort(named, {}, &Named::name);
}

void Gazetteer::State::read_airports() {
  each_row(embedded::places_airports(), [&](const Row& row) {
    zones.try_emplace(row[3], nullptr);
    ports.push_back({row[0], {row[1], row[2], row[3]}});
  });
  std::ranges::sort(ports, {}, &Port::code);
}

Gazetteer::Gazetteer() : state_(std::make_unique<State>()) {
  state_->read_zones();
  state_->read_names();
  state_->read_airports();
  for (auto& [name, zone] : state_->zones) zone = locate(name);
}
Gazetteer::~Gazetteer() = default;

const Gazetteer& Gazetteer::builtin() {
  static const Gazetteer instance;
  return instance;
}

std::string_view Gazetteer::zone(std::string_view country, std::string_view region,
                                 std::string_view town) const {
  const auto wanted = key(country, region, town);
  const auto& located = state_->located;
  const auto found = std::ranges::lower_bound(located, wanted, {}, &Located::key);
  return found != located.end() && found->key == wanted ? found->zone : std::string_view();
}

bool Gazetteer::is_region_code(std::string_view folded) const {
  return state_->region_codes.contains(folded);
}

std::string_view Gazetteer::country(std::string_view word, std::string_view language) const {
  // Most words are codes already.
  const bool is_code = word.size() == 2 && base::is_upper(word[0]) && base::is_upper(word[1]);
  if (is_code) {
    const auto& code = state_->codes[code_index(word)];
    if (!code.empty()) return code;
  }
  const auto name = fold(word);
  const auto first = std::ranges::lower_bound(state_->named, name, {}, &Named::name);
  const auto last = std::ranges::upper_bound(state_->named, name, {}, &Named::name);
  if (first == last) return {};
  if (name.size() == 2 && base::is_letter(name[0])) {
    // A code, whatever language shortens a name to the same letters; and two of the Union's own.
    const auto code = name == "uk" ? "GB" : name == "el" ? "GR" : base::upper(name);
    const auto same = std::find_if(first, last, [&](const Named& n) { return n.country == code; });
    return same == last ? std::string_view() : same->country;
  }
  if (last - first == 1) return first->country;
  for (auto i = first; i != last; ++i)
    if (has_language(i->languages, language)) return i->country;
  return {};
}

const Airport* Gazetteer::airport(std::string_view code) const {
  const auto found = std::ranges::lower_bound(state_->ports, code, {}, &Port::code);
  return found != state_->ports.end() && found->code == code ? &found->airport : nullptr;
}

std::optional<int> Gazetteer::offset(std::string_view zone, std::int64_t local) const {
  const auto found = state_->zones.find(zone);
  if (found == state_->zones.end() || found->second == nullptr) return std::nullopt;
  const auto info = found->second->get_info(date::local_seconds(std::chrono::seconds(local)));
  if (info.result != date::local_info::unique) return std::nullopt;
  return static_cast<int>(
      std::chrono::duration_cast<std::chrono::minutes>(info.first.offset).count());
}

}  // namespace journey::places
