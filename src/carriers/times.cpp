#include "carriers/times.h"

#include <date/tz.h>

#include <charconv>

#include "base/text.h"
#include "carriers/month_names.h"

namespace carriers {
namespace {

using base::is_digit, base::is_letter;

int year_of_two_digits(int yy) { return yy + (yy >= 70 ? 1900 : 2000); }

struct Letters {
  std::string_view letters;
  int minutes;
};
// Letters that stand for one offset wherever they are written. ET, CT, MT and PT change with the
// season and IST is three zones: those give no offset.
constexpr Letters kLetters[] = {
    {"Z", 0},      {"UTC", 0},    {"GMT", 0},    {"UT", 0},      {"WET", 0},     {"BST", 60},
    {"WEST", 60},  {"CET", 60},   {"MEZ", 60},   {"CEST", 120},  {"MESZ", 120},  {"EET", 120},
    {"SAST", 120}, {"EEST", 180}, {"MSK", 180},  {"TRT", 180},   {"HKT", 480},   {"SGT", 480},
    {"AWST", 480}, {"JST", 540},  {"KST", 540},  {"ACST", 570},  {"AEST", 600},  {"ACDT", 630},
    {"AEDT", 660}, {"NZST", 720}, {"NZDT", 780}, {"NST", -210},  {"NDT", -150},  {"AST", -240},
    {"ADT", -180}, {"EST", -300}, {"EDT", -240}, {"CST", -360},  {"CDT", -300},  {"MST", -420},
    {"MDT", -360}, {"PST", -480}, {"PDT", -420}, {"AKST", -540}, {"AKDT", -480}, {"HST", -600},
    {"BRT", -180}, {"ART", -180},
};

std::optional<int> offset_of_letters(std::string_view letters) {
  for (const auto& known : kLetters) {
    if (base::equals_ignoring_case(known.letters, letters)) return known.minutes;
  }
  return std::nullopt;
}

date::year_month_day ymd(int year, int month, int day) {
  return date::year(year) / date::month(static_cast<unsigned>(month)) /
         date::day(static_cast<unsigned>(day));
}

bool exists(const ReadTime& t) {
  if (t.month < 1 || t.month > 12 || t.day < 1) return false;
  // Of an unknown year the 29th of February may be.
  if (!ymd(t.year == 0 ? 2024 : t.year, t.month, t.day).ok()) return false;
  if (t.year != 0 && (t.year < 1900 || t.year > 2200)) return false;
  if (t.hour == 24) return t.minute == 0 && t.second == 0;
  return t.hour < 24 && t.minute < 60 && t.second <= 60;
}

}  // namespace

// Reads from the front of a text.
struct TimeReader {
  std::string_view rest;
  ReadTime time;
  bool is_pm = false, is_am = false;

  bool number(int& out, std::size_t least, std::size_t most) {
    std::size_t size = 0;
    while (size < most && size < rest.size() && is_digit(rest[size])) ++size;
    if (size < least) return false;
    std::from_chars(rest.data(), rest.data() + size, out);
    rest.remove_prefix(size);
    return true;
  }

