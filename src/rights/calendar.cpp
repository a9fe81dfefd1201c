#include "rights/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>

#include "base/text.h"
#include "rights/facts.h"

namespace rights {
namespace {

using namespace std::chrono;

int number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw std::runtime_error(fmt::format("holidays.tsv: \"{}\" is no number", text));
  return value;
}

constexpr std::string_view kWeekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

bool is_weekend(Day day) {
  const weekday w(day);
  return w == Saturday || w == Sunday;
}

}  // namespace

// The anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, chapter 8).
Day easter(int year) {
  const int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4;
  const int f = (b + 8) / 25, g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30;
  const int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
  const int m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
  return sys_days(std::chrono::year(year) / (n / 31) / (n % 31 + 1));
}

// Meeus again, in the Julian calendar, which is 13 days behind until 2099.
Day orthodox_easter(int year) {
  const int a = year % 4, b = year % 7, c = year % 19, d = (19 * c + 15) % 30;
  const int e = (2 * a + 4 * b - d + 34) % 7, n = d + e + 114;
  return sys_days(std::chrono::year(year) / (n / 31) / (n % 31 + 1)) + days(13);
}

struct Calendar::Table {
  std::map<std::string, Calendar, std::less<>> countries;
  Calendar none;
};

Calendar::Rule Calendar::read_rule(std::string_view text) {
  Rule rule;
  if (const auto mark = text.find('~'); mark != std::string_view::npos) {
    rule.moves = text.substr(mark) == "~king" ? Rule::Moves::King : Rule::Moves::ToWorkday;
    text = text.substr(0, mark);
  }
  if (text.starts_with("easter")) {
    rule.kind = Rule::Kind::Easter;
    rule.offset = number(text.substr(6));
  } else if (text.starts_with("orthodox")) {
    rule.kind = Rule::Kind::Orthodox;
    rule.offset = number(text.substr(8));
  } else {
    if (const auto from = text.find(">="); from != std::string_view::npos) {
      rule.kind = Rule::Kind::Weekday;
      const auto found = std::ranges::find(kWeekdays, text.substr(0, from));
      rule.offset = static_cast<int>(found - std::begin(kWeekdays));
      text = text.substr(from + 2);
    }
    rule.month = number(text.substr(0, 2));
    rule.day = number(text.substr(3, 2));
  }
  return rule;
}

const Calendar::Table& Calendar::table() {
  static const Table made = [] {
    Table table;
    for (const auto& row : tsv_rows(embedded_holidays(), 5)) {
      auto rule = read_rule(row[1]);
      if (row[2] != "-") rule.from = number(row[2]);
      if (row[3] != "-") rule.to = number(row[3]);
      rule.name = row[4];
      auto& calendar = table.countries[std::string(row[0])];
      calendar.country_ = row[0];
      calendar.rules_.push_back(std::move(rule));
    }
    return table;
  }();
  return made;
}

const Calendar& Calendar::of(std::string_view country) {
  const auto& all = table();
  const auto found = all.countries.find(base::upper(country));
  return found == all.countries.end() ? all.none : found->second;
}

std::vector<std::string> Calendar::countries() {
  std::vector<std::string> names;
  for (const auto& [name, calendar] : table().countries) names.push_back(name);
  return names;
}

Day Calendar::base_day(const Rule& rule, int year) {
  switch (rule.kind) {
    case Rule::Kind::Easter:
      return easter(year) + days(rule.offset);
    case Rule::Kind::Orthodox:
      return orthodox_easter(year) + days(rule.offset);
    case Rule::Kind::Date:
    case Rule::Kind::Weekday:
      break;
  }
  const Day date = sys_days(std::chrono::year(year) / rule.month / rule.day);
  if (rule.kind == Rule::Kind::Date) return date;
  return date + (weekday(static_cast<unsigned>(rule.offset)) - weekday(date));
}

std::vector<std::pair<Day, std::string>> Calendar::of_year(int year) const {
  std::vector<std::pair<Day, std::string>> all;
  const auto is_taken = [&](Day day) {
    return std::ranges::find(all, day, &std::pair<Day, std::string>::first) != all.end();
  };
  for (const auto& rule : rules_) {
    if (year < rule.from || year > rule.to) continue;
    Day day = base_day(rule, year);
    if (rule.moves == Rule::Moves::King && weekday(day) == Sunday) day -= days(1);
    all.emplace_back(day, rule.name);
  }
  // The substitutes last, so that Boxing Day's never falls on Christmas Day's.
  for (const auto& rule : rules_) {
    if (rule.moves != Rule::Moves::ToWorkday || year < rule.from || year > rule.to) continue;
    Day day = base_day(rule, year);
    if (!is_weekend(day)) continue;
    while (is_weekend(day) || is_taken(day)) day += days(1);
    all.emplace_back(day, rule.name);
  }
  return all;
}

std::string Calendar::holiday(Day day) const {
  const int year = static_cast<int>(year_month_day(day).year());
  // New Year's substitute never leaves its year, but a rule of 31 December might.
  for (const int y : {year, year - 1}) {
    for (const auto& [when, name] : of_year(y)) {
      if (when == day) return name;
    }
  }
  return {};
}

bool Calendar::is_working_day(Day day) const { return !is_weekend(day) && holiday(day).empty(); }

Day Calendar::working_day_from(Day day) const {
  while (!is_working_day(day)) day += days(1);
  return day;
}

Day Calendar::months_after(Day received, int months) const {
  const year_month_day from(received);
  const auto month = year_month(from.year(), from.month()) + std::chrono::months(months);
  const auto last = year_month_day_last(month.year(), month_day_last(month.month()));
  const auto same = month / from.day();
  return working_day_from(same.ok() ? sys_days(same) : sys_days(last));
}

// An hour behind UTC lies the west of Europe (the Azores); nothing is further.
Day day_of_receipt(base::Instant at) { return floor<days>(at - hours(1)); }

// Three hours before UTC lies its east in summer: there the day ends first.
base::Instant end_of(Day day) { return base::Instant(day) + hours(21); }

std::string to_text(Day day) {
  const year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace rights
