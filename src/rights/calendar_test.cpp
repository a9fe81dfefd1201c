#include "rights/calendar.h"

#include <gtest/gtest.h>

#include "rights/facts.h"

namespace {

using namespace std::chrono;
using rights::Calendar, rights::Day, rights::to_text;

Day on(int y, unsigned m, unsigned d) { return sys_days(year(y) / month(m) / day(d)); }

TEST(Calendar, KnowsEasterOfBothChurches) {
  EXPECT_EQ(rights::easter(2024), on(2024, 3, 31));
  EXPECT_EQ(rights::easter(2025), on(2025, 4, 20));
  EXPECT_EQ(rights::easter(2038), on(2038, 4, 25));  // the latest there is
  EXPECT_EQ(rights::orthodox_easter(2024), on(2024, 5, 5));
  EXPECT_EQ(rights::orthodox_easter(2025), on(2025, 4, 20));
  EXPECT_EQ(rights::orthodox_easter(2026), on(2026, 4, 12));
}

// clause-095.deadlines
TEST(Calendar, EndsAMonthOnTheSameDayOrOnItsLastOne) {
  const struct {
    const char* country;
    Day received;
    int months;
    const char* due;
    const char* why;
  } cases[] = {
      {"NL", on(2026, 3, 5), 1, "2026-04-07", "5 April is Easter Sunday, the 6th Easter Monday"},
      {"NL", on(2026, 2, 10), 1, "2026-03-10", "the same day"},
      {"DE", on(2026, 8, 31), 1, "2026-09-30", "September has no 31st"},
      {"DE", on(2024, 1, 31), 1, "2024-02-29", "a leap year"},
      {"DE", on(2025, 1, 31), 1, "2025-02-28", "and none"},
      {"DE", on(2026, 9, 3), 1, "2026-10-05", "the 3rd of October is a Saturday and a holiday"},
      {"FR", on(2026, 6, 14), 1, "2026-07-15", "the 14th of July"},
      {"GB", on(2026, 11, 25), 1, "2026-12-29", "Christmas, Boxing Day's substitute on Monday"},
      {"IE", on(2027, 11, 25), 1, "2027-12-29", "both moved: Monday and Tuesday"},
      {"SE", on(2026, 5, 20), 1, "2026-06-22", "midsummer's Saturday"},
      {"NL", on(2025, 3, 27), 1, "2025-04-28", "King's Day falls on a Sunday, so on Saturday"},
      {"DK", on(2024, 3, 26), 1, "2024-04-26", "no Great Prayer Day any more"},
      {"GR", on(2026, 3, 13), 1, "2026-04-14", "Orthodox Easter Monday"},
      {"ES", on(2026, 10, 30), 3, "2027-02-01", "extended; the 30th of January is a Saturday"},
      {"AT", on(2026, 11, 30), 3, "2027-03-01", "extended to a February without a 30th: Sunday"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(to_text(Calendar::of(c.country).months_after(c.received, c.months)), c.due)
        << c.country << ' ' << to_text(c.received) << ": " << c.why;
  }
}

// clause-095.deadlines
TEST(Calendar, HoldsTheRegulationOnEveryDayFrom2024To2040InEveryCountry) {
  for (const auto& country : Calendar::countries()) {
    const auto& calendar = Calendar::of(country);
    std::map<Day, bool> works;
    for (Day d = on(2024, 1, 1); d < on(2041, 6, 1); d += days(1))
      works[d] = calendar.is_working_day(d);
    for (Day received = on(2024, 1, 1); received < on(2041, 1, 1); received += days(1)) {
      const year_month_day from(received);
      for (const int months : {rights::kMonthsToAnswer, rights::kMonthsWhenExtended}) {
        // As the Regulation says it, in other words than the code's.
        const auto target = year_month(from.year(), from.month()) + std::chrono::months(months);
        Day plain = sys_days(target / 1);
        while (year_month_day(plain).day() != from.day() &&
               year_month_day(plain + days(1)).month() == target.month())
          plain += days(1);
        const Day due = calendar.months_after(received, months);
        ASSERT_TRUE(works[due]) << country << to_text(received);
        ASSERT_GE(due, plain) << country << to_text(received);
        ASSERT_LE(due - plain, days(6)) << country << to_text(received);
        for (Day d = plain; d < due; d += days(1))
          ASSERT_FALSE(works[d]) << country << to_text(received) << " slept past " << to_text(d);
      }
    }
  }
}

TEST(Calendar, TakesTheEarlierDayWhereClocksDiffer) {
  const base::Instant after_midnight = base::Instant(on(2026, 3, 6)) + minutes(30);
  EXPECT_EQ(rights::day_of_receipt(after_midnight), on(2026, 3, 5));
  EXPECT_EQ(rights::end_of(on(2026, 4, 7)), base::Instant(on(2026, 4, 7)) + hours(21));
}

// clause-092.directory
TEST(Authorities, StandForEveryCountryOfTheEeaTheUnitedKingdomAndSwitzerland) {
  const char* all[] = {"AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE",
                       "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT",
                       "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO", "GB", "CH"};
  EXPECT_EQ(std::size(all), 32u);
  for (const auto* country : all) {
    const auto* authority = rights::authority_of(country);
    ASSERT_NE(authority, nullptr) << country;
    EXPECT_FALSE(authority->name.empty());
    EXPECT_TRUE(authority->website.starts_with("https://")) << country;
    EXPECT_FALSE(Calendar::of(country).holiday(on(2026, 1, 1)).empty()) << country;
  }
}

}  // namespace
