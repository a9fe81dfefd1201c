// Text as wording is compared: case, accents, digits, punctuation and kinds of white space do not
// count, in Latin, Greek, Cyrillic, Arabic and Hebrew letters as well as in Chinese and Japanese
// ones (traditional forms of the trade's characters become the simplified). Words are separated by
// one space; a Latin word with a digit in it (a number, a bay, a postcode) is no word.
//
//   "Zugestellt – 12:30 Uhr"  -> "zugestellt uhr"
//   "ПРИЁМ // Единичный"      -> "прием единичныи"
//   "貨件已經到達【R2】"        -> "货件已经到达"
//
// Pure; no allocation. Broken UTF-8 counts as punctuation.
#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace journey {

class Folded {
 public:
  // The rest of a longer text is left out: what an event is stands at its beginning.
  static constexpr std::size_t kMost = 600;

  explicit Folded(std::string_view text);
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  void letter(char32_t c);
  void separator();
  void end_word();

  // Left as it is: only size_ bytes of it mean anything.
  std::array<char, kMost> bytes_;
  std::size_t size_ = 0;
  std::size_t word_ = 0;  // where the current Latin word began
  bool has_digit_ = false;
};

std::string fold(std::string_view text);

// One code point of well-formed UTF-8 at the front of text, which is not empty; length in bytes in
// `size`. Broken bytes give U+FFFD and length 1.
char32_t code_point(std::string_view text, std::size_t& size);

}  // namespace journey
