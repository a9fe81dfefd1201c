// The room's data files (data/mailbox/): tab-separated, '#' begins a comment line, the first other
// line names the columns.
#pragma once
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace mailbox {

// Views into the text, which is compiled into the program. Cells that a line lacks are empty.
template <std::size_t N>
std::vector<std::array<std::string_view, N>> table_rows(std::string_view text) {
  std::vector<std::array<std::string_view, N>> rows;
  bool is_header = true;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    if (is_header) {
      is_header = false;
      continue;
    }
    auto& row = rows.emplace_back();
    for (auto& cell : row) {
      const auto tab = line.find('\t');
      cell = line.substr(0, tab);
      line = tab == std::string_view::npos ? std::string_view() : line.substr(tab + 1);
    }
  }
  return rows;
}

}  // namespace mailbox
