#include "journey/working_days.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace journey {
namespace {

// Bits of std::chrono::weekday::c_encoding(): Sunday 0 to Saturday 6.
constexpr std::uint8_t bit(unsigned day) { return static_cast<std::uint8_t>(1U << day); }
constexpr std::uint8_t kSaturdaySunday = bit(6) | bit(0);
constexpr std::uint8_t kFridaySaturday = bit(5) | bit(6);

struct Weekend {
  std::string_view country;
  std::uint8_t days;
};
// Unicode CLDR's week data, and the United Arab Emirates' change of 2022. Sorted.
constexpr auto kWeekends = std::to_array<Weekend>({
    {"AF", bit(4) | bit(5)}, {"BD", kFridaySaturday}, {"BH", kFridaySaturday},
    {"DJ", bit(5)},          {"DZ", kFridaySaturday}, {"EG", kFridaySaturday},
    {"IL", kFridaySaturday}, {"IN", bit(0)},          {"IQ", kFridaySaturday},
    {"IR", bit(4) | bit(5)}, {"JO", kFridaySaturday}, {"KW", kFridaySaturday},
    {"LY", kFridaySaturday}, {"MV", kFridaySaturday}, {"NP", bit(6)},
    {"OM", kFridaySaturday}, {"QA", kFridaySaturday}, {"SA", kFridaySaturday},
    {"SD", kFridaySaturday}, {"SO", bit(5)},          {"SY", kFridaySaturday},
    {"UG", bit(0)},          {"YE", kFridaySaturday},
});

std::uint8_t weekend_of(std::string_view country) {
  const auto* found = std::ranges::lower_bound(kWeekends, country, {}, &Weekend::country);
  return found != kWeekends.end() && found->country == country ? found->days : kSaturdaySunday;
}

}  // namespace

bool is_weekend(std::chrono::weekday day, std::string_view country) {
  return (weekend_of(country) & bit(day.c_encoding())) != 0;
}

int working_days_between(std::chrono::sys_days from, std::chrono::sys_days to,
                         std::string_view country) {
  const auto days = (to - from).count();
  if (days <= 0) return 0;
  const auto weekend = weekend_of(country);
  // Whole weeks hold the same number of working days wherever they begin.
  const int a_week = 7 - __builtin_popcount(weekend);
  int working = static_cast<int>(days / 7) * a_week;
  for (auto day = to - std::chrono::days(days % 7 - 1); day <= to; day += std::chrono::days(1))
    if ((weekend & bit(std::chrono::weekday(day).c_encoding())) == 0) ++working;
  return working;
}

}  // namespace journey
