#include "channels/sms/price.h"

#include "base/text.h"
#include "channels/sms/segments.h"

namespace channels::sms {

std::optional<Money> parse_money(std::string_view text) {
  constexpr std::size_t kPlaces = 6, kMostWhole = 9;
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  auto places =
      point == std::string_view::npos ? std::string() : std::string(text.substr(point + 1));
  if (whole.empty() || whole.size() > kMostWhole || places.size() > kPlaces ||
      (point != std::string_view::npos && places.empty()))
    return std::nullopt;
  places.resize(kPlaces, '0');
  Money money = 0;
  for (const char c : std::string(whole) + places) {
    if (!base::is_digit(c)) return std::nullopt;
    money = money * 10 + (c - '0');
  }
  return money;
}

base::Result<Prices, std::string> Prices::parse(
    const std::map<std::string, std::string, std::less<>>& entries) {
  Prices prices;
  for (const auto& [country, amount] : entries) {
    const bool is_country =
        country.size() == 2 && base::is_letter(country[0]) && base::is_letter(country[1]);
    if (!is_country && country != "*")
      return base::Failure{"\"" + country +
                           "\": a price belongs to a country (\"NL\") or to \"*\""};
    const auto money = parse_money(amount);
    if (!money)
      return base::Failure{"the price of \"" + country + "\" is not an amount such as 0.0793"};
    prices.prices_[base::upper(country)] = *money;
  }
  return prices;
}

std::optional<Money> Prices::of_segment(std::string_view country) const {
  auto found = prices_.find(country);
  if (found == prices_.end()) found = prices_.find("*");
  if (found == prices_.end()) return std::nullopt;
  return found->second;
}

std::optional<Cost> cost_of(const Prices& prices, const PhoneNumber& to, std::string_view text) {
  const auto price = prices.of_segment(to.country());
  if (!price) return std::nullopt;
  const int count = segments_of(economical(text)).count();
  return Cost{count, *price * count};
}

Spend may_spend(std::optional<Cost> cost, Money spent_today, std::optional<Money> cap_per_day) {
  if (!cap_per_day) return Spend::Allowed;
  if (!cost) return Spend::NoPrice;
  return spent_today + cost->money <= *cap_per_day ? Spend::Allowed : Spend::OverCap;
}

}  // namespace channels::sms
