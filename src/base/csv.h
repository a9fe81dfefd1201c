// Comma separated values (RFC 4180), read from the whole text and written cell by cell.
//
// A quoted cell may hold commas, line ends and doubled quotes. Forgiven: a byte order mark, LF for
// CRLF, a missing last line end, a quote inside an unquoted cell. A quote that never closes takes
// the rest of the text.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace base {

class CsvReader {
 public:
  explicit CsvReader(std::string_view text);
  // The next row; false at the end. An empty line is a row of one empty cell.
  bool next(std::vector<std::string>& cells);

 private:
  bool cell(std::string& out);  // true when another follows in this row
  std::string_view rest_;
};

// Appends the cell, quoted only where it has to be.
void append_csv(std::string& out, std::string_view cell);

}  // namespace base
