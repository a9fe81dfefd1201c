// How long parcels take, out of counts that went through the release gate.
//
// A cell for each number of whole days a parcel took to be delivered, and one for each number of
// days it has been under way without being delivered: those count, too, because a parcel that never
// arrives must flatter nobody (the product-limit estimate, Kaplan and Meier 1958). Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "insight/gate.h"

namespace insight {

inline constexpr std::size_t kLongestDays = 60;  // and longer
inline constexpr std::size_t kTransitCells = 2 * (kLongestDays + 1);
constexpr std::size_t delivered_after(std::size_t days) {
  return days < kLongestDays ? days : kLongestDays;
}
constexpr std::size_t under_way_for(std::size_t days) {
  return kLongestDays + 1 + delivered_after(days);
}

struct Transit {
  std::int64_t delivered = 0, under_way = 0;  // noisy counts
  // Days within which so much of what is sent arrives; nothing when that much does not arrive
  // within what was seen.
  std::optional<int> median, p90;
  // Of all days up to the longest, how many a parcel is under way on average (the restricted mean);
  // its standard deviation from the noise and from chance together, in days.
  double mean = 0, spread = 0;
};
// For Anonymised::derived. Cells that were not shown count as none.
Transit transit_of(const Counts& counts);

struct Ranked {
  std::string name;
  Transit transit;
  int place = 1;  // the same for those whom the figures do not tell apart
};
// The fastest first. Two are told apart when their means differ by more than twice the spread of
// the difference.
std::vector<Ranked> ranking(std::vector<Ranked> all);

}  // namespace insight
