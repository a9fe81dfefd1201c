// milepost classify: what events mean, row by row of a table.
#include <iostream>
#include <iterator>
#include <map>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/csv.h"
#include "carriers/connector.h"
#include "carriers/definition.h"
#include "carriers/pack.h"
#include "journey/understanding.h"

namespace embedded {
std::string_view carriers_connectors();
std::string_view wording_tables();
}  // namespace embedded

namespace app {
namespace {

using journey::CodeTable, journey::Verdict;

// Which table and which standard belong to a carrier's name.
class Tables {
 public:
  struct Of {
    const CodeTable* table = nullptr;
    std::string standard;
  };

  Tables() {
    for (const auto& file : carriers::unpack(embedded::carriers_connectors())) {
      if (file.path.ends_with("/codes.tsv"))
        add(file.path.substr(0, file.path.find('/')), file.bytes);
    }
    for (const auto& file : carriers::unpack(embedded::wording_tables()))
      add(file.path.substr(0, file.path.rfind('.')), file.bytes);
  }

  const Of& of(const std::string& carrier) {
    const auto [at, is_new] = known_.try_emplace(carrier);
    if (is_new) at->second = look_up(carrier);
    return at->second;
  }

 private:
  void add(std::string_view name, std::string_view tsv) {
    if (auto table = CodeTable::parse(tsv))
      tables_.insert_or_assign(std::string(name), std::move(table).value());
  }

  Of look_up(std::string name) {
    // Colissimo is La Poste's parcel, with codes of its own in the same table.
    if (name == "colissimo") name = "la-poste";
    const carriers::Connector* connector = loaded_.connectors->find(name);
    if (connector == nullptr && !tables_.contains(name)) {
      const auto serving = loaded_.connectors->serving(name);
      if (!serving.empty()) connector = serving.front();
    }
    if (connector != nullptr)
      return {&connector->codes(),
              connector->definition().standard.empty() ? name : connector->definition().standard};
    const auto table = tables_.find(name);
    // A standard's own name stands for its codes.
    return {table == tables_.end() ? nullptr : &table->second, name};
  }

  std::map<std::string, CodeTable, std::less<>> tables_;
  carriers::Connectors::Loaded loaded_ = carriers::Connectors::load({});
  std::unordered_map<std::string, Of> known_;
};

struct Columns {
  std::size_t carrier, raw_code, description, language;
};

// Where the columns are that count; a missing one counts as empty. Nothing when none is there.
std::optional<Columns> columns_of(const std::vector<std::string>& header) {
  const auto find = [&header](std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(header, name) - header.begin());
  };
  const Columns out{find("carrier"), find("raw_code"), find("description"), find("language")};
  if (out.raw_code == header.size() && out.description == header.size()) return std::nullopt;
  return out;
}

void append_row(std::string& out, const std::vector<std::string>& cells, std::size_t width) {
  for (std::size_t i = 0; i < std::max(width, cells.size()); ++i) {
    if (i < cells.size()) base::append_csv(out, cells[i]);
    out += ',';
  }
}

void append_verdict(std::string& out, const Verdict& verdict) {
  if (verdict.kind == Verdict::Kind::Known) {
    out += journey::name(verdict.status);
    out += ',';
    if (verdict.substatus != 0) out += journey::substatus_name(verdict.status, verdict.substatus);
  } else {
    out += ',';
  }
  out += ',';
  out += verdict.kind == Verdict::Kind::Note ? "note" : journey::name(verdict.by);
  out += '\n';
}

int classify(bool explains) {
  if (is_terminal_in())
    complain("reading CSV from the terminal (carrier,raw_code,description,language); Ctrl-D ends");
  std::ios::sync_with_stdio(false);
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  base::CsvReader reader(text);
  std::vector<std::string> cells;
  if (!reader.next(cells)) cells.clear();
  const std::size_t width = cells.size();
  const auto columns = columns_of(cells);
  if (!columns) {
    complain("the first line must name the columns, raw_code or description at least");
    return kFailed;
  }
  std::string out;
  append_row(out, cells, width);
  out += explains ? "status,substatus,by,why\n" : "status,substatus,by\n";
  Tables tables;
  const auto& understanding = journey::Understanding::builtin();
  const std::string none;
  const auto cell = [&](std::size_t i) -> const std::string& {
    return i < cells.size() && i < width ? cells[i] : none;
  };
  while (reader.next(cells)) {
    if (cells.size() == 1 && cells[0].empty()) continue;
    const auto& of = tables.of(cell(columns->carrier));
    const auto &code = cell(columns->raw_code), &words = cell(columns->description),
               &language = cell(columns->language);
    append_row(out, cells, width);
    append_verdict(out, understanding.judge(of.table, of.standard, code, words, language));
    if (explains) {
      out.back() = ',';
      base::append_csv(out, understanding.explain(of.table, of.standard, code, words, language));
      out += '\n';
    }
    if (out.size() > (1U << 16)) print(out), out.clear();
  }
  print(out);
  return kOk;
}

}  // namespace

void add_classify(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand(
      "classify", "What carriers' events mean: CSV in, the same rows with their status out");
  auto explains = std::make_shared<bool>(false);
  command->add_flag("--why", *explains, "Add a column: the table's row or the words that decided");
  command->footer(
      "Reads CSV with a header from standard input. The columns carrier, raw_code, description "
      "and\n"
      "language count; others are passed through. Appended are status, substatus (transit001) and\n"
      "by: code, standard, carrier-wording, wording-rule, wording-model, unknown (the status is\n"
      "empty), or note (informational: the status is empty, too).\n\n"
      "  milepost classify < events.csv > understood.csv\n"
      "  printf 'carrier,raw_code,description\\nups,,Delivered\\n' | milepost classify --why");
  command->callback([&line, explains] { line.run = [explains] { return classify(*explains); }; });
}

}  // namespace app
