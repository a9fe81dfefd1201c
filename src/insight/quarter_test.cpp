#include "insight/quarter.h"

#include <gtest/gtest.h>

namespace insight {
namespace {

base::Instant day(int year, unsigned month, unsigned date) {
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) /
                               std::chrono::day(date));
}

TEST(Quarters, AreNamedAndNeighbours) {
  const auto quarter = Quarter::parse("2026-Q1");
  ASSERT_TRUE(quarter);
  EXPECT_EQ(quarter->before().name(), "2025-Q4");
  EXPECT_EQ(quarter->until(), std::chrono::sys_days(std::chrono::year(2026) / 4 / 1));
  EXPECT_EQ(Quarter::of(day(2026, 12, 31)).name(), "2026-Q4");
  EXPECT_EQ(Quarter::of(day(2026, 1, 1)), *quarter);
  for (const char* text : {"", "2026-Q5", "2026-Q0", "2026Q1", "2o26-Q1", "2026-Q11"})
    EXPECT_FALSE(Quarter::parse(text)) << text;
}

// A month after their end, and no later than the first parcel's 180th day.
TEST(Quarters, AreRipeWhileAllTheirParcelsAreThereAndOldEnough) {
  const auto quarter = *Quarter::parse("2026-Q3");
  EXPECT_FALSE(quarter.is_ripe(day(2026, 10, 31)));
  EXPECT_TRUE(quarter.is_ripe(day(2026, 11, 1)));
  EXPECT_TRUE(quarter.is_ripe(day(2026, 12, 27)));
  EXPECT_FALSE(quarter.is_ripe(day(2026, 12, 28)));
  EXPECT_EQ(newest_ripe(day(2026, 11, 23))->name(), "2026-Q3");
  EXPECT_EQ(newest_ripe(day(2026, 10, 15)), std::nullopt);
}

}  // namespace
}  // namespace insight
