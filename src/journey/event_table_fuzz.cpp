// Any bytes as a table of events: every row comes out, and what came out can be read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/csv.h"
#include "journey/event_table.h"
#include "journey/understanding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string out;
  journey::EventTableReader reader;
  reader.judge = [](const journey::EventRow& row) {
    return journey::Understanding::builtin().by_wording(row.description, row.language);
  };
  reader.write = [&out](std::string_view rows) { out += rows; };
  const auto count = journey::understand_table({reinterpret_cast<const char*>(data), size}, reader);
  if (!count) {
    if (!out.empty() || count.error().empty()) std::abort();
    return 0;
  }
  base::CsvReader again(out);
  std::vector<std::string> cells;
  std::size_t rows = 0, width = 0;
  while (again.next(cells)) {
    if (rows++ == 0) width = cells.size();
    if (cells.size() != width) std::abort();
  }
  if (rows != count.value().rows + 1) std::abort();
  return 0;
}
