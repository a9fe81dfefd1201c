#include "couriers/matcher.h"

namespace couriers {

Matcher::Matcher(std::span<const std::vector<CharSet>> shapes) {
  for (std::size_t i = 0; i < shapes.size(); ++i)
    lengths_[shapes[i].size()].ids.push_back(static_cast<std::uint16_t>(i));
  for (std::size_t size = 1; size < lengths_.size(); ++size) {
    Length& length = lengths_[size];
    length.size = size;
    length.blocks = (length.ids.size() + kWords * 64 - 1) / (kWords * 64);
    length.rows.assign(length.blocks * size * 36, Rows{});
    for (std::size_t bit = 0; bit < length.ids.size(); ++bit) {
      const std::size_t block = bit / (kWords * 64);
      const std::vector<CharSet>& shape = shapes[length.ids[bit]];
      for (std::size_t at = 0; at < size; ++at)
        for (std::size_t symbol = 0; symbol < 36; ++symbol)
          if (shape[at] >> symbol & 1)
            length.rows[(block * size + at) * 36 + symbol][bit / 64 % kWords] |= std::uint64_t{1}
                                                                                 << bit % 64;
    }
  }
}

std::size_t Matcher::bytes() const {
  std::size_t bytes = 0;
  for (const Length& length : lengths_)
    bytes += length.rows.size() * sizeof(Rows) + length.ids.size() * sizeof(std::uint16_t);
  return bytes;
}

}  // namespace couriers
