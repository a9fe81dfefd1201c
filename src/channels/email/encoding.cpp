#include "channels/email/encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/text.h"

namespace channels::email {
namespace {

constexpr std::size_t kLine = 76;
constexpr std::size_t kEncodedWord = 75;  // RFC 2047 2
constexpr std::string_view kFold = "\r\n ";
constexpr std::string_view kQ = "=?UTF-8?Q?";
constexpr std::string_view kB = "=?UTF-8?B?";

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '=';
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

// The characters of text, each with all its bytes, so that none is cut in two.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto size = std::max<std::size_t>(base::utf8_sequence(text), 1);
    out.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return out;
}

std::string quoted_character(std::string_view character) {
  std::string out;
  for (const char c : character) {
    if ((is_printable(c) && c != '=') || c == '\t') {
      out += c;
    } else {
      append_escaped(out, c);
    }
  }
  return out;
}

void append_quoted_line(std::string& out, std::string_view line) {
  std::size_t column = 0;
  const auto all = characters(line);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool is_last = i + 1 == all.size();
    auto piece = quoted_character(all[i]);
    const bool is_blank = piece == " " || piece == "\t";
    // One place is kept for the "=" of a soft break.
    if (column + piece.size() > (is_last ? kLine : kLine - 1)) {
      out += "=\r\n";
      column = 0;
    }
    const bool is_dot = column == 0 && piece == ".";
    const bool is_from = column == 0 && line.substr(i).starts_with("From ");
    if ((is_last && is_blank) || is_dot || is_from) {
      piece.clear();
      append_escaped(piece, all[i][0]);
      if (column + piece.size() > kLine) {
        out += "=\r\n";
        column = 0;
      }
    }
    out += piece;
    column += piece.size();
  }
}

// Of a Q word: RFC 2047 5 (3), the narrowest set, which is right in every header.
bool is_plain_in_word(char c) {
  return base::is_letter(c) || base::is_digit(c) ||
         std::string_view("!*+-/").find(c) != std::string_view::npos;
}

std::string in_q(std::string_view character) {
  std::string out;
  for (const char c : character) {
    if (is_plain_in_word(c)) {
      out += c;
    } else if (c == ' ') {
      out += '_';
    } else {
      append_escaped(out, c);
    }
  }
  return out;
}

// Words joined by folds. The white space between encoded words is not text: readers drop it.
std::string encoded_words(std::string_view text, std::size_t column) {
  std::size_t q_size = 0;
  for (const auto character : characters(text)) q_size += in_q(character).size();
  const bool is_q = q_size <= (text.size() + 2) / 3 * 4;
  const auto overhead = kQ.size() + 2;
  std::string out, word;
  std::string pending;
  auto finish = [&] {
    if (pending.empty()) return;
    if (!out.empty()) out += kFold;
    out += is_q ? kQ : kB;
    out += is_q ? word : base::to_base64(pending);
    out += "?=";
    word.clear();
    pending.clear();
  };
  for (const auto character : characters(text)) {
    const auto quoted = in_q(character);
    const auto size =
        is_q ? word.size() + quoted.size() : (pending.size() + character.size() + 2) / 3 * 4;
    const auto taken = out.empty() ? std::min(column, kLine - overhead - 12) : 1;
    if (size + overhead > std::min(kEncodedWord, kLine - taken)) finish();
    word += quoted;
    pending += character;
  }
  finish();
  return out;
}

// Words by single spaces; more of them stay with the word before.
std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  while (begin < text.size()) {
    auto end = text.find(' ', begin + 1);
    while (end != std::string_view::npos && text[end - 1] == ' ') end = text.find(' ', end + 1);
    end = std::min(end, text.size());
    out.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return out;
}

bool is_plain_text(std::string_view text) {
  if (text.find("=?") != std::string_view::npos || text.starts_with(' ') || text.ends_with(' ') ||
      text.find("  ") != std::string_view::npos)
    return false;
  if (!std::ranges::all_of(text, is_printable)) return false;
  return std::ranges::all_of(split_words(text),
                             [](auto word) { return word.size() + 1 <= kLine - 16; });
}

// `text` already has its encoding; each word but the first begins with its space.
std::string folded(std::string_view text, std::size_t column) {
  std::string out;
  for (const auto word : split_words(text)) {
    if (column + word.size() > kLine && !out.empty() && word.front() == ' ') {
      out += "\r\n";
      column = 0;
    }
    out += word;
    column += word.size();
  }
  return out;
}

std::optional<int> hex_value(char c) {
  if (base::is_digit(c)) return c - '0';
  const char u = base::to_upper(c);
  if (u >= 'A' && u <= 'F') return u - 'A' + 10;
  return std::nullopt;
}

