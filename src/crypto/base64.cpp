#include "crypto/base64.h"

#include <cstdint>

#include "base/text.h"

namespace crypto {
namespace {

struct Alphabet {
  bool standard;  // + and /
  bool url;       // - and _
};

int value_of(char c, Alphabet alphabet) {
  if (base::is_upper(c)) return c - 'A';
  if (base::is_lower(c)) return c - 'a' + 26;
  if (base::is_digit(c)) return c - '0' + 52;
  if ((c == '+' && alphabet.standard) || (c == '-' && alphabet.url)) return 62;
  if ((c == '/' && alphabet.standard) || (c == '_' && alphabet.url)) return 63;
  return -1;
}

// Without padding. Bits that are left over must be zero: else two texts would mean one value.
std::optional<std::string> decode(std::string_view text, Alphabet alphabet) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : text) {
    const int value = value_of(c, alphabet);
    if (value < 0) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    have += 6;
    if (have < 8) continue;
    have -= 8;
    out += static_cast<char>((bits >> have) & 0xFFU);
    bits &= (1U << have) - 1U;
  }
  if (bits != 0) return std::nullopt;
  return out;
}

}  // namespace

std::string to_base64url(std::string_view bytes) {
  std::string text = base::to_base64(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  return decode(text, {.standard = false, .url = true});
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode(text, {.standard = true, .url = false});
}

std::optional<std::string> from_any_base64(std::string_view text) {
  text = base::trim(text);
  while (text.ends_with('=')) text.remove_suffix(1);
  return decode(text, {.standard = true, .url = true});
}

}  // namespace crypto
