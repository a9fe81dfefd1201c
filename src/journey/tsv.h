// Rows of the embedded tables: tab-separated, '#' begins a comment line, the first line is the
// header.
#pragma once
#include <array>
#include <string_view>
#include <utility>

namespace journey::places {

using Row = std::array<std::string_view, 4>;

template <class F>
void each_row(std::string_view tsv, F&& f) {
  bool is_header = true;
  while (!tsv.empty()) {
    const auto end = tsv.find('\n');
    auto line = tsv.substr(0, end);
    tsv = end == std::string_view::npos ? std::string_view() : tsv.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    if (std::exchange(is_header, false)) continue;
    Row row;
    for (auto& cell : row) {
      const auto tab = line.find('\t');
      cell = line.substr(0, tab);
      line = tab == std::string_view::npos ? std::string_view() : line.substr(tab + 1);
    }
    f(row);
  }
}

}  // namespace journey::places
