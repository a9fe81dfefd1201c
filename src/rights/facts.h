// The room's tables (data/rights/), as they are compiled into the program, and the reading of them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace rights {

std::string_view embedded_holidays();
std::string_view embedded_authorities();
std::string_view embedded_grounds();
std::string_view embedded_rules();
std::string_view embedded_reach();
std::string_view embedded_origins();

// The rows of a table: '#' begins a comment line, a tab ends a cell. Throws std::runtime_error for
// a row that has not so many cells: a fault of the program's own data.
std::vector<std::vector<std::string_view>> tsv_rows(std::string_view text, std::size_t cells);

// Where to complain about a controller of this country (GDPR Art. 77). Every country of the EEA,
// the United Kingdom and Switzerland has one; nullptr for others.
struct Authority {
  std::string country, name, website;
};
const Authority* authority_of(std::string_view country);
const std::vector<Authority>& authorities();

}  // namespace rights
