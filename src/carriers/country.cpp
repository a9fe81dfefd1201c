#include "carriers/country.h"

#include <unordered_map>

#include "base/text.h"
#include "carriers/letters.h"

namespace embedded {
std::string_view places_countries();
}

namespace carriers {
namespace {

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : lower_letters(text)) {
    if (c != '.' && c != ' ' && c != '\'' && c != ',') out += c;
  }
  return out;
}

std::vector<std::string_view> parts(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto end = text.find(separator);
    out.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return out;
}

using Names = std::unordered_map<std::string, std::string>;

Names read_names() {
  Names names;
  for (const auto line : parts(embedded::places_countries(), '\n')) {
    const auto columns = parts(line, '\t');
    if (columns.size() != 3 || line.front() == '#') continue;
    const std::string code(columns[0]);
    names.emplace(base::lower(code), code);
    names.emplace(base::lower(columns[1]), code);
    for (const auto name : parts(columns[2], '|')) names.emplace(folded(name), code);
  }
  return names;
}

}  // namespace

std::string country_code(std::string_view text) {
  static const Names kNames = read_names();
  if (text.empty()) return {};
  if (text.size() == 2 && base::is_upper(text[0]) && base::is_upper(text[1]))
    return std::string(text);
  const auto found = kNames.find(folded(text));
  return found == kNames.end() ? std::string(text) : found->second;
}

}  // namespace carriers
