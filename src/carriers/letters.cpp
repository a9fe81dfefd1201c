#include "carriers/letters.h"

#include "base/text.h"

namespace carriers {
namespace {

char32_t decode(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  switch (sequence.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1fu) << 6 | (byte(1) & 0x3fu);
    case 3:
      return (byte(0) & 0x0fu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
    default:
      return 0x110000;  // no letters with a case that matter here
  }
}

// Only ever called with letters below U+0800.
void encode(char32_t c, std::string& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

bool in(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

char32_t to_lower(char32_t c) {
  if (in(c, 'A', 'Z')) return c + 32;
  if (in(c, 0xc0, 0xde) && c != 0xd7) return c + 32;
  if (c == 0x130) return 'i';   // Turkish capital i with its dot
  if (c == 0x178) return 0xff;  // ÿ
  if (in(c, 0x100, 0x137) || in(c, 0x14a, 0x177)) return c | 1;
  if (in(c, 0x139, 0x148) || in(c, 0x179, 0x17e)) return c % 2 == 1 ? c + 1 : c;
  if (in(c, 0x391, 0x3a9)) return c + 32;
  if (in(c, 0x410, 0x42f)) return c + 32;
  if (in(c, 0x400, 0x40f)) return c + 80;
  return c;
}

char32_t to_upper(char32_t c) {
  if (in(c, 'a', 'z')) return c - 32;
  if (in(c, 0xe0, 0xfe) && c != 0xf7) return c - 32;
  if (c == 0xff) return 0x178;
  if (c == 0x131) return 'I';
  if (in(c, 0x100, 0x137) || in(c, 0x14a, 0x177)) return c & ~char32_t{1};
  if (in(c, 0x139, 0x148) || in(c, 0x179, 0x17e)) return c % 2 == 0 ? c - 1 : c;
  if (in(c, 0x3b1, 0x3c9) && c != 0x3c2) return c - 32;
  if (in(c, 0x430, 0x44f)) return c - 32;
  if (in(c, 0x450, 0x45f)) return c - 80;
  return c;
}

template <class Change>
std::string changed(std::string_view text, Change change) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto size = std::max<std::size_t>(base::utf8_sequence(text), 1);
    const auto sequence = text.substr(0, size);
    const auto c = decode(sequence);
    const auto other = static_cast<unsigned char>(text[0]) < 0x80 || size > 1 ? change(c) : c;
    if (other == c)
      out += sequence;
    else
      encode(other, out);
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace

std::string lower_letters(std::string_view text) { return changed(text, to_lower); }
std::string upper_letters(std::string_view text) { return changed(text, to_upper); }

std::string capitals(std::string_view text) {
  bool begins = true;
  return changed(text, [&](char32_t c) {
    const bool is_letter = to_lower(c) != c || to_upper(c) != c || c > 0xbf;
    const auto out = !is_letter ? c : begins ? to_upper(c) : to_lower(c);
    // An apostrophe does not part words: "D'Arcy" keeps its own way, "Int'l" too.
    begins = !is_letter && c != '\'';
    return out;
  });
}

}  // namespace carriers
