// The data files of this room: tab-separated, a header line first, '#' begins a comment line.
#pragma once
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace couriers {

// Without allocation beyond the vector of views, which point into text.
inline void split(std::string_view text, char separator, std::vector<std::string_view>& pieces) {
  pieces.clear();
  for (;;) {
    const std::size_t at = text.find(separator);
    pieces.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return;
    text.remove_prefix(at + 1);
  }
}

// Calls row(std::span<const std::string_view>) for each line; missing cells at the end read empty.
template <class Row>
void for_each_row(std::string_view text, std::size_t columns, Row&& row) {
  std::vector<std::string_view> cells;
  bool header = true;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    if (std::exchange(header, false)) continue;
    split(line, '\t', cells);
    cells.resize(columns);
    row(std::span<const std::string_view>(cells));
  }
}

}  // namespace couriers
