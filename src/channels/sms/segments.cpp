#include "channels/sms/segments.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace channels::sms {
namespace {

struct Character {
  std::string_view bytes;
  char32_t code;
};

// Takes the first character off the text.
Character take(std::string_view& text) {
  const auto size = base::utf8_sequence(text);
  if (size == 0) {
    text.remove_prefix(1);
    return {"\uFFFD", 0xFFFD};
  }
  const auto bytes = text.substr(0, size);
  text.remove_prefix(size);
  const auto at = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(bytes[i]));
  };
  if (size == 1) return {bytes, at(0)};
  char32_t code = at(0) & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) code = code << 6U | (at(i) & 0x3FU);
  return {bytes, code};
}

// The default alphabet beyond what ASCII has in the same meaning, and the extension table.
constexpr std::u32string_view kBasic =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    U"ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u32string_view kExtension = U"\f^{}\\[~]|€";

// Septets of one character; 0 when the alphabet has it not.
int septets(char32_t code) {
  if (kBasic.find(code) != std::u32string_view::npos) return 1;
  return kExtension.find(code) != std::u32string_view::npos ? 2 : 0;
}

int units_of(Alphabet alphabet, char32_t code) {
  if (alphabet == Alphabet::Gsm7) return septets(code);
  return code > 0xFFFF ? 2 : 1;
}

bool fits_gsm7(std::string_view text) {
  while (!text.empty())
    if (septets(take(text).code) == 0) return false;
  return true;
}

std::string_view plain_form(char32_t code) {
  switch (code) {
    case U'‘':
    case U'’':
    case U'‚':
    case U'‛':
    case U'′':
    case U'`':
    case U'´':
      return "'";
    case U'“':
    case U'”':
    case U'„':
    case U'‟':
    case U'″':
    case U'«':
    case U'»':
      return "\"";
    case U'‐':
    case U'‑':
    case U'‒':
    case U'–':
    case U'—':
    case U'−':
    case U'•':
    case U'·':
      return "-";
    case U'…':
      return "...";
    case U'\u00A0':
    case U'\u2009':
    case U'\u202F':
    case U'\t':
      return " ";
    default:
      return {};
  }
}

}  // namespace

Segments segments_of(std::string_view text) {
  Segments out;
  out.alphabet = fits_gsm7(text) ? Alphabet::Gsm7 : Alphabet::Ucs2;
  const int alone = out.alphabet == Alphabet::Gsm7 ? 160 : 70;
  const int shared = out.alphabet == Alphabet::Gsm7 ? 153 : 67;
  std::string whole, part;
  int in_part = 0;
  while (!text.empty()) {
    const auto character = take(text);
    const int units = units_of(out.alphabet, character.code);
    if (in_part + units > shared) {
      out.parts.push_back(std::exchange(part, {}));
      in_part = 0;
    }
    part += character.bytes;
    whole += character.bytes;
    in_part += units;
    out.units += units;
  }
  if (out.units <= alone) {
    out.parts = {std::move(whole)};
  } else {
    out.parts.push_back(std::move(part));
  }
  return out;
}

std::string economical(std::string_view text) {
  std::string plain;
  for (auto rest = text; !rest.empty();) {
    const auto character = take(rest);
    const auto instead =
        septets(character.code) > 0 ? std::string_view() : plain_form(character.code);
    plain += instead.empty() ? character.bytes : instead;
  }
  return fits_gsm7(plain) ? plain : std::string(text);
}

}  // namespace channels::sms
