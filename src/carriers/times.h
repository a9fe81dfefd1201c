// Times as carriers write them, to the one form of reports: "2024-03-20T19:08:38+08:00",
// "2016-03-18T10:02:00" where no offset was given, "2016-03-18" where no hour was,
// "--05-07T06:40:00" where the year is unknown (docs/connectors.md, Times).
//
// Pure and immutable: no clock, no locale. Zones by name are read from the system's own database.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace carriers {

// One way to write a time: "%d.%m.%Y %H:%M", "iso", "unix", "unix_ms", "net".
class TimeFormat {
 public:
  // The error says in words what is no format.
  static base::Result<TimeFormat, std::string> parse(std::string_view text);
  // As a definition writes it: "iso", "unix", "%d.%m.%Y".
  std::string_view source() const;

 private:
  friend struct TimeReader;
  enum class Kind : std::uint8_t { Iso, Unix, UnixMs, Net, Pattern };
  Kind kind_ = Kind::Iso;
  std::string pattern_;
};

// What a text says of a time; nothing is filled in.
struct ReadTime {
  int year = 0;  // 0: not said
  int month = 0, day = 0;
  int hour = -1, minute = 0, second = 0;  // hour -1: not said
  std::string fraction;                   // ".427", as written, at most six digits
  std::optional<int> offset_minutes;
  bool is_utc = false;  // said with a Z
};

struct TimeRules {
  std::vector<TimeFormat> formats;  // empty: iso
  std::string zone;                 // IANA, the carrier's own word
  bool local = false;               // the offset in the text is not true
  std::string date_only_if;         // "T00:00:00": a midnight that stands for "no hour"
  bool year_of_message = false;     // the year nearest to the message's own date
};

// A zone's name that this system knows.
bool is_zone(std::string_view name);

// "+08:00", "+0800", "-5", "8", "Z", "EST", "UTC+8" to minutes; nothing for letters without a fixed
// offset (ET, CT: they change with the season).
std::optional<int> parse_offset(std::string_view text);

// `offset`: as the carrier gives it beside the time, may be empty. `message_date`: "2024-05-07",
// for times without a year, may be empty. Empty when the text is no time.
std::string read_time(std::string_view text, const TimeRules& rules, std::string_view offset,
                      std::string_view message_date);

}  // namespace carriers
