// How a text travels as SMS, and so what it costs: in the GSM alphabet of 7 bits (3GPP TS 23.038)
// where that has every character, else in UCS-2, 16 bits each.
//
// One segment holds 160 septets, or 70 units of 16 bits; of a longer text each segment holds 153 or
// 67, because a header says which part it is. Characters of the extension table (^ { } \ [ ~ ] |
// and the euro) take two septets, those beyond the Basic Multilingual Plane (emoji) two units;
// neither is ever split between segments. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace channels::sms {

enum class Alphabet : std::uint8_t { Gsm7, Ucs2 };

struct Segments {
  Alphabet alphabet = Alphabet::Gsm7;
  int units = 0;                   // septets, or UTF-16 units
  std::vector<std::string> parts;  // as they fall, UTF-8; one at least
  int count() const { return static_cast<int>(parts.size()); }
};
// Bytes that are not UTF-8 count as U+FFFD.
Segments segments_of(std::string_view text);

// Typographic quotes, dashes, ellipses and spaces replaced by the plain ones of the GSM alphabet,
// when nothing else keeps the text from travelling in it: that more than doubles what a segment
// holds. Otherwise the text as it was. Letters are never replaced.
std::string economical(std::string_view text);

}  // namespace channels::sms
