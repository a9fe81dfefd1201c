#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/text.h"
#include "carriers/formats/edifact.h"

namespace carriers::formats {
namespace {

// What stands where in the value, letter by letter: C century, Y year, M month, D day, h hour,
// m minute, s second, Z the rest is a zone.
struct Form {
  std::string_view format;
  std::string_view letters;
};
constexpr Form kForms[] = {
    {"102", "CCYYMMDD"},      {"203", "CCYYMMDDhhmm"},  {"204", "CCYYMMDDhhmmss"},
    {"101", "YYMMDD"},        {"201", "YYMMDDhhmm"},    {"202", "YYMMDDhhmmss"},
    {"205", "CCYYMMDDhhmmZ"}, {"303", "CCYYMMDDhhmmZ"}, {"304", "CCYYMMDDhhmmssZ"},
    {"301", "YYMMDDhhmmZ"},   {"302", "YYMMDDhhmmssZ"}, {"2", "DDMMYY"},
    {"3", "MMDDYY"},          {"4", "DDMMCCYY"},        {"5", "DDMMCCYYhhmm"},
    {"305", "MMDDhhmm"},
};

struct Parts {
  int century = -1, year = -1, month = 0, day = 0, hour = -1, minute = 0, second = 0;
  int* of(char letter) {
    switch (letter) {
      case 'C':
        return &century;
      case 'Y':
        return &year;
      case 'M':
        return &month;
      case 'D':
        return &day;
      case 'h':
        return &hour;
      case 'm':
        return &minute;
      default:
        return &second;
    }
  }
};

// Two digits a letter pair; false when the value is not of this form. The zone is what is left.
bool read(std::string_view value, std::string_view letters, Parts& parts, std::string_view& zone) {
  std::size_t at = 0;
  for (; at + 1 < letters.size(); at += 2) {
    if (letters[at] == 'Z') break;
    if (at + 1 >= value.size() || !base::is_digit(value[at]) || !base::is_digit(value[at + 1]))
      return false;
    *parts.of(letters[at]) = (value[at] - '0') * 10 + (value[at + 1] - '0');
  }
  zone = value.substr(at);
  return letters.back() == 'Z' || zone.empty();
}

// "UTC", "Z", "+02", "+0200", "+02:00"; other letters (CET, EST) say too little about an offset
// that moves with the season.
std::optional<std::string> offset_of(std::string_view zone) {
  zone = base::trim(zone);
  if (zone == "UTC" || zone == "GMT" || zone == "Z" || zone == "ZZZ") return "Z";
  std::string digits;
  for (const char c : zone)
    if (base::is_digit(c)) digits += c;
  if (zone.empty() || (zone[0] != '+' && zone[0] != '-') ||
      (digits.size() != 2 && digits.size() != 4))
    return std::nullopt;
  digits.resize(4, '0');
  return fmt::format("{}{}:{}", zone[0], digits.substr(0, 2), digits.substr(2));
}

std::string written(const Parts& p, int year) {
  using namespace std::chrono;
  const auto date = std::chrono::year(year < 0 ? 2000 : year) / p.month / p.day;
  if (!date.ok() || p.hour > 24 || p.minute > 59 || p.second > 60) return {};
  auto out = year < 0 ? fmt::format("--{:02}-{:02}", p.month, p.day)
                      : fmt::format("{:04}-{:02}-{:02}", year, p.month, p.day);
  if (p.hour < 0) return out;
  // 24:00 is the end of that day: written so by some, and always as midnight by the standard.
  if (p.hour == 24) return p.minute == 0 ? out : std::string();
  return out + fmt::format("T{:02}:{:02}:{:02}", p.hour, p.minute, p.second);
}

}  // namespace

std::string edifact_time(std::string_view value, std::string_view format) {
  value = base::trim(value);
  // Without a qualifier the length tells, among the forms that begin with the century.
  if (format.empty())
    format = value.size() == 8    ? "102"
             : value.size() == 12 ? "203"
             : value.size() == 14 ? "204"
                                  : "";
  const auto* form = std::ranges::find(kForms, base::trim(format), &Form::format);
  if (form == std::end(kForms)) return {};
  Parts parts;
  std::string_view zone;
  if (!read(value, form->letters, parts, zone)) return {};
  const int year = parts.year < 0      ? -1
                   : parts.century < 0 ? (parts.year < 70 ? 2000 : 1900) + parts.year
                                       : parts.century * 100 + parts.year;
  auto out = written(parts, year);
  if (out.empty() || zone.empty() || parts.hour < 0 || parts.hour == 24) return out;
  if (const auto offset = offset_of(zone)) out += *offset;
  return out;
}

}  // namespace carriers::formats
