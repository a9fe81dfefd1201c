#include "rights/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.h"

namespace embedded {
std::string_view rights_holidays();
std::string_view rights_authorities();
std::string_view rights_grounds();
std::string_view rights_rules();
std::string_view rights_reach();
std::string_view rights_origins();
}  // namespace embedded

namespace rights {

std::string_view embedded_holidays() { return embedded::rights_holidays(); }
std::string_view embedded_authorities() { return embedded::rights_authorities(); }
std::string_view embedded_grounds() { return embedded::rights_grounds(); }
std::string_view embedded_rules() { return embedded::rights_rules(); }
std::string_view embedded_reach() { return embedded::rights_reach(); }
std::string_view embedded_origins() { return embedded::rights_origins(); }

std::vector<std::vector<std::string_view>> tsv_rows(std::string_view text, std::size_t cells) {
  std::vector<std::vector<std::string_view>> rows;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    auto& row = rows.emplace_back();
    for (;;) {
      const auto tab = line.find('\t');
      row.push_back(line.substr(0, tab));
      if (tab == std::string_view::npos) break;
      line.remove_prefix(tab + 1);
    }
    if (row.size() != cells)
      throw std::runtime_error(
          fmt::format("data/rights: a row has {} cells, not {}", row.size(), cells));
  }
  return rows;
}

const std::vector<Authority>& authorities() {
  static const std::vector<Authority> made = [] {
    std::vector<Authority> all;
    for (const auto& row : tsv_rows(embedded_authorities(), 3))
      all.push_back({std::string(row[0]), std::string(row[1]), std::string(row[2])});
    return all;
  }();
  return made;
}

const Authority* authority_of(std::string_view country) {
  const auto& all = authorities();
  const auto found = std::ranges::find(all, base::upper(country), &Authority::country);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace rights