  bool literal(char c) {
    if (!rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
  }

  void spaces() {
    while (rest.starts_with(' ') || rest.starts_with('\t')) rest.remove_prefix(1);
  }

  std::string_view word() {
    std::size_t size = 0;
    while (size < rest.size() &&
           (is_letter(rest[size]) || static_cast<unsigned char>(rest[size]) >= 0x80))
      ++size;
    const auto taken = rest.substr(0, size);
    rest.remove_prefix(size);
    if (size > 0 && rest.starts_with('.')) rest.remove_prefix(1);
    return taken;
  }

  bool fraction() {
    std::size_t size = 0;
    while (size < rest.size() && is_digit(rest[size])) ++size;
    if (size == 0) return false;
    constexpr std::size_t kMost = 6;  // instants here are microseconds
    time.fraction = "." + std::string(rest.substr(0, std::min(size, kMost)));
    rest.remove_prefix(size);
    return true;
  }

  // "+08:00", "-0500", "+1", "Z", "GMT+1"
  bool offset() {
    const auto size = rest.find_first_of(" ,)");
    const auto token = rest.substr(0, size);
    const auto minutes = parse_offset(token);
    if (!minutes) return false;
    time.offset_minutes = minutes;
    time.is_utc = token.size() == 1 && base::to_upper(token[0]) == 'Z';
    rest.remove_prefix(token.size());
    return true;
  }

  bool half_of_day() {
    const auto taken = rest.substr(0, 4);
    std::string letters;
    std::size_t size = 0;
    for (const char c : taken) {
      if (!is_letter(c) && c != '.') break;
      if (is_letter(c)) letters += base::to_lower(c);
      ++size;
    }
    is_pm = letters == "pm" || letters == "p";
    is_am = letters == "am" || letters == "a";
    rest.remove_prefix(size);
    return is_pm || is_am;
  }

  bool directive(char c);
  bool pattern(std::string_view pattern);
  bool iso();
  bool iso_date();
  bool iso_clock();
  bool instant(std::int64_t seconds);
  bool unix(bool in_milliseconds);
  bool net();
  bool read(const TimeFormat& format, std::string_view text);
};

bool TimeReader::directive(char c) {
  switch (c) {
    case 'Y':
      return number(time.year, 4, 4);
    case 'y':
      if (!number(time.year, 2, 2)) return false;
      time.year = year_of_two_digits(time.year);
      return true;
    case 'm':
      return number(time.month, 1, 2);
    case 'd':
      spaces();  // strptime's own habit: " 3" is a day
      return number(time.day, 1, 2);
    case 'H':
    case 'I':
      return number(time.hour, 1, 2);
    case 'M':
      return number(time.minute, 1, 2);
    case 'S':
      return number(time.second, 1, 2);
    case 'f':
      return fraction();
    case 'p':
      return half_of_day();
    case 'b':
    case 'B':
      time.month = month_of(word());
      return time.month != 0;
    case 'a':
      return !word().empty();
    case 'z':
      return offset();
    case 'Z': {
      const auto letters = word();
      if (letters.empty()) return false;
      time.offset_minutes = offset_of_letters(letters);
      time.is_utc = letters == "Z";
      return true;
    }
    default:
      return literal('%');
  }
}

bool TimeReader::pattern(std::string_view pattern) {
  while (!pattern.empty()) {
    const char c = pattern.front();
    pattern.remove_prefix(1);
    if (c == ' ') {
      spaces();
    } else if (c == '%' && !pattern.empty()) {
      if (!directive(pattern.front())) return false;
      pattern.remove_prefix(1);
    } else if (!literal(c)) {
      return false;
    }
  }
  if (is_pm && time.hour >= 0 && time.hour < 12) time.hour += 12;
  if (is_am && time.hour == 12) time.hour = 0;
  return rest.empty();
}

// 2024-03-20, 20240320, 2024-080, 2024080, 2024-W12-3, 2024W123, 2024-03
bool TimeReader::iso_date() {
  if (!number(time.year, 4, 4)) return false;
  const bool has_dashes = literal('-');
  if (literal('W')) {
    int week = 0, day = 1;
    if (!number(week, 2, 2)) return false;
    if ((literal('-') || !has_dashes) && !number(day, 1, 1)) return false;
    if (week < 1 || week > 53 || day < 1 || day > 7) return false;
    // The first week is the one with the 4th of January.
    const auto fourth = date::sys_days(ymd(time.year, 1, 4));
    const auto monday = fourth - (date::weekday(fourth) - date::Monday);
    const date::year_month_day found(monday + date::days((week - 1) * 7 + day - 1));
    time.year = static_cast<int>(found.year());
    time.month = static_cast<int>(static_cast<unsigned>(found.month()));
    time.day = static_cast<int>(static_cast<unsigned>(found.day()));
    return true;
  }
  std::size_t digits = 0;
  while (digits < rest.size() && is_digit(rest[digits])) ++digits;
  if (digits == 3) {
    int day = 0;
    if (!number(day, 3, 3) || day < 1 || day > 366) return false;
    const date::year_month_day found(date::sys_days(ymd(time.year, 1, 1)) + date::days(day - 1));
    time.month = static_cast<int>(static_cast<unsigned>(found.month()));
    time.day = static_cast<int>(static_cast<unsigned>(found.day()));
    return static_cast<int>(found.year()) == time.year;
  }
  if (!number(time.month, 2, 2)) return false;
  if (has_dashes && !literal('-')) return false;
  return number(time.day, 2, 2);
}

// 19:08:38.427, 19:08, 190838, 1908
bool TimeReader::iso_clock() {
  if (!number(time.hour, 2, 2)) return false;
  const bool has_colons = literal(':');
  if (!number(time.minute, 2, 2)) {
    if (has_colons) return false;
    time.minute = 0;
    return true;
  }
  if (has_colons ? literal(':') : (!rest.empty() && is_digit(rest.front()))) {
    if (!number(time.second, 2, 2)) return false;
    if (literal('.') || literal(',')) return fraction();
  }
  return true;
}

bool TimeReader::iso() {
  if (!iso_date()) return false;
  if (rest.empty()) return true;
  if (!literal('T') && !literal('t') && !literal(' ')) {
    // "2024-03-20Z", "2024-03-20+01:00": XML's dates with a zone, which a day cannot use.
    ReadTime day = time;
    const bool done = offset() && rest.empty();
    time = day;
    return done;
  }
  if (rest.empty()) return true;
  if (!iso_clock()) return false;
  spaces();
  return rest.empty() || (offset() && rest.empty());
}

bool TimeReader::instant(std::int64_t seconds) {
  constexpr std::int64_t kYear2200 = 7'258'118'400;
  if (seconds <= 0 || seconds > kYear2200) return false;
  const date::sys_seconds at{std::chrono::seconds(seconds)};
  const auto day = date::floor<date::days>(at);
  const date::year_month_day found(day);
  const date::hh_mm_ss clock(at - day);
  time.year = static_cast<int>(found.year());
  time.month = static_cast<int>(static_cast<unsigned>(found.month()));
  time.day = static_cast<int>(static_cast<unsigned>(found.day()));
  time.hour = static_cast<int>(clock.hours().count());
  time.minute = static_cast<int>(clock.minutes().count());
  time.second = static_cast<int>(clock.seconds().count());
  return true;
}

bool TimeReader::unix(bool in_milliseconds) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
  if (error != std::errc() || end == rest.data()) return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  if (literal('.') && !fraction()) return false;
  if (!rest.empty()) return false;
  time.offset_minutes = 0;
  time.is_utc = true;
  if (!in_milliseconds) return instant(count);
  time.fraction.clear();
  if (count > 0 && count % 1000 != 0) {
    const auto thousandths = std::to_string(1000 + count % 1000);
    time.fraction = "." + thousandths.substr(1);
  }
  return instant(count / 1000);
}

// /Date(1710932918000+0100)/
bool TimeReader::net() {
  constexpr std::string_view kBegin = "/Date(", kEnd = ")/";
  if (!rest.starts_with(kBegin) || !rest.ends_with(kEnd)) return false;
  rest.remove_prefix(kBegin.size());
  rest.remove_suffix(kEnd.size());
  const auto sign = rest.find_first_of("+-", 1);
  const auto offset = sign == std::string_view::npos ? std::string_view() : rest.substr(sign);
  rest = rest.substr(0, sign);
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
  if (error != std::errc() || end != rest.data() + rest.size()) return false;
  rest = {};
  const auto minutes = offset.empty() ? std::optional<int>(0) : parse_offset(offset);
  if (!minutes) return false;
  time.offset_minutes = minutes;
  time.is_utc = offset.empty();
  return instant(count / 1000 + *minutes * 60);
}

bool TimeReader::read(const TimeFormat& format, std::string_view text) {
  rest = text;
  time = {};
  is_pm = is_am = false;
  switch (format.kind_) {
    case TimeFormat::Kind::Iso:
      return iso() && exists(time);
    case TimeFormat::Kind::Unix:
    case TimeFormat::Kind::UnixMs:
      return unix(format.kind_ == TimeFormat::Kind::UnixMs) && exists(time);
    case TimeFormat::Kind::Net:
      return net() && exists(time);
    case TimeFormat::Kind::Pattern:
      return pattern(format.pattern_) && exists(time);
  }
  return false;
}

base::Result<TimeFormat, std::string> TimeFormat::parse(std::string_view text) {
  TimeFormat format;
  if (text == "iso") return format;
  if (text == "unix" || text == "unix_ms" || text == "net") {
    format.kind_ = text == "unix" ? Kind::Unix : text == "net" ? Kind::Net : Kind::UnixMs;
    return format;
  }
  format.kind_ = Kind::Pattern;
  format.pattern_ = text;
  constexpr std::string_view kKnown = "YymdHIMSpbBazfZ%";
  bool any = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') continue;
    if (i + 1 == text.size() || kKnown.find(text[i + 1]) == std::string_view::npos)
      return base::Failure{"'" + std::string(text.substr(i, 2)) +
                           "' is none of %Y %y %m %d %H %I %M %S %p %b %B %a %z %f %Z"};
    ++i;
    any = true;
  }
  if (!any)
    return base::Failure{"'" + std::string(text) +
                         "' is neither iso, unix, unix_ms, net nor a pattern with %"};
  return format;
}

