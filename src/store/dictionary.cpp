#include "store/dictionary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <stdexcept>

#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace store {

namespace {

// What is known about a consignee is forgotten by then, whatever a file says.
constexpr int kLongestForConsignees = 180;

constexpr std::array<std::string_view, 4> kForms = {"clear", "sealed", "hashed", "wrapped-key"};
constexpr std::array<std::string_view, 3> kSubjects = {"consignee", "account-holder", "none"};
constexpr std::array<std::string_view, 2> kSchemas = {"main", "keys"};

bool contains(const auto& range, std::string_view wanted) {
  return std::ranges::find(range, wanted) != std::ranges::end(range);
}

toml::table parse(std::string_view text, std::string_view file) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    throw std::runtime_error(fmt::format("{}:{}: {}", file, error.source().begin.line,
                                         std::string_view(error.description())));
  }
}

// The tables of [[name]].
std::vector<const toml::table*> entries(const toml::table& file, std::string_view name) {
  std::vector<const toml::table*> found;
  if (const toml::array* list = file[name].as_array()) {
    for (const toml::node& node : *list) {
      if (const toml::table* entry = node.as_table()) found.push_back(entry);
    }
  }
  return found;
}

// An entry with what [defaults.TABLE] of its file says about all columns of its table.
toml::table with_defaults(const toml::table& file, const toml::table& entry) {
  toml::table whole = entry;
  const auto table = entry["table"].value_or(std::string());
  if (const toml::table* defaults = file["defaults"][table].as_table()) {
    for (const auto& [key, value] : *defaults) {
      if (!whole.contains(key)) whole.insert(key, value);
    }
  }
  return whole;
}

// Reads one entry and notes what is absent, ill-typed or not asked for.
class EntryReader {
 public:
  EntryReader(const toml::table& entry, std::vector<std::string>& faults)
      : entry_(entry), faults_(faults) {}

  template <class T>
  T read(std::string_view key) {
    asked_.insert(std::string(key));
    if (const auto value = entry_[key].value<T>()) return *value;
    faults_.push_back(fmt::format("{}: \"{}\" is missing", where(), key));
    return T{};
  }
  std::string read_or(std::string_view key, std::string_view otherwise) {
    asked_.insert(std::string(key));
    return entry_[key].value_or(std::string(otherwise));
  }
  std::vector<std::string> read_list(std::string_view key) {
    asked_.insert(std::string(key));
    std::vector<std::string> list;
    const toml::array* values = entry_[key].as_array();
    if (!values) faults_.push_back(fmt::format("{}: \"{}\" is missing", where(), key));
    for (std::size_t i = 0; values && i < values->size(); ++i) {
      list.push_back((*values)[i].value_or(std::string()));
    }
    return list;
  }
  void refuse_the_rest() {
    for (const auto& [key, value] : entry_) {
      if (!asked_.contains(std::string(key.str()))) {
        faults_.push_back(fmt::format("{}: \"{}\" is not a word of the dictionary", where(),
                                      std::string_view(key.str())));
      }
    }
  }

 private:
  std::string where() const {
    return fmt::format("{}.{}", entry_["table"].value_or(std::string("?")),
                       entry_["column"].value_or(std::string("?")));
  }

  const toml::table& entry_;
  std::vector<std::string>& faults_;
  std::set<std::string> asked_;
};

std::string spell(const ColumnName& name) { return name.table + "." + name.column; }

}  // namespace

