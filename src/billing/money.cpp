#include "billing/money.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/text.h"

namespace billing {
namespace {

struct Known {
  std::string_view code;
  int digits;
};
// ISO 4217, as far as both providers take it.
constexpr Known kKnown[] = {{"AUD", 2}, {"BGN", 2}, {"BRL", 2}, {"CAD", 2}, {"CHF", 2},
                            {"CZK", 2}, {"DKK", 2}, {"EUR", 2}, {"GBP", 2}, {"HKD", 2},
                            {"HUF", 2}, {"ILS", 2}, {"JPY", 0}, {"MXN", 2}, {"MYR", 2},
                            {"NOK", 2}, {"NZD", 2}, {"PHP", 2}, {"PLN", 2}, {"RON", 2},
                            {"SEK", 2}, {"SGD", 2}, {"THB", 2}, {"USD", 2}, {"ZAR", 2}};

constexpr std::size_t kMostText = 17;  // far below what overflows

std::int64_t unit_of(const Currency& currency) {
  std::int64_t unit = 1;
  for (int i = 0; i < currency.digits(); ++i) unit *= 10;
  return unit;
}

std::optional<std::int64_t> whole(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, base::is_digit)) return std::nullopt;
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::optional<Currency> Currency::parse(std::string_view code) {
  const auto found = std::ranges::find_if(
      kKnown, [&](const Known& known) { return base::equals_ignoring_case(known.code, code); });
  if (found == std::end(kKnown)) return std::nullopt;
  return Currency(found->code, found->digits);
}

std::string decimal(const Money& money) {
  const auto unit = unit_of(money.currency);
  const auto size = money.minor < 0 ? -money.minor : money.minor;
  const auto* const sign = money.minor < 0 ? "-" : "";
  if (unit == 1) return fmt::format("{}{}", sign, size);
  return fmt::format("{}{}.{:0{}}", sign, size / unit, size % unit, money.currency.digits());
}

std::optional<Money> parse_decimal(std::string_view text, const Currency& currency) {
  if (text.size() > kMostText) return std::nullopt;
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto digits = static_cast<std::size_t>(currency.digits());
  const auto after = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (after.size() != digits || (digits == 0 && point != std::string_view::npos))
    return std::nullopt;
  const auto units = whole(text.substr(0, point));
  const auto rest = digits == 0 ? std::optional<std::int64_t>(0) : whole(after);
  if (!units || !rest) return std::nullopt;
  const auto minor = *units * unit_of(currency) + *rest;
  return Money{is_negative ? -minor : minor, currency};
}

}  // namespace billing