std::string_view TimeFormat::source() const {
  switch (kind_) {
    case Kind::Iso:
      return "iso";
    case Kind::Unix:
      return "unix";
    case Kind::UnixMs:
      return "unix_ms";
    case Kind::Net:
      return "net";
    case Kind::Pattern:
      break;
  }
  return pattern_;
}

bool is_zone(std::string_view name) {
  try {
    return date::locate_zone(std::string(name)) != nullptr;
  } catch (const std::exception&) {
    return false;
  }
}

std::optional<int> parse_offset(std::string_view text) {
  text = base::trim(text);
  if (text.empty()) return std::nullopt;
  if (const auto letters = offset_of_letters(text)) return letters;
  for (const std::string_view prefix : {"UTC", "GMT"}) {
    if (text.size() > prefix.size() &&
        base::equals_ignoring_case(text.substr(0, prefix.size()), prefix))
      text = base::trim(text.substr(prefix.size()));
  }
  const bool is_minus = text.starts_with('-') || text.starts_with("\xe2\x88\x92");
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  if (text.starts_with("\xe2\x88\x92")) text.remove_prefix(3);
  TimeReader reader{text, {}};
  int hours = 0, minutes = 0;
  if (!reader.number(hours, 1, 2)) return std::nullopt;
  if (reader.literal(':') || !reader.rest.empty()) {
    if (!reader.number(minutes, 2, 2)) return std::nullopt;
  }
  // "+08:00:00" is how some write a span of time.
  if (reader.literal(':') && !reader.literal('0')) return std::nullopt;
  while (reader.literal('0')) {
  }
  if (!reader.rest.empty() || hours > 14 || minutes > 59) return std::nullopt;
  return (is_minus ? -1 : 1) * (hours * 60 + minutes);
}

