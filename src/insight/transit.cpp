#include "insight/transit.h"

#include <algorithm>
#include <cmath>

namespace insight {
namespace {

std::int64_t at(const Counts& counts, std::size_t cell) {
  return cell < counts.cells.size() ? counts.cells[cell].value_or(0) : 0;
}

}  // namespace

Transit transit_of(const Counts& counts) {
  Transit out;
  for (std::size_t day = 0; day <= kLongestDays; ++day) {
    out.delivered += at(counts, delivered_after(day));
    out.under_way += at(counts, under_way_for(day));
  }
  std::int64_t at_risk = out.delivered + out.under_way;
  double still = 1, greenwood = 0;
  for (std::size_t day = 0; day <= kLongestDays; ++day) {
    const auto arrived = at(counts, delivered_after(day));
    // After the last that was seen nothing changes any more (Gill 1980): what did not arrive is
    // still under way.
    if (at_risk > 0) still *= 1 - static_cast<double>(arrived) / static_cast<double>(at_risk);
    if (arrived < at_risk) {
      greenwood += static_cast<double>(arrived) /
                   (static_cast<double>(at_risk) * static_cast<double>(at_risk - arrived));
    }
    if (!out.median && still <= 0.5) out.median = static_cast<int>(day);
    if (!out.p90 && still <= 0.1) out.p90 = static_cast<int>(day);
    out.mean += still;
    out.spread += still * still * greenwood;
    at_risk -= arrived + at(counts, under_way_for(day));
  }
  out.spread = std::sqrt(out.spread);
  return out;
}

std::vector<Ranked> ranking(std::vector<Ranked> all) {
  std::ranges::sort(all, {}, [](const Ranked& one) { return one.transit.mean; });
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].place = static_cast<int>(i) + 1;
    if (i == 0) continue;
    // Against the first of its place: a chain of small steps is no tie of its ends.
    const auto& first = all[static_cast<std::size_t>(all[i - 1].place) - 1].transit;
    const auto apart = std::hypot(first.spread, all[i].transit.spread);
    if (all[i].transit.mean - first.mean <= 2 * apart) all[i].place = all[i - 1].place;
  }
  return all;
}

}  // namespace insight