// "=C3" at the front of text.
std::optional<char> escaped(std::string_view text) {
  if (text.size() < 3 || text[0] != '=') return std::nullopt;
  const auto high = hex_value(text[1]);
  const auto low = hex_value(text[2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high * 16 + *low);
}

std::string decode_q(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const auto c = escaped(text.substr(i))) {
      out += *c;
      i += 2;
    } else {
      out += text[i] == '_' ? ' ' : text[i];
    }
  }
  return out;
}

std::string from_latin1(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xc0 | (byte >> 6));
      out += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return out;
}

struct DecodedWord {
  std::string text;
  std::size_t size;
};

// An encoded word at the front of text.
std::optional<DecodedWord> decoded_word(std::string_view text) {
  if (!text.starts_with("=?")) return std::nullopt;
  const auto charset_end = text.find('?', 2);
  if (charset_end == std::string_view::npos || charset_end + 2 >= text.size() ||
      text[charset_end + 2] != '?')
    return std::nullopt;
  const auto end = text.find("?=", charset_end + 3);
  if (end == std::string_view::npos) return std::nullopt;
  const auto charset = base::lower(text.substr(2, charset_end - 2));
  const char kind = base::to_upper(text[charset_end + 1]);
  const auto inner = text.substr(charset_end + 3, end - charset_end - 3);
  if ((kind != 'Q' && kind != 'B') || inner.find(' ') != std::string_view::npos)
    return std::nullopt;
  auto bytes = kind == 'Q' ? decode_q(inner) : decode_base64(inner);
  if (charset == "iso-8859-1") bytes = from_latin1(bytes);
  if (charset != "iso-8859-1" && charset != "utf-8" && charset != "us-ascii") return std::nullopt;
  return DecodedWord{std::move(bytes), end + 2};
}

}  // namespace

std::string quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const auto end = text.find_first_of("\r\n");
    append_quoted_line(out, text.substr(0, end));
    if (end == std::string_view::npos) break;
    out += "\r\n";
    text.remove_prefix(text.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

std::string base64_lines(std::string_view bytes) {
  constexpr std::size_t kBytesOfLine = kLine / 4 * 3;
  std::string out;
  out.reserve(bytes.size() / 3 * 4 + bytes.size() / kBytesOfLine * 2 + 8);
  for (std::size_t i = 0; i < bytes.size(); i += kBytesOfLine) {
    out += base::to_base64(bytes.substr(i, kBytesOfLine));
    out += "\r\n";
  }
  return out;
}

std::string text_header(std::string_view name, std::string_view text) {
  std::string out(name);
  out += ": ";
  const auto column = out.size();
  out += is_plain_text(text) ? folded(text, column) : encoded_words(text, column);
  return out + "\r\n";
}

std::string phrase(std::string_view name, std::size_t column) {
  const bool is_atoms = std::ranges::all_of(
      name, [](char c) { return base::is_letter(c) || base::is_digit(c) || c == ' ' || c == '-'; });
  if (!is_plain_text(name) || name.size() > kLine / 2) return encoded_words(name, column);
  if (is_atoms) return std::string(name);
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string token_header(std::string_view name, std::string_view tokens) {
  std::string out(name);
  out += ":";
  std::string rest = " ";
  rest += tokens;
  return out + folded(rest, out.size()) + "\r\n";
}

std::string decode_quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto rest = text.substr(i);
    if (const auto c = escaped(rest)) {
      out += *c;
      i += 2;
    } else if (rest.starts_with("=\r\n")) {
      i += 2;
    } else if (rest.starts_with("=\n")) {
      i += 1;
    } else {
      out += rest[0];
    }
  }
  return out;
}

std::string decode_base64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    std::uint32_t value = 0;
    if (base::is_upper(c)) {
      value = static_cast<std::uint32_t>(c - 'A');
    } else if (base::is_lower(c)) {
      value = static_cast<std::uint32_t>(c - 'a' + 26);
    } else if (base::is_digit(c)) {
      value = static_cast<std::uint32_t>(c - '0' + 52);
    } else if (c == '+' || c == '/') {
      value = c == '+' ? 62 : 63;
    } else if (c == '=') {
      break;
    } else {
      continue;
    }
    bits = (bits << 6 | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xff);
    }
  }
  return out;
}

std::string decode_words(std::string_view header) {
  std::string out;
  std::size_t word_end = 0;  // of the last encoded word, in out
  bool is_behind_word = false;
  for (std::size_t i = 0; i < header.size();) {
    const auto word = decoded_word(header.substr(i));
    if (!word) {
      if (header[i] != ' ' && header[i] != '\t') is_behind_word = false;
      out += header[i++];
      continue;
    }
    if (is_behind_word) out.resize(word_end);  // the white space between two of them
    out += word->text;
    word_end = out.size();
    is_behind_word = true;
    i += word->size;
  }
  return out;
}

}  // namespace channels::email
