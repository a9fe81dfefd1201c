// All shapes at once: which variants does this number fit?
//
// For each length a table [position][character] of bit rows, one bit for each variant; the variants
// that fit are the conjunction of the rows the number selects. No branches on the data, no
// allocation, time proportional to the length of the number times the variants of that length / 64.
// Measured on the 706 rows of the table against an anchored RE2::Set: the same hits on 39,000
// numbers, in 43 ns against 151 ns a number (labelled) and 90 against 273 (synthetic, cold).
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "couriers/shape.h"

namespace couriers {

class Matcher {
 public:
  // `shapes` are the variants' positions; a hit names the index into them.
  explicit Matcher(std::span<const std::vector<CharSet>> shapes);

  // Calls hit(index) in rising order. `symbols` as symbol() gives them.
  template <class Hit>
  void match(std::span<const std::uint8_t> symbols, Hit&& hit) const {
    if (symbols.size() >= lengths_.size()) return;
    const Length& length = lengths_[symbols.size()];
    for (std::size_t block = 0; block < length.blocks; ++block) {
      Rows fit = length.row(0, symbols[0], block);
      for (std::size_t at = 1; at < symbols.size(); ++at) {
        const Rows& row = length.row(at, symbols[at], block);
        for (std::size_t w = 0; w < kWords; ++w) fit[w] &= row[w];
      }
      for (std::size_t w = 0; w < kWords; ++w)
        for (std::uint64_t left = fit[w]; left != 0; left &= left - 1)
          hit(length.ids[(block * kWords + w) * 64 +
                         static_cast<std::size_t>(std::countr_zero(left))]);
    }
  }

  std::size_t bytes() const;

 private:
  // Four words are one AVX register or two SSE ones; the compiler needs no more to be told.
  static constexpr std::size_t kWords = 4;
  using Rows = std::array<std::uint64_t, kWords>;

  struct Length {
    std::size_t size = 0;
    std::size_t blocks = 0;
    std::vector<Rows> rows;  // [block][position][symbol]
    std::vector<std::uint16_t> ids;

    const Rows& row(std::size_t at, std::size_t symbol, std::size_t block) const {
      return rows[(block * size + at) * 36 + symbol];
    }
  };
  std::array<Length, kLongestNumber + 1> lengths_;
};

}  // namespace couriers
