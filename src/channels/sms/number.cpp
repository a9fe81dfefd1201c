#include "channels/sms/number.h"

#include <map>
#include <optional>

#include "base/text.h"

namespace embedded {
std::string_view sms_calling_codes();
}

namespace channels::sms {
namespace {

using base::Failure;

constexpr std::size_t kShortest = 8, kLongest = 15, kLongestPrefix = 7;

// Prefix to country; "" for those of no country.
using Prefixes = std::map<std::string_view, std::string_view, std::less<>>;

const Prefixes& prefixes() {
  static const Prefixes all = [] {
    Prefixes made;
    auto text = embedded::sms_calling_codes();
    text.remove_prefix(text.find('\n') + 1);  // the heading
    while (!text.empty()) {
      const auto line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      const auto tab = line.find('\t');
      if (line.starts_with('#') || tab == std::string_view::npos) continue;
      const auto country = line.substr(tab + 1);
      made[line.substr(0, tab)] = country == "-" ? std::string_view() : country;
    }
    return made;
  }();
  return all;
}

std::optional<std::string_view> country_of(std::string_view digits) {
  for (std::size_t size = std::min(digits.size(), kLongestPrefix); size > 0; --size) {
    const auto found = prefixes().find(digits.substr(0, size));
    if (found != prefixes().end()) return found->second;
  }
  return std::nullopt;
}

}  // namespace

std::string_view describe(NumberError error) {
  switch (error) {
    case NumberError::Characters:
      return "a telephone number has digits, and a + in front";
    case NumberError::NoCountryCode:
      return "write the number with its country code: +31 6 12345678";
    case NumberError::UnknownCountryCode:
      return "no country has the code that this number begins with";
    case NumberError::Length:
      return "a telephone number with its country code has 8 to 15 digits";
  }
  return "not a telephone number";
}

base::Result<PhoneNumber, NumberError> PhoneNumber::parse(std::string_view typed) {
  typed = base::trim(typed);
  const bool has_plus = typed.starts_with('+');
  if (has_plus) typed.remove_prefix(1);
  std::string digits;
  for (const char c : typed) {
    if (base::is_digit(c)) {
      digits += c;
    } else if (std::string_view(" -./()").find(c) == std::string_view::npos) {
      return Failure{NumberError::Characters};
    }
  }
  if (digits.empty()) return Failure{NumberError::Characters};
  if (!has_plus) {
    if (!digits.starts_with("00")) return Failure{NumberError::NoCountryCode};
    digits.erase(0, 2);
  }
  // "+44 (0)20 ...": the zero in brackets is dialled at home only.
  if (const auto zero = typed.find("(0)"); zero != std::string_view::npos) {
    std::size_t before = 0;
    for (const char c : typed.substr(0, zero)) before += base::is_digit(c) ? 1 : 0;
    digits.erase(before - (has_plus ? 0 : std::min<std::size_t>(before, 2)), 1);
  }
  const auto country = country_of(digits);
  if (!country) return Failure{NumberError::UnknownCountryCode};
  if (digits.size() < kShortest || digits.size() > kLongest) return Failure{NumberError::Length};
  return PhoneNumber("+" + digits, *country);
}

}  // namespace channels::sms
