#include "http/imap_wire.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace http {
namespace {

constexpr std::size_t kLongestLine = 64 << 10;

// So that it is not optimised away: nobody reads the bytes afterwards.
void wipe(std::string& text) {
  volatile char* bytes = text.data();
  for (std::size_t i = 0; i < text.size(); ++i) bytes[i] = 0;
  text.clear();
}

}  // namespace

ImapAnswer::~ImapAnswer() {
  wipe(line);
  for (auto& literal : literals) wipe(literal);
}

std::optional<std::size_t> literal_length(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const auto begin = line.rfind('{');
  if (begin == std::string_view::npos) return std::nullopt;
  auto digits = line.substr(begin + 1, line.size() - begin - 2);
  if (digits.ends_with('+')) digits.remove_suffix(1);
  if (digits.empty() || digits.size() > 10 || !std::ranges::all_of(digits, base::is_digit))
    return std::nullopt;
  std::size_t length = 0;
  for (const char c : digits) length = length * 10 + static_cast<std::size_t>(c - '0');
  return length;
}

ImapWire::~ImapWire() { wipe(buffer_); }

std::optional<ImapAnswer> ImapWire::next() {
  while (!is_too_large_) {
    const auto rest = std::string_view(buffer_).substr(at_);
    const auto end = rest.find("\r\n");
    if (end == std::string_view::npos) {
      is_too_large_ = rest.size() > kLongestLine;
      break;
    }
    const auto line = rest.substr(0, end);
    const auto length = literal_length(line);
    const auto whole = end + 2 + length.value_or(0);
    if (taken_ + whole > most_) {
      is_too_large_ = true;
      break;
    }
    if (rest.size() < whole) break;
    part_.line += line;
    if (length) part_.literals.emplace_back(rest.substr(end + 2, *length));
    at_ += whole;
    taken_ += whole;
    if (length) continue;
    auto answer = std::move(part_);
    part_ = ImapAnswer();
    return answer;
  }
  // What was given out does not stay readable here.
  if (at_ > 0) {
    std::string left(std::string_view(buffer_).substr(at_));
    wipe(buffer_);
    buffer_ = std::move(left);
    at_ = 0;
  }
  return std::nullopt;
}

}  // namespace http
