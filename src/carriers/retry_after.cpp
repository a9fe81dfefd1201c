#include "carriers/retry_after.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.h"

namespace carriers {
namespace {

using std::chrono::seconds;

constexpr std::chrono::hours kLongest{24};

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty() && out.size() < 8) {
    const auto end = std::min(text.find_first_of(" ,-"), text.size());
    if (end > 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::optional<int> number(std::string_view text, std::size_t most_digits) {
  int out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < 0 ||
      text.size() > most_digits)
    return std::nullopt;
  return out;
}

std::optional<unsigned> month(std::string_view word) {
  constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (word.size() != 3) return std::nullopt;
  const auto at = kMonths.find(base::lower(word));
  if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  return static_cast<unsigned>(at / 3 + 1);
}

std::optional<seconds> time_of_day(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto h = number(text.substr(0, 2), 2);
  const auto m = number(text.substr(3, 2), 2);
  const auto s = number(text.substr(6, 2), 2);
  if (!h || !m || !s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
  return seconds(*h * 3600 + *m * 60 + *s);
}

// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT" or "Sun Nov  6 08:49:37 1994".
std::optional<base::Instant> http_date(std::string_view text) {
  const auto part = words(text);
  if (part.size() < 5) return std::nullopt;
  const bool is_asctime = month(part[1]).has_value();
  const auto day = number(part[is_asctime ? 2 : 1], 2);
  const auto in_month = month(part[is_asctime ? 1 : 2]);
  auto year = number(part[is_asctime ? 4 : 3], 4);
  const auto time = time_of_day(part[is_asctime ? 3 : 4]);
  if (!day || !in_month || !year || !time) return std::nullopt;
  if (*year < 100) *year += 2000;
  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(*in_month),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok() || *year < 1970) return std::nullopt;
  return std::chrono::sys_days(date) + *time;
}

}  // namespace

std::optional<base::Instant> parse_retry_after(std::string_view header, base::Instant now) {
  const auto text = base::trim(header);
  if (text.empty()) return std::nullopt;
  std::optional<base::Instant> until;
  if (std::ranges::all_of(text, base::is_digit)) {
    // More digits than a day has seconds are a day.
    const auto wanted = number(text, 9);
    until = now + (wanted ? seconds(*wanted) : seconds(kLongest));
  } else {
    until = http_date(text);
  }
  if (until) until = std::clamp(*until, now, now + kLongest);
  return until;
}

}  // namespace carriers
