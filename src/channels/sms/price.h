// What an SMS costs, and whether an account may still spend it today. Pure decisions: who counts
// what was spent is the caller, in the transaction that sends.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "channels/sms/number.h"

namespace channels::sms {

// Millionths of the operator's currency: 0.0793 is 79'300. Prices and caps are in one currency.
using Money = std::int64_t;

// Prices of one segment, by the country of the receiver.
class Prices {
 public:
  Prices() = default;
  // As a configuration has them: {"NL", "0.0793"}, {"*", "0.12"} for every other country.
  // Fails with a sentence that names the entry.
  static base::Result<Prices, std::string> parse(
      const std::map<std::string, std::string, std::less<>>& entries);

  // Nothing when neither the country nor "*" has a price.
  std::optional<Money> of_segment(std::string_view country) const;
  bool is_empty() const { return prices_.empty(); }

 private:
  std::map<std::string, Money, std::less<>> prices_;
};
// "0.0793": at most six places. Nothing for what is not an amount, or is negative.
std::optional<Money> parse_money(std::string_view text);

struct Cost {
  int segments = 1;
  Money money = 0;
};
// Of this text to this number; nothing when it has no price.
std::optional<Cost> cost_of(const Prices& prices, const PhoneNumber& to, std::string_view text);

enum class Spend : std::uint8_t {
  Allowed,
  OverCap,  // not today: the cap is reached, or this message would pass it
  NoPrice,  // a cap without a price cannot be kept: refused
};
// No cap: everything may be spent, known or not.
Spend may_spend(std::optional<Cost> cost, Money spent_today, std::optional<Money> cap_per_day);

}  // namespace channels::sms
