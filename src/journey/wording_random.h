// Random numbers for the training of the wording model.
#pragma once
#include <cstddef>
#include <cstdint>

namespace journey {

// Small and the same everywhere, unlike the standard library's distributions.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint32_t next() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::uint32_t>(state_ >> 33);
  }
  std::uint32_t below(std::size_t n) { return next() % static_cast<std::uint32_t>(n); }

 private:
  std::uint64_t state_;
};

}  // namespace journey
