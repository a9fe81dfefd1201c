#include "base/time.h"

#include <fmt/format.h>

#include <algorithm>

namespace base {
namespace {

using namespace std::chrono;

// Reads exactly `count` digits from the front of `rest`.
std::optional<int> digits(std::string_view& rest, std::size_t count) {
  if (rest.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (rest[i] < '0' || rest[i] > '9') return std::nullopt;
    value = value * 10 + (rest[i] - '0');
  }
  rest.remove_prefix(count);
  return value;
}

bool eat(std::string_view& rest, char c) {
  if (rest.empty() || rest.front() != c) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<microseconds> fraction(std::string_view& rest) {
  std::int64_t us = 0;
  std::int64_t scale = 100'000;
  std::size_t count = 0;
  while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9' && count < 12) {
    us += (rest.front() - '0') * scale;
    scale /= 10;
    rest.remove_prefix(1);
    ++count;
  }
  if (count == 0) return std::nullopt;
  return microseconds(us);
}

std::optional<microseconds> offset(std::string_view& rest) {
  if (rest.empty() || rest == "Z" || rest == "z") {
    rest = {};
    return microseconds(0);
  }
  const char sign = rest.front();
  if (sign != '+' && sign != '-' && sign != ' ') return std::nullopt;
  rest.remove_prefix(1);
  const auto h = digits(rest, 2);
  eat(rest, ':');
  const auto m = digits(rest, 2);
  if (!h || !m || *h > 18 || *m > 59) return std::nullopt;
  const microseconds size = hours(*h) + minutes(*m);
  return sign == '-' ? -size : size;
}

struct Civil {
  year_month_day date;
  hh_mm_ss<microseconds> time;
};

Civil civil(Instant t) {
  const auto day = floor<days>(t);
  return {year_month_day(day), hh_mm_ss<microseconds>(t - day)};
}

}  // namespace

// By hand: every tracking in an answer has two of these.
std::string to_iso_offset(Instant t) {
  const auto [d, c] = civil(t);
  std::string out = "0000-00-00T00:00:00+00:00";
  const auto put = [&out](std::size_t end, std::int64_t number) {
    for (; number > 0; number /= 10) out[--end] = static_cast<char>('0' + number % 10);
  };
  put(4, std::clamp(static_cast<int>(d.year()), 0, 9999));
  put(7, static_cast<unsigned>(d.month()));
  put(10, static_cast<unsigned>(d.day()));
  put(13, c.hours().count());
  put(16, c.minutes().count());
  put(19, c.seconds().count());
  return out;
}

std::string to_iso_micros(Instant t) {
  const auto [d, c] = civil(t);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(d.year()),
                     static_cast<unsigned>(d.month()), static_cast<unsigned>(d.day()),
                     c.hours().count(), c.minutes().count(), c.seconds().count(),
                     c.subseconds().count());
}

std::optional<Instant> parse_iso(std::string_view text) {
  std::string_view rest = text;
  const auto y = digits(rest, 4);
  if (!y || !eat(rest, '-')) return std::nullopt;
  const auto mo = digits(rest, 2);
  if (!mo || !eat(rest, '-')) return std::nullopt;
  const auto d = digits(rest, 2);
  if (!d) return std::nullopt;
  const year_month_day date(year(*y), month(static_cast<unsigned>(*mo)),
                            day(static_cast<unsigned>(*d)));
  if (!date.ok() || *y < 1970) return std::nullopt;
  Instant at = sys_days(date);
  if (rest.empty()) return at;
  if (!eat(rest, 'T') && !eat(rest, 't') && !eat(rest, ' ')) return std::nullopt;

  const auto h = digits(rest, 2);
  if (!h || !eat(rest, ':')) return std::nullopt;
  const auto mi = digits(rest, 2);
  if (!mi || *h > 23 || *mi > 59) return std::nullopt;
  at += hours(*h) + minutes(*mi);
  if (eat(rest, ':')) {
    const auto s = digits(rest, 2);
    if (!s || *s > 60) return std::nullopt;  // 60: a leap second, counted into the next minute
    at += seconds(*s);
    if (eat(rest, '.')) {
      const auto us = fraction(rest);
      if (!us) return std::nullopt;
      at += *us;
    }
  }
  const auto east = offset(rest);
  if (!east || !rest.empty()) return std::nullopt;
  return at - *east;
}

}  // namespace base
