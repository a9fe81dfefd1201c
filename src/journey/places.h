// Where on Earth, as far as it is certain: countries, regions, cities and airports, and the time
// zone they decide. What is ambiguous stays so.
//
// Immutable after the first call; safe from any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace journey::places {

struct Where {
  std::string_view text;  // the whole line, when the parts are missing
  std::string_view city, state, zip, country;
};

// ISO 3166-1 alpha-2 of a two- or three-letter code; empty when it is none.
std::string country_code(std::string_view word);

// Minutes east of UTC at that local time in that place, when `time` has an hour but no offset and
// the place decides the zone.
std::optional<int> offset_of(std::string_view time, const Where& where);

}  // namespace journey::places