Dictionary::Dictionary(const DictionaryFiles& files) {
  for (const RoomFile& file : files.rooms) {
    const toml::table room = parse(file.text, file.name);
    for (const toml::table* entry : entries(room, "column")) {
      const toml::table whole = with_defaults(room, *entry);
      EntryReader reader(whole, reading_faults_);
      DescribedColumn& column = columns_.emplace_back();
      column.name.table = reader.read<std::string>("table");
      column.name.column = reader.read<std::string>("column");
      column.schema = reader.read_or("schema", "main");
      column.category = reader.read<std::string>("category");
      column.form = reader.read<std::string>("form");
      column.personal = reader.read<bool>("personal");
      column.purposes = reader.read_list("purposes");
      column.retention = reader.read<std::string>("retention");
      column.subject = reader.read<std::string>("subject");
      column.required = reader.read<bool>("required");
      reader.refuse_the_rest();
    }
  }
  const toml::table purposes = parse(files.purposes, "purposes.toml");
  for (const toml::table* entry : entries(purposes, "purpose")) {
    purposes_.push_back((*entry)["id"].value_or(std::string()));
  }
  const toml::table retention = parse(files.retention, "retention.toml");
  for (const toml::table* entry : entries(retention, "retention")) {
    retention_.push_back(
        {(*entry)["id"].value_or(std::string()), (*entry)["days"].value_or(0),
         (*entry)["until"].value_or(std::string()), (*entry)["text"].value_or(std::string()),
         (*entry)["said_by_the_person"].value_or(false), (*entry)["held"].value_or(false),
         (*entry)["outlives_account"].value_or(false)});
  }
}

std::vector<std::string> Dictionary::faults() const {
  std::vector<std::string> faults = reading_faults_;
  std::set<std::pair<std::string, ColumnName>> seen;
  for (const DescribedColumn& column : columns_) {
    check(column, faults);
    if (!seen.emplace(column.schema, column.name).second) {
      faults.push_back(spell(column.name) + ": has two entries");
    }
  }
  return faults;
}

void Dictionary::check(const DescribedColumn& column, std::vector<std::string>& faults) const {
  const auto fault = [&](const std::string& words) {
    faults.push_back(fmt::format("{}: {}", spell(column.name), words));
  };
  if (!contains(kSchemas, column.schema))
    fault(fmt::format("unknown schema \"{}\"", column.schema));
  if (column.category.empty()) fault("has no category");
  if (!contains(kForms, column.form)) fault(fmt::format("unknown form \"{}\"", column.form));
  if (!contains(kSubjects, column.subject)) {
    fault(fmt::format("unknown subject \"{}\"", column.subject));
  }
  for (const std::string& purpose : column.purposes) {
    if (!contains(purposes_, purpose)) fault(fmt::format("unknown purpose \"{}\"", purpose));
  }
  if (column.personal && column.purposes.empty()) fault("is personal and has no purpose");
  if (column.personal && column.subject == "none") fault("is personal and about nobody");
  if (column.form != "clear" && !column.personal) {
    fault(fmt::format("is {} and yet not personal", column.form));
  }
  const auto kept = std::ranges::find(retention_, column.retention, &RetentionClass::id);
  if (kept == retention_.end()) {
    fault(fmt::format("unknown retention \"{}\"", column.retention));
  } else if (kept->said_by_the_person) {
    if (column.form == "sealed") fault(fmt::format("is sealed and kept as \"{}\"", kept->id));
  } else if (kept->held) {
    for (const std::string& purpose : column.purposes) {
      if (purpose != "Claims" && purpose != "Rights")
        fault(fmt::format("is held for a claim and used for {}", purpose));
    }
  } else if (column.personal && column.subject == "consignee" &&
             (kept->days < 1 || kept->days > kLongestForConsignees)) {
    fault(fmt::format("is about a consignee and kept for more than {} days (\"{}\")",
                      kLongestForConsignees, kept->id));
  }
}

std::vector<std::string> Dictionary::faults_against(std::string_view schema,
                                                    const std::vector<ColumnName>& real) const {
  std::set<ColumnName> described;
  for (const DescribedColumn& column : columns_) {
    if (column.schema == schema) described.insert(column.name);
  }
  std::vector<std::string> faults;
  for (const ColumnName& name : real) {
    if (described.erase(name) == 0) {
      faults.push_back(spell(name) + ": has no entry in data/privacy/rooms/");
    }
  }
  for (const ColumnName& name : described) {
    faults.push_back(spell(name) + ": has an entry and is no column");
  }
  return faults;
}

}  // namespace store
