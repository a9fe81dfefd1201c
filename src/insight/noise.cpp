#include "insight/noise.h"

#include <cassert>
#include <cmath>
#include <span>

#include "base/random.h"

namespace insight {
namespace {

Wide wide(Randomness& chance) {
  const Wide high = chance.next();
  return high << 64 | chance.next();
}

// True with the chance over / under; over <= under.
bool falls(Wide over, Wide under, Randomness& chance) { return uniform(under, chance) < over; }

// Algorithm 1 for exponents in 0..1: the first k at which a coin of chance exponent/k fails is odd
// with the chance exp(-exponent).
bool falls_by_small_exp(Wide over, Wide under, Randomness& chance) {
  Wide k = 1;
  while (falls(over, under * k, chance)) ++k;
  return k % 2 == 1;
}

}  // namespace

std::uint64_t KernelRandomness::next() {
  if (left_ == 0) {
    base::fill_random({reinterpret_cast<std::uint8_t*>(ahead_.data()), sizeof ahead_});
    left_ = ahead_.size();
  }
  const auto number = ahead_[--left_];
  ahead_[left_] = 0;  // what was used is nowhere any more
  return number;
}

Wide uniform(Wide below, Randomness& chance) {
  assert(below > 0);
  if (below >> 64 == 0) {
    const auto few = static_cast<std::uint64_t>(below);
    // Numbers above the last whole multiple are drawn again: else the small ones came more often.
    const std::uint64_t left_over = (0 - few) % few;
    while (true) {
      const auto drawn = chance.next();
      if (drawn >= left_over) return drawn % few;
    }
  }
  const Wide left_over = (Wide{0} - below) % below;
  while (true) {
    const auto drawn = wide(chance);
    if (drawn >= left_over) return drawn % below;
  }
}

bool falls_by_exp(Wide over, Wide under, Randomness& chance) {
  for (; over > under; over -= under)
    if (!falls_by_small_exp(1, 1, chance)) return false;
  return falls_by_small_exp(over, under, chance);
}

// Algorithm 2.
std::int64_t discrete_laplace(const Fraction& scale, Randomness& chance) {
  const auto t = scale.over, s = scale.under;
  assert(t > 0 && s > 0 && t <= 1'048'576'000 && s <= 1'048'576'000);
  while (true) {
    const auto u = uniform(t, chance);
    if (!falls_by_exp(u, t, chance)) continue;
    std::uint64_t v = 0;
    while (falls_by_exp(1, 1, chance)) ++v;
    const auto size = static_cast<std::int64_t>((u + Wide{t} * v) / s);
    const bool is_negative = uniform(2, chance) == 1;
    if (is_negative && size == 0) continue;  // 0 has one way, not two
    return is_negative ? -size : size;
  }
}

// Algorithm 3: a discrete Laplace, kept with the chance that makes a Gaussian of it.
std::int64_t discrete_gaussian(const Fraction& variance, Randomness& chance) {
  const Wide n = variance.over, d = variance.under;
  assert(n > 0 && d > 0 && n <= 1'048'576 && d <= 1'048'576);
  std::uint64_t t = 1;  // floor(deviation) + 1
  while (Wide{t} * t * d <= n) ++t;
  while (true) {
    const auto y = discrete_laplace({t, 1}, chance);
    const Wide far = static_cast<Wide>(y < 0 ? -y : y) * t * d;
    const Wide off = far > n ? far - n : n - far;
    // (|y| - variance/t)^2 / (2 variance), with everything brought under one line.
    if (falls_by_exp(off * off, 2 * n * d * t * t, chance)) return y;
  }
}

std::int64_t laplace_bound(const Fraction& scale, double chance) {
  // P(X > x) = exp(-(x + 1) / scale) / (1 + exp(-1 / scale))
  const double q = std::exp(-1 / scale.value());
  const double x = -scale.value() * std::log(chance * (1 + q)) - 1;
  return x <= 0 ? 0 : static_cast<std::int64_t>(std::ceil(x));
}

double laplace_deviation(const Fraction& scale) {
  const double q = std::exp(-1 / scale.value());
  return std::sqrt(2 * q) / (1 - q);
}

}  // namespace insight
