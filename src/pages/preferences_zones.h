// The time zones that a person can choose from: one for each clock that many people live by, in the
// order of their clocks. Whoever lives by another one finds one that shows the same.
#pragma once
#include <array>
#include <string_view>

namespace pages {

inline constexpr std::array<std::string_view, 40> kZones = {
    "Pacific/Honolulu",  "America/Anchorage",    "America/Los_Angeles", "America/Denver",
    "America/Phoenix",   "America/Mexico_City",  "America/Chicago",     "America/Bogota",
    "America/New_York",  "America/Halifax",      "America/Santiago",    "America/St_Johns",
    "America/Sao_Paulo", "America/Buenos_Aires", "Atlantic/Azores",     "Atlantic/Canary",
    "Europe/London",     "Europe/Lisbon",        "Europe/Amsterdam",    "Europe/Paris",
    "Europe/Berlin",     "Europe/Madrid",        "Africa/Lagos",        "Africa/Johannesburg",
    "Europe/Athens",     "Europe/Kyiv",          "Africa/Cairo",        "Europe/Istanbul",
    "Africa/Nairobi",    "Asia/Dubai",           "Asia/Karachi",        "Asia/Kolkata",
    "Asia/Dhaka",        "Asia/Bangkok",         "Asia/Shanghai",       "Asia/Singapore",
    "Australia/Perth",   "Asia/Tokyo",           "Australia/Sydney",    "Pacific/Auckland"};

}  // namespace pages
