// When an answer is due (GDPR Art. 12(3)): one month after a request was received, three when it
// was extended, counted as Regulation (EEC, Euratom) 1182/71 counts.
//
// Pure. The rules: a month ends on the day of the same number; where a month has no such day, on
// its last one (Art. 3(2)(c)); a period that would end on a Saturday, a Sunday or a public holiday
// ends with the next working day (Art. 3(4)).
//
// Where a choice exists the earlier day is taken: holidays of a region only are not counted, and
// the day of receipt is that of the westernmost clock of Europe, so that no time zone between the
// Azores and Finland has an earlier deadline.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace rights {

using Day = std::chrono::sys_days;

// Easter Sunday of a year: Gregorian, and Orthodox as a Gregorian date.
Day easter(int year);
Day orthodox_easter(int year);

class Calendar {
 public:
  // The public holidays of a country (ISO 3166-1 alpha-2, "GB" for the United Kingdom). One that
  // is not known has weekends only.
  static const Calendar& of(std::string_view country);
  static std::vector<std::string> countries();

  // Its name in the country's language; empty when it is none. Sundays need none.
  std::string holiday(Day day) const;
  bool is_working_day(Day day) const;
  // Itself, or the first working day after it.
  Day working_day_from(Day day) const;
  // The day with whose last hour a period of so many months ends.
  Day months_after(Day received, int months) const;

 private:
  struct Rule {
    enum class Kind { Date, Easter, Orthodox, Weekday } kind = Kind::Date;
    enum class Moves { Never, ToWorkday, King } moves = Moves::Never;
    int month = 0, day = 0;  // Date, Weekday
    int offset = 0;          // Easter, Orthodox: days; Weekday: 0 Sunday to 6
    int from = 0, to = 9999;
    std::string name;
  };
  struct Table;
  static const Table& table();
  static Rule read_rule(std::string_view text);
  static Day base_day(const Rule& rule, int year);
  // All of a year, where moved ones end up included.
  std::vector<std::pair<Day, std::string>> of_year(int year) const;

  std::string country_;
  std::vector<Rule> rules_;
};

// The day a request of this instant counts as received on.
Day day_of_receipt(base::Instant at);
// The last moment of a deadline's day, wherever in Europe it is read.
base::Instant end_of(Day day);
// "2026-03-31"
std::string to_text(Day day);

inline constexpr int kMonthsToAnswer = 1;
inline constexpr int kMonthsWhenExtended = 3;  // one, and two further ones

}  // namespace rights
