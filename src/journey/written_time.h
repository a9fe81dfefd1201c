// A time as a carrier wrote it, read but not bettered: the local clock, and the offset only where
// one is written.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace journey {

struct WrittenTime {
  std::int64_t local = 0;     // seconds since 1970-01-01T00:00:00 on the local clock
  bool has_hour = false;      // false: only a day was written
  std::optional<int> offset;  // minutes east of UTC

  // Seconds since 1970 in UTC, when the offset is known.
  std::optional<std::int64_t> instant() const {
    if (!offset || !has_hour) return std::nullopt;
    return local - *offset * 60;
  }
  std::int64_t day() const { return (local - (local % 86400 + 86400) % 86400) / 86400; }
};

// "2024-03-20T19:08:38+08:00", "2016-03-18T10:02:00", "2016-03-18 10:02", "2016-03-18"; fractions
// of a second are read over. Nothing for anything else, or a date that does not exist.
std::optional<WrittenTime> read_time(std::string_view text);

}  // namespace journey
