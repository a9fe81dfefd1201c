#include "rights/kept.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "personal/fields.gen.h"
#include "rights/facts.h"
#include "store/migrations.h"

namespace rights {

// Made by CMake: data/privacy/rooms/*.toml and the two files beside them.
std::vector<store::RoomFile> embedded_rooms();
std::string_view embedded_purposes();
std::string_view embedded_retention();

namespace {

struct TableAndColumn {
  std::string table, column;
  auto operator<=>(const TableAndColumn&) const = default;
};

std::string_view next_word(std::string_view& line) {
  line = base::trim(line);
  const auto end = std::min(line.find_first_of(" \t(,;"), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

std::optional<ColumnType> type_named(std::string_view word) {
  if (word == "INTEGER") return ColumnType::Integer;
  if (word == "REAL") return ColumnType::Real;
  if (word == "TEXT") return ColumnType::Text;
  if (word == "BLOB") return ColumnType::Bytes;
  return std::nullopt;
}

// From the migrations' own words, which are one column a line: the same for both engines.
std::map<TableAndColumn, ColumnType> read_column_types() {
  std::map<TableAndColumn, ColumnType> types;
  std::string table;
  for (const auto& migration : store::known_migrations(store::Schema::Main)) {
    auto rest = migration.sql;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      auto line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto first = next_word(line);
      if (first == "CREATE" || first == "ALTER") {
        if (next_word(line) != "TABLE") continue;
        table = next_word(line);
        if (first == "CREATE" || next_word(line) != "ADD") continue;
        if (next_word(line) != "COLUMN") continue;
        const auto column = next_word(line);
        if (const auto type = type_named(next_word(line)))
          types[{table, std::string(column)}] = *type;
      } else if (const auto type = type_named(next_word(line))) {
        types[{table, std::string(first)}] = *type;
      }
    }
  }
  return types;
}

const std::map<TableAndColumn, ColumnType>& column_types() {
  static const auto made = read_column_types();
  return made;
}

Reach reach_named(std::string_view word) {
  constexpr std::string_view kWords[] = {"shipment", "address", "instance", "person", "subject",
                                         "account",  "none",    "member",   "sign-in"};
  const auto found = std::ranges::find(kWords, word);
  return static_cast<Reach>(found - std::begin(kWords));
}

bool has_column(const std::vector<store::DescribedColumn>& columns, std::string_view table,
                std::string_view column) {
  return std::ranges::any_of(columns, [&](const store::DescribedColumn& c) {
    return c.schema == "main" && c.name.table == table && c.name.column == column;
  });
}

void take_reach(std::map<std::string, KeptTable>& tables) {
  for (const auto& row : tsv_rows(embedded_reach(), 6)) {
    const auto found = tables.find(std::string(row[0]));
    if (found == tables.end()) continue;
    auto& table = found->second;
    table.reach = reach_named(row[1]);
    table.key = row[2] == "-" ? std::string() : std::string(row[2]);
    table.row = row[3] == "-" ? std::string() : std::string(row[3]);
    table.at_erasure = row[4] == "keep" ? AtErasure::Keep : AtErasure::Delete;
    table.why = row[5] == "-" ? std::string() : std::string(row[5]);
  }
}

constexpr std::string_view kOrigins[] = {"shop", "carrier", "you", "service"};

// By table and column; "*" is the rest of the table.
const std::map<TableAndColumn, std::string>& origins() {
  static const auto made = [] {
    std::map<TableAndColumn, std::string> all;
    for (const auto& row : tsv_rows(embedded_origins(), 3))
      all[{std::string(row[0]), std::string(row[1])}] = row[2];
    return all;
  }();
  return made;
}

// What the house's own habits say of a table that reach.tsv does not name.
void take_habit(KeptTable& table, const std::vector<store::DescribedColumn>& columns) {
  if (table.reach != Reach::None || !table.why.empty()) return;
  const bool about_consignees = std::ranges::any_of(
      table.columns, [](const KeptColumn& c) { return c.entry->subject == "consignee"; });
  if (has_column(columns, table.name, "shipment_id")) {
    table.reach = Reach::Shipment;
    table.key = "shipment_id";
  } else if (has_column(columns, table.name, "person")) {
    table.reach = Reach::Person;
    table.key = "person";
  } else if (!about_consignees && has_column(columns, table.name, "account_id")) {
    table.reach = Reach::Account;
    table.key = "account_id";
  }
  if (has_column(columns, table.name, "id")) table.row = "id";
}

}  // namespace

const store::Dictionary& dictionary() {
  static const store::Dictionary made(
      store::DictionaryFiles{embedded_rooms(), embedded_purposes(), embedded_retention()});
  return made;
}

const store::RetentionClass* retention_of(std::string_view id) {
  const auto& all = dictionary().retention();
  const auto found = std::ranges::find(all, id, &store::RetentionClass::id);
  return found == all.end() ? nullptr : &*found;
}

const std::vector<KeptTable>& kept_tables() {
  static const std::vector<KeptTable> made = [] {
    const auto& types = column_types();
    const auto& columns = dictionary().columns();
    std::map<std::string, KeptTable> tables;
    for (const auto& column : columns) {
      if (column.schema != "main" || !column.personal) continue;
      auto& table = tables[column.name.table];
      table.name = column.name.table;
      const auto type = types.find({column.name.table, column.name.column});
      table.columns.push_back({&column, type == types.end() ? ColumnType::Text : type->second,
                               std::string(origin_of(table.name, column.name.column))});
    }
    take_reach(tables);
    std::vector<KeptTable> all;
    for (auto& [name, table] : tables) {
      take_habit(table, columns);
      all.push_back(std::move(table));
    }
    return all;
  }();
  return made;
}

std::optional<ColumnType> column_type(std::string_view table, std::string_view column) {
  const auto& types = column_types();
  const auto found = types.find({std::string(table), std::string(column)});
  if (found == types.end()) return std::nullopt;
  return found->second;
}

std::string_view origin_of(std::string_view table, std::string_view column) {
  for (const auto name : {column, std::string_view("*")}) {
    const auto found = origins().find({std::string(table), std::string(name)});
    if (found != origins().end()) return found->second;
  }
  return {};
}

namespace {

void find_origin_faults(std::vector<std::string>& faults) {
  for (const auto& table : kept_tables()) {
    for (const auto& column : table.columns) {
      if (std::ranges::find(kOrigins, column.origin) == std::end(kOrigins))
        faults.push_back(
            fmt::format("{}.{}: data/rights/origins.tsv does not say where its values come from",
                        table.name, column.entry->name.column));
    }
  }
  for (const auto& [name, origin] : origins()) {
    if (name.column != "*" && !has_column(dictionary().columns(), name.table, name.column))
      faults.push_back(
          fmt::format("{}.{}: has an origin and is no column", name.table, name.column));
  }
}

// Is there a value in it that a hold may name or its subject may see?
bool has_openable_field(const KeptTable& table) {
  return std::ranges::any_of(personal::kFields, [&](const personal::FieldEntry& field) {
    return field.in.starts_with(table.name + ".") &&
           field.purposes.contains(personal::Purpose::Claims);
  });
}

}  // namespace

std::vector<std::string> kept_faults() {
  std::vector<std::string> faults;
  find_origin_faults(faults);
  const auto& types = column_types();
  const auto& columns = dictionary().columns();
  for (const auto& table : kept_tables()) {
    if (table.reach == Reach::None && table.why.empty())
      faults.push_back(fmt::format(
          "{}: has personal columns, and data/rights/reach.tsv does not say whose", table.name));
    if (table.reach != Reach::None && !has_column(columns, table.name, table.key))
      faults.push_back(fmt::format("{}.{}: is no column", table.name, table.key));
    for (const auto& column : table.columns) {
      if (!types.contains({table.name, column.entry->name.column}))
        faults.push_back(fmt::format("{}.{}: no migration gives its type", table.name,
                                     column.entry->name.column));
      const bool is_theirs = table.reach != Reach::None && table.reach != Reach::Account;
      if (column.entry->form == "sealed" && table.row.empty() &&
          (is_theirs || (table.reach == Reach::Account && has_openable_field(table))))
        faults.push_back(
            fmt::format("{}: what are its sealed values bound to? (reach.tsv)", table.name));
    }
  }
  return faults;
}

}  // namespace rights
