#include "insight/survival.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>

namespace insight {
namespace {

constexpr double kConfidence = 1.96;
// Wider where the deviation itself is an estimate, made from a histogram that bears noise.
constexpr double kOfAnEstimate = 2.2;
// On which day a class of lost sight is taken out, the middle of its days.
constexpr std::array<int, kSightClasses> kSightDays{3, 10, 17, 25};

double variance(const std::optional<Fraction>& scale) {
  return scale ? std::pow(laplace_deviation(*scale), 2) : 0;
}

// The nearest histogram of this sum without negative counts: everything is lowered by the same, and
// what falls below nothing is nothing (projection on the simplex).
void project(std::vector<double>& counts, double sum) {
  std::vector<double> sorted = counts;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  double above = 0, lower = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    above += sorted[i];
    const double by = (above - sum) / static_cast<double>(i + 1);
    if (sorted[i] > by) lower = by;
  }
  for (auto& count : counts) count = std::max(0.0, count - lower);
}

// Share not there yet after each day.
std::array<double, kLongestDays + 1> survival(const std::vector<double>& counts, double all) {
  std::array<double, kLongestDays + 1> curve{};
  double at_risk = all, share = 1;
  for (int day = 0; day <= kLongestDays; ++day) {
    const double arrived = counts[static_cast<std::size_t>(day)];
    if (at_risk > 0) share *= std::max(0.0, 1 - arrived / at_risk);
    at_risk -= arrived;
    for (int i = 0; i < kSightClasses; ++i)
      if (kSightDays[static_cast<std::size_t>(i)] == day)
        at_risk -= counts[static_cast<std::size_t>(kLongestDays + 1 + i)];
    curve[static_cast<std::size_t>(day)] = share;
  }
  return curve;
}

double mean_of(const std::array<double, kLongestDays + 1>& curve) {
  return std::accumulate(curve.begin(), curve.end(), 0.0);
}

struct Noise {
  std::optional<Fraction> over_size, over_counts;
};
struct Fit {
  std::vector<double> counts;
  double all = 1;
};

// The size and the sum of the counts say the same twice: weighed by how sure each is.
Fit fit(double size, std::vector<double> counts, const Noise& noise) {
  const double seen = std::accumulate(counts.begin(), counts.end(), 0.0);
  const double of_seen = variance(noise.over_counts) * static_cast<double>(counts.size());
  const double weight = of_seen == 0 ? 0 : of_seen / (of_seen + variance(noise.over_size));
  Fit fitted{std::move(counts), std::max(1.0, seen + (size - seen) * weight)};
  project(fitted.counts, fitted.all);
  return fitted;
}

// How far noise moves the mean, one deviation: found by adding fresh noise to the fitted histogram
// and fitting again (the parametric bootstrap, Efron 1979), because the projection takes away most
// of what a formula would count. The dice are always the same: the same counts have one bound. They
// guard nobody, so they need be neither secret nor exact.
double error_of_mean(const Fit& fitted, double mean, const Noise& noise) {
  constexpr int kAgain = 100;
  std::minstd_rand dice(20201);
  std::exponential_distribution<double> far(1);
  const auto draw = [&](const std::optional<Fraction>& scale) {
    return scale ? (far(dice) - far(dice)) * scale->value() : 0;
  };
  double squares = 0;
  for (int i = 0; i < kAgain; ++i) {
    auto counts = fitted.counts;
    for (auto& count : counts) count += draw(noise.over_counts);
    const auto again = fit(fitted.all + draw(noise.over_size), std::move(counts), noise);
    squares += std::pow(mean_of(survival(again.counts, again.all)) - mean, 2);
  }
  return std::sqrt(squares / kAgain);
}

std::optional<int> reached(const std::array<double, kLongestDays + 1>& curve, double share) {
  for (int day = 0; day <= kLongestDays; ++day)
    if (1 - curve[static_cast<std::size_t>(day)] >= share - 1e-9) return day;
  return std::nullopt;
}

Quantile quantile(const std::array<double, kLongestDays + 1>& curve, double share,
                  double noise_variance, double all) {
  const double error = kConfidence * std::sqrt(share * (1 - share) / all + noise_variance);
  return {reached(curve, share), reached(curve, std::max(0.0, share - error)),
          share + error >= 1 ? std::nullopt : reached(curve, share + error)};
}

}  // namespace

int bucket_of_arrival(int days) { return days > kLongestDays ? kNever : std::max(days, 0); }

int bucket_of_last_sight(int days) {
  if (days > kLongestDays) return kNever;
  return kLongestDays + 1 + std::min(std::max(days, 0) / 7, kSightClasses - 1);
}

Times times_of(std::int64_t size, const std::vector<std::int64_t>& counts,
               const std::optional<Fraction>& size_scale, const std::optional<Fraction>& scale) {
  const Noise noise{size_scale, scale};
  const auto fitted =
      fit(static_cast<double>(size), std::vector<double>(counts.begin(), counts.end()), noise);
  const auto curve = survival(fitted.counts, fitted.all);

  Times times;
  times.mean = mean_of(curve);
  times.never = curve.back();
  double squares = std::pow(kLongestDays + 1 - times.mean, 2) * fitted.counts[kNever];
  for (int day = 0; day <= kLongestDays; ++day)
    squares += std::pow(day - times.mean, 2) * fitted.counts[static_cast<std::size_t>(day)];
  const double error = scale ? error_of_mean(fitted, times.mean, noise) : 0;
  times.mean_noise = kOfAnEstimate * error;
  times.mean_spread = std::hypot(times.mean_noise, kConfidence * std::sqrt(squares) / fitted.all);
  const double of_share =
      variance(scale) * static_cast<double>(counts.size()) / 4 / std::pow(fitted.all, 2);
  times.median = quantile(curve, 0.5, of_share, fitted.all);
  times.p90 = quantile(curve, 0.9, of_share, fitted.all);
  return times;
}

}  // namespace insight
