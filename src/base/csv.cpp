#include "base/csv.h"

namespace base {

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
}

bool CsvReader::next(std::vector<std::string>& cells) {
  if (rest_.empty()) return false;
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    if (count == cells.size()) cells.emplace_back();
    cells[count].clear();
    more = cell(cells[count]);
  }
  cells.resize(count);
  return true;
}

bool CsvReader::cell(std::string& out) {
  if (rest_.starts_with('"')) {
    rest_.remove_prefix(1);
    for (;;) {
      const auto quote = rest_.find('"');
      out += rest_.substr(0, quote);
      rest_.remove_prefix(quote == rest_.npos ? rest_.size() : quote + 1);
      if (!rest_.starts_with('"')) break;
      out += '"';
      rest_.remove_prefix(1);
    }
  }
  const auto end = rest_.find_first_of(",\n");
  const bool more = end != rest_.npos && rest_[end] == ',';
  auto plain = rest_.substr(0, end);
  if (!more && plain.ends_with('\r')) plain.remove_suffix(1);
  out += plain;
  rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
  return more;
}

void append_csv(std::string& out, std::string_view cell) {
  if (cell.find_first_of("\",\r\n") == cell.npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace base
