// A table of events as CSV: rows in, the same rows with what each means out (milepost classify).
//
// The columns carrier, raw_code, description and language count, in any order, however their names
// are cased; the others are passed through as they are. status, substatus and by are added behind
// them. One row out for each row in, except for empty lines.
//
// Odd tables: a byte order mark, CRLF, quoted line ends, broken UTF-8 and NUL are taken as they
// come. A row with too few cells is filled up. One with too many loses those that have no column,
// because whatever stands behind the last column would be read as the status; that is counted.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journey/verdict.h"

namespace journey {

struct EventRow {
  std::string_view carrier, raw_code, description, language;
};

struct EventTableReader {
  std::function<Verdict(const EventRow&)> judge;
  std::function<std::string(const EventRow&)> explain;  // a column "why" when there is one
  std::function<void(std::string_view)> write;          // some rows at a time
};

struct EventTableCount {
  std::size_t rows = 0;
  std::size_t cut_rows = 0;  // had cells without a column
  // The row (the first below the header is 1) whose quote is never closed, so that the rest of the
  // table stands in one cell; 0: none.
  std::size_t open_quote_row = 0;
};

// A sentence for people: what is wrong with the header. Nothing has been written then.
base::Result<EventTableCount, std::string> understand_table(std::string_view csv,
                                                            const EventTableReader& reader);

}  // namespace journey
