// Dates and times as text, without locale and without time zones by name (those are journey's
// business).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace base {

// RFC 3339 in UTC with seconds and a written offset: 2023-10-25T07:02:52+00:00 (the v4 API's form).
std::string to_iso_offset(Instant t);

// RFC 3339 in UTC with microseconds and a Z: 2023-10-25T07:02:52.000000Z (logs).
std::string to_iso_micros(Instant t);

// Reads YYYY-MM-DD, optionally followed by T or a space and HH:MM[:SS[.fraction]], optionally by Z
// or an offset +HH:MM, -HH:MM, +HHMM. A space in place of the offset's plus sign is read as a plus,
// because some clients do not encode it in a query (contracts of the v4 API, section 11 rule 4).
// Without an offset the time is taken as UTC. Years 1970 to 9999; nothing is returned for a date
// that does not exist.
std::optional<Instant> parse_iso(std::string_view text);

}  // namespace base
