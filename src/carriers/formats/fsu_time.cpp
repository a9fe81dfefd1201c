#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "carriers/formats/fsu.h"

namespace carriers::formats {
namespace {

constexpr std::string_view kMonths = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, base::is_digit);
}
int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// P the day before, N the next, S the second, T the third, A the fourth and on to L.
std::optional<int> days_of(std::string_view mark) {
  if (mark.empty()) return 0;
  if (mark.size() == 2 && mark[0] == '-') mark.remove_prefix(1);
  if (mark.size() != 1) return std::nullopt;
  switch (mark[0]) {
    case 'P':
      return -1;
    case 'N':
      return 1;
    case 'S':
      return 2;
    case 'T':
      return 3;
    default:
      if (mark[0] >= 'A' && mark[0] <= 'L') return 4 + (mark[0] - 'A');
      return std::nullopt;
  }
}

// In a leap year, so that 29FEB is a date; whether the year was one is seen when it is known.
constexpr std::chrono::year kAnyYear{2024};

}  // namespace

std::optional<std::string> fsu_time(std::string_view date, std::string_view time) {
  using namespace std::chrono;
  if (date.size() != 5 || !all_digits(date.substr(0, 2))) return std::nullopt;
  const auto month = kMonths.find(base::upper(date.substr(2, 3)));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  const auto written = kAnyYear / static_cast<int>(month / 3 + 1) / number(date.substr(0, 2));
  if (!written.ok()) return std::nullopt;
  if (time.empty()) return fmt::format("--{:02}-{:02}", month / 3 + 1, number(date.substr(0, 2)));
  if (time.size() < 4 || !all_digits(time.substr(0, 4))) return std::nullopt;
  const int hour = number(time.substr(0, 2)), minute = number(time.substr(2, 2));
  const auto change = days_of(time.substr(4));
  if (hour > 24 || minute > 59 || (hour == 24 && minute > 0) || !change) return std::nullopt;
  const year_month_day day{sys_days{written} + days{*change + (hour == 24 ? 1 : 0)}};
  return fmt::format("--{:02}-{:02}T{:02}:{:02}:00", static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()), hour % 24, minute);
}

std::optional<std::string> fsu_time(std::string_view text) {
  return text.size() < 5 ? std::nullopt : fsu_time(text.substr(0, 5), text.substr(5));
}

}  // namespace carriers::formats
