// Noise of exactly the distribution it promises, from integers alone: Canonne, Kamath and Steinke,
// "The Discrete Gaussian for Differential Privacy" (2020), algorithms 1 to 3.
//
// Samplers made of floating point leak: the gaps between the numbers they can reach give away what
// lies under the noise (Mironov 2012). Here every decision is one uniform whole number compared
// with another, so the probabilities are the formula's own, not its rounding.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace insight {

// Whole numbers up to 128 bits: what the samplers multiply may need more than 64.
__extension__ typedef unsigned __int128 Wide;

// Where chance comes from. One per thread.
class Randomness {
 public:
  virtual ~Randomness() = default;
  virtual std::uint64_t next() = 0;  // 64 even bits
};

// From the kernel, some of it ahead. Throws std::system_error when the kernel has none.
class KernelRandomness final : public Randomness {
 public:
  std::uint64_t next() override;

 private:
  std::array<std::uint64_t, 64> ahead_{};
  std::size_t left_ = 0;
};

// A positive fraction, over / under; neither is 0 nor above 2^20 * 1000 (checked where it is used).
struct Fraction {
  std::uint64_t over = 1;
  std::uint64_t under = 1;
  double value() const { return static_cast<double>(over) / static_cast<double>(under); }
};

// 0 .. below - 1, each alike. below > 0.
Wide uniform(Wide below, Randomness& chance);
// True with the chance exp(-over / under). under > 0.
bool falls_by_exp(Wide over, Wide under, Randomness& chance);
// P(x) is proportional to exp(-|x| / scale).
std::int64_t discrete_laplace(const Fraction& scale, Randomness& chance);
// P(x) is proportional to exp(-x^2 / (2 variance)). Both halves of the fraction below 2^20.
std::int64_t discrete_gaussian(const Fraction& variance, Randomness& chance);

// The least x whose chance to be passed by a discrete Laplace is at most `chance`; of one side.
std::int64_t laplace_bound(const Fraction& scale, double chance);
// The standard deviation of a discrete Laplace.
double laplace_deviation(const Fraction& scale);

}  // namespace insight
