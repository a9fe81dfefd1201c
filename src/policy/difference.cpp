#include "policy/difference.h"

#include <algorithm>
#include <cstdint>

namespace policy {
namespace {

constexpr std::size_t kMostLines = 1'500;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty() && lines.size() < kMostLines) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!text.empty()) lines.push_back(text);
  return lines;
}

}  // namespace

std::vector<Change> difference(std::string_view before, std::string_view after) {
  const auto a = lines_of(before), b = lines_of(after);
  // longest[i][j]: of the common subsequence of what follows line i of a and line j of b.
  const auto width = b.size() + 1;
  std::vector<std::uint16_t> longest((a.size() + 1) * width);
  for (auto i = a.size(); i-- > 0;) {
    for (auto j = b.size(); j-- > 0;) {
      longest[i * width + j] =
          a[i] == b[j] ? static_cast<std::uint16_t>(longest[(i + 1) * width + j + 1] + 1)
                       : std::max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  std::vector<Change> changes;
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      changes.push_back({Change::Kind::Same, a[i]});
      ++i, ++j;
    } else if (j == b.size() ||
               (i < a.size() && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
      changes.push_back({Change::Kind::Gone, a[i++]});
    } else {
      changes.push_back({Change::Kind::New, b[j++]});
    }
  }
  return changes;
}

}  // namespace policy
