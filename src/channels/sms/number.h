// Telephone numbers as ITU-T E.164 has them: a country code and what follows, 8 to 15 digits in
// all.
//
// Parsing forgives what people write (spaces, hyphens, dots, brackets, 00 in place of +) and
// guesses nothing: a number without its country code is refused, because it would reach a stranger
// somewhere else. Whether a number is in use only its network knows. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace channels::sms {

enum class NumberError : std::uint8_t { Characters, NoCountryCode, UnknownCountryCode, Length };
// One sentence for a person; never echoes the number.
std::string_view describe(NumberError error);

class PhoneNumber {
 public:
  static base::Result<PhoneNumber, NumberError> parse(std::string_view typed);

  const std::string& text() const { return text_; }  // "+31612345678"
  std::string_view digits() const { return std::string_view(text_).substr(1); }
  // ISO 3166-1 alpha-2 of the country whose network it belongs to; empty for what belongs to none
  // (+800, +882).
  std::string_view country() const { return country_; }

 private:
  PhoneNumber(std::string text, std::string_view country)
      : text_(std::move(text)), country_(country) {}
  std::string text_;
  std::string_view country_;
};

}  // namespace channels::sms
