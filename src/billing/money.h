// Amounts of money: whole minor units (cents) of a currency, never a fraction.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace billing {

// ISO 4217: three capital letters, of a currency that the table knows.
class Currency {
 public:
  // Either case; nothing for one that is not known.
  static std::optional<Currency> parse(std::string_view code);
  std::string_view code() const { return code_; }
  int digits() const { return digits_; }  // after the point: 2 of EUR, 0 of JPY

  friend bool operator==(const Currency& a, const Currency& b) { return a.code_ == b.code_; }

 private:
  Currency(std::string_view code, int digits) : code_(code), digits_(digits) {}
  std::string_view code_;  // a constant
  int digits_;
};

struct Money {
  std::int64_t minor = 0;
  Currency currency;
  friend bool operator==(const Money&, const Money&) = default;
};

// "19.00", "-0.05", "1900" (of a currency without minor units).
std::string decimal(const Money& money);
// The same back; nothing for what has more or fewer digits after the point, or is too large.
std::optional<Money> parse_decimal(std::string_view text, const Currency& currency);

}  // namespace billing
