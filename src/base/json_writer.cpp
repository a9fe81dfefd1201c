#include "base/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace base {
namespace {

constexpr char kHex[] = "0123456789abcdef";

constexpr bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

// How many bytes from `at` on need no escape. Eight at a time: the classic tests of a word for a
// byte below n, above 127, or equal to c.
std::size_t plain_run(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t w) { return (w - kOnes) & ~w & kHighs; };
  std::size_t i = at;
  while (i + 8 <= text.size()) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    const auto below_space = (word - kOnes * 0x20) & ~word & kHighs;
    if ((below_space | (word & kHighs) | has_zero(word ^ (kOnes * '"')) |
         has_zero(word ^ (kOnes * '\\'))) != 0) {
      break;
    }
    i += 8;
  }
  while (i < text.size() && is_plain(static_cast<unsigned char>(text[i]))) ++i;
  return i - at;
}

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t i = 0;
  while (i < text.size()) {
    const auto run = plain_run(text, i);
    out.append(text, i, run);
    i += run;
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      append_escaped(out, c);
      ++i;
    } else if (const auto length = utf8_sequence(text.substr(i)); length > 0) {
      out.append(text, i, length);
      i += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++i;
    }
  }
  out += '"';
}

void JsonWriter::grow(std::size_t bytes) {
  buffer_.resize(std::max(2 * buffer_.size(), size_ + bytes + 256));
}

JsonWriter& JsonWriter::value(std::string_view text) {
  if (plain_run(text, 0) == text.size()) {
    char* at = room(text.size() + 3);
    if (!fresh_) *at++ = ',';
    *at++ = '"';
    std::memcpy(at, text.data(), text.size());
    at += text.size();
    *at++ = '"';
    size_ = static_cast<std::size_t>(at - buffer_.data());
    fresh_ = false;
    return *this;
  }
  std::string escaped;
  append_json_string(escaped, text);
  return raw(escaped);
}

JsonWriter& JsonWriter::integer(std::int64_t number) {
  char buffer[24];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number);
  return raw(std::string_view(buffer, static_cast<std::size_t>(end - buffer)));
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();  // JSON has no word for it
  char buffer[40];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number);
  return raw(std::string_view(buffer, static_cast<std::size_t>(end - buffer)));
}

}  // namespace base
