#include "insight/noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

#include "insight/testing.h"

namespace insight {
namespace {

// Pearson's statistic of `draws` against a pmf over -reach..reach, everything beyond in one class
// at each end.
double chi_square(int draws, int reach, const std::function<double(std::int64_t)>& pmf,
                  const std::function<std::int64_t()>& draw) {
  std::map<std::int64_t, int> seen;
  for (int i = 0; i < draws; ++i) ++seen[std::clamp<std::int64_t>(draw(), -reach - 1, reach + 1)];
  double inside = 0, sum = 0;
  for (std::int64_t x = -reach; x <= reach; ++x) inside += pmf(x);
  for (std::int64_t x = -reach - 1; x <= reach + 1; ++x) {
    const double expected = draws * (std::abs(x) > reach ? (1 - inside) / 2 : pmf(x));
    EXPECT_GT(expected, 5) << "a class too small for the test: " << x;
    sum += (seen[x] - expected) * (seen[x] - expected) / expected;
  }
  return sum;
}

// The point that a chi-square of n degrees passes with the chance 0.001 (Wilson and Hilferty).
double critical(int n) {
  const double a = 2.0 / (9.0 * n);
  return n * std::pow(1 - a + 3.0902 * std::sqrt(a), 3);
}

// clause-047.noise
TEST(Noise, OfLaplaceHasTheDistributionOfTheFormula) {
  const struct {
    Fraction scale;
    int reach;
  } cases[] = {{{1, 1}, 7}, {{5, 2}, 16}, {{1, 3}, 2}, {{6'250'000, 1'000'000}, 40}};
  SeededRandomness chance(20261123);
  for (const auto& [scale, reach] : cases) {
    const double q = std::exp(-1 / scale.value());
    const auto pmf = [q](std::int64_t x) {
      return (1 - q) / (1 + q) * std::pow(q, static_cast<double>(std::abs(x)));
    };
    const auto draw = [&chance, s = scale] { return discrete_laplace(s, chance); };
    EXPECT_LT(chi_square(200'000, reach, pmf, draw), critical(2 * reach + 2)) << scale.value();
  }
}

// clause-047.noise
TEST(Noise, OfGaussHasTheDistributionOfTheFormula) {
  const struct {
    Fraction variance;
    int reach;
  } cases[] = {{{1, 1}, 3}, {{7, 2}, 6}, {{1, 4}, 1}, {{100, 1}, 34}};
  SeededRandomness chance(20261123);
  for (const auto& [variance, reach] : cases) {
    const auto weight = [v = variance.value()](std::int64_t x) {
      return std::exp(-static_cast<double>(x * x) / (2 * v));
    };
    double all = 0;
    for (std::int64_t x = -2'000; x <= 2'000; ++x) all += weight(x);
    const auto pmf = [&](std::int64_t x) { return weight(x) / all; };
    const auto draw = [&chance, v = variance] { return discrete_gaussian(v, chance); };
    EXPECT_LT(chi_square(200'000, reach, pmf, draw), critical(2 * reach + 2)) << variance.value();
  }
}

// A test that accepts everything shows nothing: noise of a slightly other scale must fail it.
TEST(Noise, IsToldFromNoiseOfAnotherScale) {
  SeededRandomness chance(20261123);
  const double q = std::exp(-1 / 2.6);
  const auto pmf = [q](std::int64_t x) {
    return (1 - q) / (1 + q) * std::pow(q, static_cast<double>(std::abs(x)));
  };
  const auto draw = [&] { return discrete_laplace({5, 2}, chance); };
  EXPECT_GT(chi_square(200'000, 16, pmf, draw), critical(34));
}

TEST(Noise, KnowsItsOwnBounds) {
  SeededRandomness chance(7);
  const Fraction scale{5, 1};
  const auto bound = laplace_bound(scale, 0.05);
  int passed = 0;
  double squares = 0;
  for (int i = 0; i < 100'000; ++i) {
    const auto drawn = discrete_laplace(scale, chance);
    passed += drawn > bound ? 1 : 0;
    squares += static_cast<double>(drawn * drawn);
  }
  EXPECT_LE(passed, 5'200);
  EXPECT_GE(passed, 3'800);  // the next smaller bound would be passed by more than 5 %
  EXPECT_NEAR(std::sqrt(squares / 100'000), laplace_deviation(scale), 0.05);
}

TEST(Noise, DrawsWideNumbersEvenly) {
  SeededRandomness chance(7);
  const Wide below = (Wide{1} << 100) + 12'345;
  int upper = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto drawn = uniform(below, chance);
    ASSERT_LT(drawn, below);
    upper += drawn >= below / 2 ? 1 : 0;
  }
  EXPECT_NEAR(upper, 10'000, 300);
}

TEST(Noise, FromTheKernelIsNotTheSameTwice) {
  KernelRandomness chance;
  const auto first = chance.next();
  int same = 0;
  for (int i = 0; i < 1'000; ++i) same += chance.next() == first ? 1 : 0;
  EXPECT_EQ(same, 0);
}

}  // namespace
}  // namespace insight
