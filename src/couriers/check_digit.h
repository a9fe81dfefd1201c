// Check digits: the arithmetic by which a carrier recognises a mistyped number.
//
// The formulas are those of UPU S10, GS1, ISO 7064, ISO 6346 and the carriers' label guides; each
// has vectors in check_digit_test.cpp. Pure; the caller has made sure of the characters (capitals
// and digits where the shape says so), but no input makes these functions misbehave.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace couriers {

enum class Algorithm : std::uint8_t {
  S10,        // weights 8 6 4 2 3 5 9 7, modulo 11; the whole thirteen characters
  Gs1,        // 3 1 3 1 from the right, modulo 10
  Left13,     // 1 3 1 3 from the left, modulo 10: FedEx Ground, Colissimo
  Ups,        // 1 2 1 2, letters as (ASCII - 63) mod 10, modulo 10
  Evri16,     // 2 1 2 1, the same letters, the remainder itself
  Fedex12,    // 3 1 7, modulo 11 then 10
  Fedex34,    // 1 7 3, modulo 11 then 10
  Mod7,       // the body as a number, modulo 7: DHL Express, air waybills, Japanese slips
  Dpd37,      // ISO 7064 modulo 37,36
  Luhn,       // Purolator, Old Dominion
  Ontrac,     // leading C or D as 4 or 5, then 1 2 1 2, modulo 10
  Identcode,  // 4 9 4 9, modulo 10: Deutsche Post
  Gls,        // 3 1 3 1 plus one, modulo 10
  Correos23,  // sum of the character codes, modulo 23, as a letter
  Iso6346,    // containers: powers of two, modulo 11 then 10
};

std::optional<Algorithm> algorithm(std::string_view word);
// For a person: "GS1 modulo 10".
std::string_view name(Algorithm algorithm);

// The check character that body asks for. For S10 the body is the eight digits of the serial; for
// the others everything before the check character.
char check_character(Algorithm algorithm, std::string_view body);

// Where in a number a format keeps what is checked. The last character of the slice is the check
// character; `prefix` is written before the slice for the arithmetic only (USPS: 91 or 92).
struct Check {
  Algorithm algorithm = Algorithm::Gs1;
  std::uint8_t begin = 0;
  std::uint8_t end = 0;  // 0: the end of the number
  std::string_view prefix;

  // "gs1", "left13@7", "fedex12@16-28", "gs1+92"; nothing for what cannot be read.
  static std::optional<Check> parse(std::string_view text);

  // Index of the check character in a number of this length.
  std::size_t position(std::size_t length) const;
  char expected(std::string_view number) const;
  bool holds(std::string_view number) const;

  bool operator==(const Check&) const = default;
};

}  // namespace couriers