namespace {

std::optional<int> offset_in_zone(const std::string& zone, const ReadTime& t) {
  const date::local_seconds local = date::local_days(ymd(t.year, t.month, t.day)) +
                                    std::chrono::hours(t.hour) + std::chrono::minutes(t.minute) +
                                    std::chrono::seconds(t.second);
  const auto found = date::locate_zone(zone)->get_info(local);
  // The hour that a change of the clock has twice, or not at all, has no certain offset.
  if (found.result != date::local_info::unique) return std::nullopt;
  return static_cast<int>(found.first.offset.count() / 60);
}

// The year that puts the day nearest to the message's own.
int nearest_year(const ReadTime& t, std::string_view message_date) {
  TimeReader reader{message_date.substr(0, 10), {}};
  if (!reader.iso_date() || !exists(reader.time)) return 0;
  const auto message = date::sys_days(ymd(reader.time.year, reader.time.month, reader.time.day));
  int best = 0;
  date::days distance = date::days::max();
  for (int year = reader.time.year - 1; year <= reader.time.year + 1; ++year) {
    const auto day = ymd(year, t.month, t.day);
    if (!day.ok()) continue;
    const auto apart = date::abs(date::sys_days(day) - message);
    if (apart >= distance) continue;
    distance = apart;
    best = year;
  }
  return best;
}

std::string written(ReadTime t, const TimeRules& rules) {
  if (t.second == 60) t.second = 59;
  if (t.hour == 24 && t.year != 0) {
    t.hour = 0;
    const date::year_month_day next(date::sys_days(ymd(t.year, t.month, t.day)) + date::days(1));
    t.year = static_cast<int>(next.year());
    t.month = static_cast<int>(static_cast<unsigned>(next.month()));
    t.day = static_cast<int>(static_cast<unsigned>(next.day()));
  }
  std::string out = t.year == 0 ? fmt::format("--{:02}-{:02}", t.month, t.day)
                                : fmt::format("{:04}-{:02}-{:02}", t.year, t.month, t.day);
  if (t.hour < 0) return out;
  out += fmt::format("T{:02}:{:02}:{:02}", t.hour, t.minute, t.second);
  if (!rules.date_only_if.empty() && out.ends_with(rules.date_only_if)) return out.substr(0, 10);
  out += t.fraction;
  if (!t.offset_minutes || t.year == 0) return out;
  if (t.is_utc) return out + "Z";
  const int minutes = std::abs(*t.offset_minutes);
  return out + fmt::format("{}{:02}:{:02}", *t.offset_minutes < 0 ? '-' : '+', minutes / 60,
                           minutes % 60);
}

}  // namespace

std::string read_time(std::string_view text, const TimeRules& rules, std::string_view offset,
                      std::string_view message_date) {
  static const std::vector<TimeFormat> kIso = {TimeFormat::parse("iso").value()};
  const auto& formats = rules.formats.empty() ? kIso : rules.formats;
  TimeReader reader;
  const bool is_read = std::any_of(formats.begin(), formats.end(), [&](const auto& format) {
    return reader.read(format, base::trim(text));
  });
  if (!is_read) return {};
  auto& t = reader.time;
  if (rules.local) {
    t.offset_minutes.reset();
    t.is_utc = false;
  }
  if (t.year == 0 && rules.year_of_message) t.year = nearest_year(t, message_date);
  if (t.hour >= 0 && t.hour < 24 && t.year != 0 && !t.offset_minutes) {
    t.offset_minutes = parse_offset(offset);
    t.is_utc = t.offset_minutes && base::trim(offset) == "Z";
    if (!t.offset_minutes && !rules.zone.empty()) t.offset_minutes = offset_in_zone(rules.zone, t);
  }
  return written(t, rules);
}

}  // namespace carriers
