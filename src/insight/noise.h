// Noise that is exactly what it is said to be: integers only, no floating point, so that no
// rounding tells what was hidden (Mironov 2012 broke samplers that had some). The algorithms are
// those of Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy" (2020),
// section 5.
#pragma once
#include <array>
#include <cstdint>

namespace insight {

// Where the bits come from.
class Bits {
 public:
  virtual ~Bits() = default;
  virtual std::uint64_t next() = 0;
};
// The kernel's, fetched in blocks. Not safe from several threads at once.
class KernelBits final : public Bits {
 public:
  std::uint64_t next() override;

 private:
  std::array<std::uint64_t, 64> block_{};
  std::size_t used_ = 64;
};

// 0 ... below - 1, each as likely. `below` above 0.
std::uint64_t uniform(Bits& bits, std::uint64_t below);
// True with probability numerator / denominator, which is at most 1.
bool bernoulli(Bits& bits, std::uint64_t numerator, std::uint64_t denominator);
// True with probability exp(-numerator / denominator), for any fraction from 0 on. The denominator
// stays below 2^40.
bool bernoulli_exp(Bits& bits, std::uint64_t numerator, std::uint64_t denominator);
// Any integer x with probability proportional to exp(-|x| * numerator / denominator), both at most
// 2^30: the discrete Laplace distribution of scale denominator / numerator.
std::int64_t discrete_laplace(Bits& bits, std::uint64_t numerator, std::uint64_t denominator);

}  // namespace insight
