#include "journey/place_names.h"

#include <array>
#include <cstdint>

#include "base/text.h"
#include "journey/tsv.h"

namespace embedded {
std::string_view places_letters();
}

namespace journey::places {
namespace {

constexpr std::uint32_t kFirst = 0xC0, kEnd = 0x530;

// What each letter of the table becomes; null where it stays.
class Letters {
 public:
  Letters() {
    each_row(embedded::places_letters(), [&](const Row& row) {
      std::uint32_t code = 0;
      for (const char c : row[0]) code = code * 10 + static_cast<std::uint32_t>(c - '0');
      if (code < kFirst || code >= kEnd) return;
      plain_[code - kFirst] = row[1];
      changes_[code - kFirst] = true;
    });
  }
  const std::string_view* find(std::uint32_t code) const {
    if (code < kFirst || code >= kEnd || !changes_[code - kFirst]) return nullptr;
    return &plain_[code - kFirst];
  }

 private:
  std::array<std::string_view, kEnd - kFirst> plain_;
  std::array<bool, kEnd - kFirst> changes_{};
};

const Letters& letters() {
  static const Letters instance;
  return instance;
}

std::uint32_t code_of(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 2) return (byte(0) & 0x1FU) << 6 | (byte(1) & 0x3FU);
  if (sequence.size() == 3)
    return (byte(0) & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
  return 0x10000;  // beyond anything we change
}

bool is_mark(std::uint32_t code) {
  return (code >= 0x80 && code < 0xC0) || (code >= 0x2B0 && code < 0x370) ||
         (code >= 0x2000 && code < 0x2070);
}

}  // namespace

std::string fold(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  for (std::size_t at = 0; at < name.size();) {
    const auto size = base::utf8_sequence(name.substr(at));
    if (size < 2) {
      const char c = name[at++];
      if (size == 1 && (base::is_letter(c) || base::is_digit(c))) out += base::to_lower(c);
      continue;
    }
    const auto sequence = name.substr(at, size);
    at += size;
    const auto code = code_of(sequence);
    if (is_mark(code)) continue;
    const auto* plain = letters().find(code);
    out += plain == nullptr ? sequence : *plain;
  }
  return out;
}

}  // namespace journey::places
