// CSV (RFC 4180): the first line names the columns, each further line is a child `row`. The
// separator is the one of comma, semicolon and tab that the header has most of.
#include "carriers/document.h"

namespace carriers::formats {
namespace {

char separator_of(std::string_view header) {
  char best = ',';
  std::ptrdiff_t most = 0;
  for (const char c : {',', ';', '\t'}) {
    const auto n = std::count(header.begin(), header.end(), c);
    if (n > most) {
      most = n;
      best = c;
    }
  }
  return best;
}

// Takes one field off the front; `ends_row` when a line ends behind it.
std::string take_field(std::string_view& rest, char separator, bool& ends_row) {
  std::string field;
  if (rest.starts_with('"')) {
    rest.remove_prefix(1);
    while (!rest.empty()) {
      const char c = rest.front();
      rest.remove_prefix(1);
      if (c != '"') {
        field += c;
      } else if (rest.starts_with('"')) {
        field += '"';
        rest.remove_prefix(1);
      } else {
        break;
      }
    }
  }
  const auto end = std::min(rest.find_first_of(std::string{separator, '\r', '\n'}), rest.size());
  field += rest.substr(0, end);
  rest.remove_prefix(end);
  ends_row = rest.empty() || rest.front() != separator;
  if (rest.starts_with('\r')) rest.remove_prefix(1);
  if (!rest.empty() && (rest.front() == '\n' || rest.front() == separator)) rest.remove_prefix(1);
  return field;
}

std::vector<std::string> take_row(std::string_view& rest, char separator) {
  std::vector<std::string> row;
  for (bool ends = false; !ends;) row.push_back(take_field(rest, separator, ends));
  return row;
}

}  // namespace

base::Outcome<ParseError> read_csv(std::string_view bytes, Document& into) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  if (bytes.empty()) return base::Failure{ParseError{"not CSV: there is no header", 0}};
  const char separator = separator_of(bytes.substr(0, bytes.find_first_of("\r\n")));
  std::vector<std::string_view> names;
  for (const auto& name : take_row(bytes, separator)) names.push_back(into.keep(name));
  while (!bytes.empty()) {
    const auto row = take_row(bytes, separator);
    if (row.size() == 1 && row.front().empty()) continue;
    const auto at = into.add(kRoot, "row");
    if (at == kNoNode) break;
    for (std::size_t i = 0; i < row.size() && i < names.size(); ++i) {
      if (into.add(at, names[i], into.keep(row[i]),
                   row[i].empty() ? Node::Kind::Hollow : Node::Kind::Text) == kNoNode)
        break;
    }
  }
  return base::kDone;
}

}  // namespace carriers::formats
