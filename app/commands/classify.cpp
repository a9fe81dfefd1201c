// milepost classify: what events mean, row by row of a table.
#include <iostream>
#include <iterator>
#include <map>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "carriers/connector.h"
#include "carriers/definition.h"
#include "carriers/pack.h"
#include "journey/event_table.h"
#include "journey/understanding.h"

namespace embedded {
std::string_view carriers_connectors();
std::string_view wording_tables();
}  // namespace embedded

namespace app {
namespace {

using journey::CodeTable;

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

// What was odd about the table, told after its rows; only a quote that swallowed rows is a failure.
int tell_oddities(const journey::EventTableCount& count) {
  if (count.cut_rows > 0)
    complain(fmt::format("{} row{} had more cells than there are columns; those were left out",
                         count.cut_rows, count.cut_rows == 1 ? "" : "s"));
  if (count.open_quote_row == 0) return kOk;
  complain(fmt::format("a quote in row {} is never closed, so that the rest of the table is in it",
                       count.open_quote_row));
  return kFailed;
}

int classify(bool explains) {
  if (is_terminal_in())
    complain("reading CSV from the terminal (carrier,raw_code,description,language); Ctrl-D ends");
  std::ios::sync_with_stdio(false);
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  Tables tables;
  const auto& understanding = journey::Understanding::builtin();
  journey::EventTableReader reader;
  reader.judge = [&](const journey::EventRow& row) {
    const auto& of = tables.of(std::string(row.carrier));
    return understanding.judge(of.table, of.standard, row.raw_code, row.description, row.language);
  };
  if (explains) {
    reader.explain = [&](const journey::EventRow& row) {
      const auto& of = tables.of(std::string(row.carrier));
      return understanding.explain(of.table, of.standard, row.raw_code, row.description,
                                   row.language);
    };
  }
  reader.write = [](std::string_view rows) { print(rows); };
  const auto count = journey::understand_table(text, reader);
  if (!count) {
    complain(count.error());
    return kFailed;
  }
  return tell_oddities(count.value());
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
