#include "insight/survival.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "insight/testing.h"

namespace insight {
namespace {

std::vector<std::int64_t> histogram(std::initializer_list<std::pair<int, int>> of) {
  std::vector<std::int64_t> counts(kTransitBuckets);
  for (const auto& [bucket, count] : of) counts[static_cast<std::size_t>(bucket)] = count;
  return counts;
}

// clause-049.answers
TEST(Survival, IsTheOrdinaryMeanAndMedianWhenAllArrive) {
  // 10 after one day, 60 after two, 20 after three, 10 after ten: mean 2.9.
  const auto times =
      times_of(100, histogram({{1, 10}, {2, 60}, {3, 20}, {10, 10}}), std::nullopt, std::nullopt);
  EXPECT_DOUBLE_EQ(times.mean, 2.9);
  EXPECT_EQ(times.median.days, 2);
  EXPECT_EQ(times.p90.days, 3);
  EXPECT_DOUBLE_EQ(times.never, 0);
  EXPECT_DOUBLE_EQ(times.mean_noise, 0);
  EXPECT_GT(times.mean_spread, 0);  // of chance alone
}

// Freireich's twenty-one patients under 6-MP, as Kaplan-Meier's textbook example has them, with
// lost sight in weeks: S(6) = 0.857, S(10) = 0.753, S(13) = 0.690 there.
TEST(Survival, IsKaplanAndMeiersWhereParcelsGetOutOfSight) {
  auto counts = histogram({{6, 3}, {7, 1}, {10, 1}, {13, 1}, {16, 1}, {22, 1}, {23, 1}});
  // Out of sight at 6, 9, 10, 11, 17, 19, 20, 25 and beyond 30 three times: in classes of weeks.
  for (const int day : {6, 9, 10, 11, 17, 19, 20, 25})
    ++counts[static_cast<std::size_t>(bucket_of_last_sight(day))];
  for (const int day : {32, 32, 34, 35})
    ++counts[static_cast<std::size_t>(bucket_of_last_sight(day))];
  const auto times = times_of(21, counts, std::nullopt, std::nullopt);
  // By hand with the classes' middles 3, 10, 17, 25: 20 at risk on day 6.
  double share = 1 - 3.0 / 20;
  share *= 1 - 1.0 / 17;
  share *= 1 - 1.0 / 16;
  share *= 1 - 1.0 / 12;
  share *= 1 - 1.0 / 11;
  share *= 1 - 1.0 / 7;
  share *= 1 - 1.0 / 6;
  EXPECT_NEAR(times.never, share, 1e-9);
  EXPECT_NEAR(times.never, 0.448, 0.02);  // the textbook's S(23), without classes
}

// A carrier that loses every tenth parcel, otherwise equally fast.
// clause-048.censored
TEST(Survival, IsNotFlatteredByParcelsThatNeverArrive) {
  const auto honest = times_of(1'000, histogram({{2, 600}, {3, 300}, {9, 100}}), {}, {});
  const auto losing = times_of(1'000, histogram({{2, 600}, {3, 300}, {kNever, 100}}), {}, {});
  const auto dropped = times_of(900, histogram({{2, 600}, {3, 300}}), {}, {});
  EXPECT_NEAR(dropped.mean, 2.33, 0.01);  // what an average over delivered parcels would say
  EXPECT_GT(losing.mean, honest.mean);
  EXPECT_GT(losing.mean, dropped.mean + 2);
  EXPECT_DOUBLE_EQ(losing.never, 0.1);
  // One lost out of every five: the ninetieth percentile is never reached.
  const auto bad = times_of(1'000, histogram({{1, 800}, {kNever, 200}}), {}, {});
  EXPECT_EQ(bad.p90.days, std::nullopt);
  EXPECT_EQ(bad.median.days, 1);
}

// Out of sight is not lost: who stopped looking early says nothing about the days after.
// clause-048.censored
TEST(Survival, CountsParcelsOutOfSightForAsLongAsTheyWereSeen) {
  const auto seen = times_of(200, histogram({{2, 80}, {12, 80}, {kNever, 40}}), {}, {});
  const auto blind = times_of(
      300, histogram({{2, 120}, {12, 80}, {kNever, 40}, {bucket_of_last_sight(3), 60}}), {}, {});
  EXPECT_NEAR(blind.mean, seen.mean, 0.5);
  EXPECT_NEAR(blind.never, seen.never, 0.02);
}

// The bound that is printed with each mean holds: noise alone, ten thousand times.
// clause-049.bound
TEST(Survival, StatesABoundThatItsNoiseKeeps) {
  SeededRandomness chance(5);
  const Fraction size_scale{5, 1}, scale{5, 2};
  const auto truth = histogram(
      {{1, 100}, {2, 700}, {3, 500}, {4, 300}, {5, 150}, {8, 100}, {14, 50}, {kNever, 100}});
  const auto exact = times_of(2'000, truth, std::nullopt, std::nullopt);
  constexpr int kRuns = 4'000;
  int kept = 0, median_kept = 0;
  double bias = 0;
  for (int i = 0; i < kRuns; ++i) {
    auto noisy = truth;
    for (auto& count : noisy) count += discrete_laplace(scale, chance);
    const auto times =
        times_of(2'000 + discrete_laplace(size_scale, chance), noisy, size_scale, scale);
    kept += std::abs(times.mean - exact.mean) <= times.mean_noise ? 1 : 0;
    median_kept += times.median.from.value_or(99) <= *exact.median.days &&
                           times.median.to.value_or(99) >= *exact.median.days
                       ? 1
                       : 0;
    bias += times.mean - exact.mean;
  }
  EXPECT_GT(kept, kRuns * 95 / 100);
  EXPECT_GT(median_kept, kRuns * 95 / 100);
  EXPECT_LT(std::abs(bias / kRuns), exact.mean * 0.05);
}

TEST(Survival, SaysSomethingSensibleOfNonsense) {
  std::vector<std::int64_t> counts(kTransitBuckets, -50);
  const auto times = times_of(-3, counts, Fraction{5, 1}, Fraction{5, 2});
  EXPECT_TRUE(std::isfinite(times.mean));
  EXPECT_GE(times.mean, 0);
  EXPECT_LE(times.mean, kLongestDays + 1);
}

}  // namespace
}  // namespace insight
