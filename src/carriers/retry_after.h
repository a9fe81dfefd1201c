// The Retry-After header in both its forms (RFC 9110 10.2.3): seconds, or an HTTP date in any of
// its three spellings. Pure.
#pragma once
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace carriers {

// The instant until which the other side wants to be left alone; nothing when the header is none.
// What lies in the past is `now`; nobody is left alone for more than a day.
std::optional<base::Instant> parse_retry_after(std::string_view header, base::Instant now);

}  // namespace carriers
