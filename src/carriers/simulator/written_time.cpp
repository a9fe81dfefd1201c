#include "carriers/simulator/written_time.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "base/time.h"

namespace carriers::simulator {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};

struct Fields {
  std::string_view year, month, day, hour, minute, second;
  explicit Fields(std::string_view local)
      : year(local.substr(0, 4)),
        month(local.substr(5, 2)),
        day(local.substr(8, 2)),
        hour(local.substr(11, 2)),
        minute(local.substr(14, 2)),
        second(local.substr(17, 2)) {}
};

int number(std::string_view digits) { return std::atoi(std::string(digits).c_str()); }

base::Instant instant_of(const LocalTime& time) {
  return base::parse_iso(time.text).value_or(base::Instant()) -
         std::chrono::minutes(time.offset_minutes);
}

std::string directive(char c, const Fields& f, const LocalTime& time) {
  const int hour = number(f.hour);
  switch (c) {
    case 'Y':
      return std::string(f.year);
    case 'y':
      return std::string(f.year.substr(2));
    case 'm':
      return std::string(f.month);
    case 'd':
      return std::string(f.day);
    case 'H':
      return std::string(f.hour);
    case 'I':
      return fmt::format("{:02}", hour % 12 == 0 ? 12 : hour % 12);
    case 'M':
      return std::string(f.minute);
    case 'S':
      return std::string(f.second);
    case 'p':
      return hour < 12 ? "AM" : "PM";
    case 'B':
      return std::string(kMonths[static_cast<std::size_t>(number(f.month) - 1)]);
    case 'b':
      return std::string(kMonths[static_cast<std::size_t>(number(f.month) - 1)].substr(0, 3));
    case 'f':
      return "000";
    case 'z':
      return write_offset(time.offset_minutes, "");
    case 'Z':
      return time.offset_minutes == 0 ? "UTC" : write_offset(time.offset_minutes, "");
    case '%':
      return "%";
    default:
      return {};
  }
}

// "2016-03-18T10:02:00.000+01:00" in the shape of `like`.
std::string write_iso(std::string_view like, const LocalTime& time) {
  if (like.size() <= 10) return time.text.substr(0, 10);
  const auto clock = like.substr(11);
  const auto zone = clock.find_first_of("Z+-");
  const auto hour_part = clock.substr(0, zone);
  auto shown = time;
  if (zone != std::string_view::npos && clock[zone] == 'Z')
    shown = {base::to_iso_offset(instant_of(time)).substr(0, 19), 0};
  std::string out = shown.text.substr(0, 10);
  out += like[10];
  out += shown.text.substr(11, hour_part.size() >= 8 ? 8 : 5);
  if (const auto dot = hour_part.find_first_of(".,"); dot != std::string_view::npos)
    out += std::string(1, hour_part[dot]) + std::string(hour_part.size() - dot - 1, '0');
  if (zone != std::string_view::npos) out += write_offset(shown.offset_minutes, clock.substr(zone));
  return out;
}

}  // namespace

std::string write_offset(int minutes, std::string_view like) {
  if (like == "Z" && minutes == 0) return "Z";
  const int size = std::abs(minutes);
  const bool has_colon = like.empty() || like.find(':') != std::string_view::npos || like == "Z";
  return fmt::format("{}{:02}{}{:02}", minutes < 0 ? '-' : '+', size / 60, has_colon ? ":" : "",
                     size % 60);
}

std::string write_time(std::string_view format, std::string_view like, const LocalTime& time) {
  const auto milliseconds = base::to_micros(instant_of(time)) / 1000;
  if (format == "iso") return write_iso(like, time);
  if (format == "unix") return std::to_string(milliseconds / 1000);
  if (format == "unix_ms") return std::to_string(milliseconds);
  if (format == "net") return fmt::format("/Date({})/", milliseconds);
  const Fields fields(time.text);
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '%' && i + 1 < format.size()) {
      out += directive(format[++i], fields, time);
    } else {
      out += format[i];
    }
  }
  return out;
}

}  // namespace carriers::simulator
