#include "inbound/years.h"

#include <fmt/format.h>

#include <optional>

#include "base/text.h"

namespace inbound {

std::string settle_year(std::string text, base::Instant received_at) {
  using namespace std::chrono;
  const auto digit = [&](std::size_t at) { return text[at] - '0'; };
  if (text.size() < 7 || !text.starts_with("--") || text[4] != '-') return text;
  for (const std::size_t at : {2U, 3U, 5U, 6U})
    if (!base::is_digit(text[at])) return text;
  const int month = digit(2) * 10 + digit(3), day = digit(5) * 10 + digit(6);
  const auto received = floor<days>(received_at);
  const int this_year = static_cast<int>(year_month_day{received}.year());
  std::optional<std::pair<days, int>> best;
  for (int year = this_year - 1; year <= this_year + 1; ++year) {
    const auto date = std::chrono::year(year) / month / day;
    if (!date.ok()) continue;
    const auto away =
        sys_days{date} > received ? sys_days{date} - received : received - sys_days{date};
    if (!best || away < best->first) best = {away, year};
  }
  return best ? fmt::format("{:04}{}", best->second, text.substr(1)) : text;
}

void settle_years(journey::Report& report, base::Instant received_at) {
  for (auto& scan : report.scans) scan.time = settle_year(std::move(scan.time), received_at);
  for (auto* text : {&report.estimate, &report.estimate_until, &report.ship_date})
    *text = settle_year(std::move(*text), received_at);
}

}  // namespace inbound
