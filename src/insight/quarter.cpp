#include "insight/quarter.h"

#include <fmt/format.h>

#include "base/text.h"

namespace insight {
namespace {
constexpr std::chrono::days kWatched{31};
constexpr std::chrono::days kKept{180};
}  // namespace

std::optional<Quarter> Quarter::parse(std::string_view text) {
  if (text.size() != 7 || text[4] != '-' || text[5] != 'Q' || text[6] < '1' || text[6] > '4')
    return std::nullopt;
  int year = 0;
  for (const char c : text.substr(0, 4)) {
    if (!base::is_digit(c)) return std::nullopt;
    year = year * 10 + (c - '0');
  }
  if (year < 1970) return std::nullopt;
  return Quarter(year, text[6] - '0');
}

Quarter Quarter::of(base::Instant at) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(at));
  return Quarter(static_cast<int>(day.year()),
                 static_cast<int>((static_cast<unsigned>(day.month()) + 2) / 3));
}

Quarter Quarter::before() const {
  return number_ == 1 ? Quarter(year_ - 1, 4) : Quarter(year_, number_ - 1);
}

std::string Quarter::name() const { return fmt::format("{:04}-Q{}", year_, number_); }

std::chrono::sys_days Quarter::from() const {
  return std::chrono::year(year_) / std::chrono::month(static_cast<unsigned>(number_ * 3 - 2)) / 1;
}

std::chrono::sys_days Quarter::until() const {
  return number_ == 4 ? Quarter(year_ + 1, 1).from() : Quarter(year_, number_ + 1).from();
}

bool Quarter::is_ripe(base::Instant now) const {
  return now >= until() + kWatched && now < from() + kKept;
}

std::optional<Quarter> newest_ripe(base::Instant now) {
  for (auto quarter = Quarter::of(now);; quarter = quarter.before()) {
    if (quarter.is_ripe(now)) return quarter;
    if (quarter.from() + kKept < now) return std::nullopt;
  }
}

}  // namespace insight
