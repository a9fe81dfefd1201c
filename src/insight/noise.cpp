#include "insight/noise.h"

#include <cstring>
#include <span>

#include "base/random.h"

namespace insight {

std::uint64_t KernelBits::next() {
  if (used_ == block_.size()) {
    base::fill_random(std::span(reinterpret_cast<std::uint8_t*>(block_.data()), sizeof(block_)));
    used_ = 0;
  }
  return block_[used_++];
}

std::uint64_t uniform(Bits& bits, std::uint64_t below) {
  // What lies above the last whole multiple is thrown away, or small numbers would be likelier.
  const std::uint64_t rest = (UINT64_MAX % below + 1) % below;
  for (;;) {
    const auto drawn = bits.next();
    if (drawn <= UINT64_MAX - rest) return drawn % below;
  }
}

bool bernoulli(Bits& bits, std::uint64_t numerator, std::uint64_t denominator) {
  return uniform(bits, denominator) < numerator;
}

namespace {

// The same for fractions up to 1 (their algorithm 1): of how often a shrinking coin falls well the
// parity tells.
bool bernoulli_exp_below_one(Bits& bits, std::uint64_t numerator, std::uint64_t denominator) {
  std::uint64_t k = 1;
  while (bernoulli(bits, numerator, denominator * k)) ++k;
  return k % 2 == 1;
}

}  // namespace

bool bernoulli_exp(Bits& bits, std::uint64_t numerator, std::uint64_t denominator) {
  for (; numerator > denominator; numerator -= denominator) {
    if (!bernoulli_exp_below_one(bits, 1, 1)) return false;
  }
  return bernoulli_exp_below_one(bits, numerator, denominator);
}

std::int64_t discrete_laplace(Bits& bits, std::uint64_t numerator, std::uint64_t denominator) {
  for (;;) {
    const auto within = uniform(bits, denominator);
    if (!bernoulli_exp(bits, within, denominator)) continue;
    std::uint64_t whole = 0;
    while (bernoulli_exp(bits, 1, 1)) ++whole;
    const auto size = static_cast<std::int64_t>((within + denominator * whole) / numerator);
    const bool is_negative = bernoulli(bits, 1, 2);
    if (is_negative && size == 0) continue;  // or nought would come twice
    return is_negative ? -size : size;
  }
}

}  // namespace insight
