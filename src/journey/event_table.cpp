#include "journey/event_table.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/csv.h"
#include "base/text.h"

namespace journey {
namespace {

using Cells = std::vector<std::string>;

constexpr std::size_t kWriteAt = std::size_t{1} << 16;

struct Columns {
  std::size_t carrier, raw_code, description, language;  // the width where there is none
};

bool is_name(std::string_view written, std::string_view name) {
  written = base::trim(written);
  return std::ranges::equal(written, name, [](char a, char b) { return base::to_lower(a) == b; });
}

Columns columns_of(const Cells& header) {
  const auto find = [&header](std::string_view name) {
    const auto at =
        std::ranges::find_if(header, [&](const auto& cell) { return is_name(cell, name); });
    return static_cast<std::size_t>(at - header.begin());
  };
  return {find("carrier"), find("raw_code"), find("description"), find("language")};
}

// What is wrong with a table in which neither of the columns that mean something was found.
std::string complaint_about(std::string_view csv, const Cells& header) {
  if (csv.starts_with("\xFF\xFE") || csv.starts_with("\xFE\xFF"))
    return "the table is UTF-16; save it as UTF-8";
  if (csv.empty()) return "the table is empty; its first line must name the columns";
  if (header.size() == 1) {
    for (const auto& [separator, name] : {std::pair{';', "semicolons"}, std::pair{'\t', "tabs"}}) {
      if (header[0].find(separator) != std::string::npos)
        return std::string("the columns are separated by ") + name + "; commas are needed";
    }
  }
  return "the first line must name the columns, raw_code or description at least";
}

// A quote that opens a cell and is not closed takes the rest of the table into that cell. Whether
// one is open behind the last row is seen by going through the table as the reader does.
bool ends_in_quote(std::string_view csv) {
  bool is_open = false, is_start = true;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const char c = csv[i];
    if (is_open) {
      if (c != '"') continue;
      if (i + 1 < csv.size() && csv[i + 1] == '"')
        ++i;
      else
        is_open = false;
    } else if (c == '"' && is_start) {
      is_open = true;
    }
    is_start = !is_open && (c == ',' || c == '\n');
  }
  return is_open;
}

void append_verdict(std::string& out, const Verdict& verdict) {
  if (verdict.kind == Verdict::Kind::Known) {
    out += name(verdict.status);
    out += ',';
    if (verdict.substatus != 0) out += substatus_name(verdict.status, verdict.substatus);
  } else {
    out += ',';
  }
  out += ',';
  out += verdict.kind == Verdict::Kind::Note ? "note" : name(verdict.by);
}

void append_cells(std::string& out, const Cells& cells, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) {
    if (i < cells.size()) base::append_csv(out, cells[i]);
    out += ',';
  }
}

bool is_cut(const Cells& cells, std::size_t width) {
  return std::any_of(cells.begin() + static_cast<std::ptrdiff_t>(std::min(width, cells.size())),
                     cells.end(), [](const std::string& cell) { return !cell.empty(); });
}

}  // namespace

base::Result<EventTableCount, std::string> understand_table(std::string_view csv,
                                                            const EventTableReader& reader) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (csv.starts_with(kMark)) csv.remove_prefix(kMark.size());
  base::CsvReader rows(csv);
  Cells cells;
  if (!rows.next(cells)) cells.clear();
  const std::size_t width = cells.size();
  const Columns columns = columns_of(cells);
  if (columns.raw_code == width && columns.description == width)
    return base::Failure{complaint_about(csv, cells)};
  std::string out;
  append_cells(out, cells, width);
  out += reader.explain ? "status,substatus,by,why\n" : "status,substatus,by\n";
  EventTableCount count;
  const auto cell = [&](std::size_t i) {
    return i < width && i < cells.size() ? std::string_view(cells[i]) : std::string_view{};
  };
  while (rows.next(cells)) {
    if (cells.size() == 1 && cells[0].empty()) continue;
    ++count.rows;
    count.cut_rows += is_cut(cells, width);
    append_cells(out, cells, width);
    const EventRow row{cell(columns.carrier), cell(columns.raw_code), cell(columns.description),
                       cell(columns.language)};
    append_verdict(out, reader.judge(row));
    if (reader.explain) {
      out += ',';
      base::append_csv(out, reader.explain(row));
    }
    out += '\n';
    if (out.size() > kWriteAt) reader.write(out), out.clear();
  }
  if (ends_in_quote(csv)) count.open_quote_row = count.rows;
  reader.write(out);
  return count;
}

}  // namespace journey
