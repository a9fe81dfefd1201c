// Where on Earth, as far as it is certain: countries, regions, towns and airports, and the time
// zone they decide. What is ambiguous stays so: Paris, US gives nothing, Paris, TX, US does.
//
// The gazetteer is data/places. Immutable after the first call; safe from any thread; a look-up
// takes some hundred nanoseconds.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "journey/report.h"

namespace journey::places {

// A place as carriers give it; every part may be missing. Without parts the line is read: "MEMPHIS,
// TN, US", "LEIPZIG - GERMANY", "CVG".
struct Where {
  std::string_view text;
  std::string_view city, state, zip, country;
};
Where where(const Place& place);

// The IANA zone; empty when the place does not decide it.
std::string_view zone_of(const Where& where);

// ISO 3166-1 alpha-2 of a code (alpha-2, alpha-3) or of a name in the project's languages; empty
// when it is none, or could be two and `language` (ISO 639-1) does not decide.
std::string country_code(std::string_view word, std::string_view language = {});

struct Airport {
  std::string_view country, city, zone;
};
// By IATA code, in capitals.
const Airport* airport(std::string_view code);

// Minutes east of UTC that clocks in a zone show at a local time (seconds since 1970 on that
// clock). Nothing for a zone that is not known, and for times that a change of clocks skips or
// repeats.
std::optional<int> offset_at(std::string_view zone, std::int64_t local);

// Both together: of a time that has an hour but no offset, in a place that decides the zone.
std::optional<int> offset_of(std::string_view time, const Where& where);

// When it was, in UTC: by the offset that is written, or else by the place's; never by a guess.
struct Moment {
  std::int64_t seconds = 0;  // since 1970
  bool is_derived = false;   // by the place
};
std::optional<Moment> instant_of(std::string_view time, const Where& where);

}  // namespace journey::places
