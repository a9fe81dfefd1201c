// Identifiers of rows: 128 bits, ordered by the time they were made, so that new rows land at the
// end of an index. 48 bits of milliseconds and 80 random ones (the layout of UUID version 7, RFC
// 9562, without its version marks).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace base {

class Id {
 public:
  static constexpr std::size_t kBytes = 16;

  Id() = default;  // all zero: "none"
  static Id make(Instant now);
  // From exactly 32 hexadecimal digits of either case.
  static std::optional<Id> parse(std::string_view hex);
  // From exactly 16 bytes, as stored.
  static std::optional<Id> from_bytes(std::string_view bytes);

  std::string hex() const;  // 32 lower-case digits
  std::string_view bytes() const { return {bytes_.data(), kBytes}; }
  bool is_none() const { return *this == Id(); }

  friend bool operator==(const Id&, const Id&) = default;
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  std::array<char, kBytes> bytes_{};
};

}  // namespace base
