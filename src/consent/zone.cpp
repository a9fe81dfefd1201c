#include <date/tz.h>

#include "consent/preferences.h"

// The clocks of people: everything here moves between UTC and one IANA zone.
namespace consent {
namespace {

using namespace std::chrono_literals;

constexpr auto kDigestAt = 18h;

const date::time_zone* find_zone(std::string_view zone) {
  try {
    return zone.empty() ? nullptr : date::locate_zone(std::string(zone));
  } catch (const std::runtime_error&) {
    return nullptr;  // no such zone; the library has no other way to say so
  }
}

std::chrono::microseconds offset_at(const date::time_zone* zone, base::Instant at) {
  return zone == nullptr ? std::chrono::seconds(0) : zone->get_info(at).offset;
}

// The instant at which the clock shows so much after the midnight of `day`; a time that a change of
// clocks skips or repeats is the first that follows.
base::Instant at_clock(const date::time_zone* zone, base::Instant day, std::chrono::minutes shown) {
  const auto local = day + shown;
  const auto guess = local - offset_at(zone, local);
  return local - offset_at(zone, guess);
}

}  // namespace

bool is_zone(std::string_view zone) { return find_zone(zone) != nullptr; }

base::Instant after_quiet_hours(const std::optional<QuietHours>& quiet, std::string_view zone_name,
                                base::Instant now) {
  if (!quiet || quiet->from == quiet->until) return now;
  const auto* const zone = find_zone(zone_name);
  const auto local = now + offset_at(zone, now);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const auto minute = std::chrono::floor<std::chrono::minutes>(local - day).count();
  const bool over_midnight = quiet->from > quiet->until;
  const bool is_quiet = over_midnight ? minute >= quiet->from || minute < quiet->until
                                      : minute >= quiet->from && minute < quiet->until;
  if (!is_quiet) return now;
  const auto end = over_midnight && minute >= quiet->from ? day + std::chrono::days(1) : day;
  return std::max(now, at_clock(zone, end, std::chrono::minutes(quiet->until)));
}

base::Instant next_digest(std::string_view zone_name, base::Instant now) {
  const auto* const zone = find_zone(zone_name);
  const auto day = std::chrono::floor<std::chrono::days>(now + offset_at(zone, now));
  const auto today = at_clock(zone, day, kDigestAt);
  return today > now ? today : at_clock(zone, day + std::chrono::days(1), kDigestAt);
}

}  // namespace consent
