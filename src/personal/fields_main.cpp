// fields_gen FOLDER OUT
//
// Makes OUT/personal/purposes.gen.h from FOLDER/purposes.toml, OUT/personal/fields/ROOM.gen.h from
// each of FOLDER/rooms/ROOM.toml, and fields.gen.h with all of them: the purposes as an enumeration
// and each sealed field as a type that lists its purposes. A file whose content stays is not
// touched, so that a room's new field compiles that room again and not the house. Refuses, with
// file and line, whatever would make the dictionary say less than it should, or other than the
// columns' entries (which store/ checks against the schema and retention.toml): the build stops
// there.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

constexpr std::array<std::string_view, 10> kCategories = {
    "name",       "e-mail",   "phone",     "postcode", "free text",
    "credential", "location", "signature", "device",   "journey"};
constexpr std::array<std::string_view, 5> kBases = {"processor", "contract", "legal-obligation",
                                                    "consent", "legitimate-interest"};

struct Purpose {
  std::string id, title, text, basis;
  bool mailbox = false;
};
struct Field {
  std::string room;
  std::int64_t id = 0;
  std::string name, in, category, retention, subject, text;
  std::vector<std::string> purposes;
};

// A mistake in a file, with the line it stands in.
class Refusal : public std::runtime_error {
 public:
  Refusal(const std::string& file, const toml::source_region& at, const std::string& words)
      : std::runtime_error(fmt::format("{}:{}: {}", file, at.begin.line, words)) {}
};

// One [[purpose]] or [[field]], read key by key; what nobody asked for is a misspelling.
class Entry {
 public:
  Entry(const std::string& file, const toml::table& table) : file_(file), table_(table) {}

  [[noreturn]] void refuse(const std::string& words) const {
    throw Refusal(file_, table_.source(), words);
  }
  std::string text(std::string_view key) {
    const auto value = need(key).value<std::string>();
    if (!value || value->empty()) refuse(fmt::format("\"{}\" must be text that is not empty", key));
    return *value;
  }
  std::int64_t number(std::string_view key) {
    const auto* value = need(key).as_integer();
    if (value == nullptr) refuse(fmt::format("\"{}\" must be a number", key));
    return value->get();
  }
  bool truth(std::string_view key) {
    const auto* value = need(key).as_boolean();
    if (value == nullptr) refuse(fmt::format("\"{}\" must be true or false", key));
    return value->get();
  }
  std::vector<std::string> texts(std::string_view key) {
    const auto* array = need(key).as_array();
    if (array == nullptr || array->empty()) refuse(fmt::format("\"{}\" must be a list", key));
    std::vector<std::string> all;
    for (const auto& node : *array) {
      const auto value = node.value<std::string>();
      if (!value) refuse(fmt::format("\"{}\" must be a list of texts", key));
      all.push_back(*value);
    }
    return all;
  }
  template <std::size_t N>
  std::string one_of(std::string_view key, const std::array<std::string_view, N>& known) {
    auto value = text(key);
    if (std::find(known.begin(), known.end(), value) == known.end()) {
      refuse(fmt::format("{} \"{}\" is not one of: {}", key, value, fmt::join(known, ", ")));
    }
    return value;
  }
  void nothing_else() const {
    for (const auto& [key, node] : table_) {
      if (!asked_.contains(std::string(key.str()))) {
        throw Refusal(file_, node.source(), fmt::format("nobody knows the key \"{}\"", key.str()));
      }
    }
  }

 private:
  const toml::node& need(std::string_view key) {
    asked_.insert(std::string(key));
    const auto* node = table_.get(key);
    if (node == nullptr) refuse(fmt::format("\"{}\" is missing", key));
    return *node;
  }

  const std::string& file_;
  const toml::table& table_;
  std::set<std::string> asked_;
};

bool is_word(std::string_view text, bool capitals) {
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (capitals ? c >= 'A' && c <= 'Z' : c == '_');
  };
  const char first = text.empty() ? '0' : text.front();
  return std::all_of(text.begin(), text.end(), fits) &&
         (capitals ? first >= 'A' && first <= 'Z' : first >= 'a' && first <= 'z');
}

const toml::array& list_of(const std::string& file, const toml::table& root, std::string_view key) {
  const auto* array = root[key].as_array();
  if (array == nullptr || !array->is_array_of_tables()) {
    throw Refusal(file, root.source(), fmt::format("there is no [[{}]]", key));
  }
  return *array;
}

std::vector<Purpose> read_purposes(const std::string& file) {
  const toml::table root = toml::parse_file(file);
  std::vector<Purpose> all;
  for (const auto& node : list_of(file, root, "purpose")) {
    Entry entry(file, *node.as_table());
    Purpose purpose;
    purpose.id = entry.text("id");
    purpose.title = entry.text("title");
    purpose.text = entry.text("text");
    purpose.basis = entry.one_of("basis", kBases);
    purpose.mailbox = entry.truth("mailbox");
    entry.nothing_else();
    if (!is_word(purpose.id, true)) entry.refuse("a purpose's id is written LikeThis");
    if (std::any_of(all.begin(), all.end(), [&](const auto& p) { return p.id == purpose.id; })) {
      entry.refuse(fmt::format("the purpose \"{}\" stands here twice", purpose.id));
    }
    all.push_back(purpose);
  }
  if (all.size() > 64) throw std::runtime_error(file + ": more than 64 purposes");
  return all;
}

std::set<std::int64_t> read_retired(const std::string& file, const toml::table& root) {
  std::set<std::int64_t> ids;
  const auto* array = root["retired"].as_array();
  if (array == nullptr) return ids;
  for (const auto& node : *array) {
    if (!node.is_integer()) throw Refusal(file, node.source(), "\"retired\" is a list of ids");
    ids.insert(node.as_integer()->get());
  }
  return ids;
}

Field read_field(Entry& entry) {
  Field field;
  field.id = entry.number("id");
  field.name = entry.text("name");
  field.in = entry.text("in");
  field.category = entry.one_of("category", kCategories);
  field.purposes = entry.texts("purposes");
  field.retention = entry.text("retention");
  field.subject = entry.text("subject");
  field.text = entry.text("text");
  entry.nothing_else();
  if (!is_word(field.name, false)) entry.refuse("a field's name is written like_this");
  if (field.id < 1 || field.id > 65535) entry.refuse("an id is between 1 and 65535");
  return field;
}

// One file of rooms/, which holds columns, and the values that are sealed in them.
struct RoomFile {
  std::string name;
  toml::table root;
};

std::vector<RoomFile> read_rooms(const std::string& folder) {
  std::vector<RoomFile> rooms;
  for (const auto& file : std::filesystem::directory_iterator(folder + "/rooms")) {
    if (file.path().extension() != ".toml") continue;
    rooms.push_back({file.path().string(), toml::parse_file(file.path().string())});
  }
  std::sort(rooms.begin(), rooms.end(),
            [](const RoomFile& a, const RoomFile& b) { return a.name < b.name; });
  return rooms;
}

// What stands in the entry, or for all columns of its table in [defaults.TABLE].
std::string said_of(const RoomFile& room, const toml::table& column, std::string_view key) {
  const auto table = column["table"].value_or(std::string());
  return column[key].value_or(room.root["defaults"][table][key].value_or(std::string()));
}

struct SealedColumn {
  std::string retention, subject;
};

// The sealed columns by "table.column". What else is wrong with a column is said elsewhere.
std::map<std::string, SealedColumn> sealed_columns(const std::vector<RoomFile>& rooms) {
  std::map<std::string, SealedColumn> sealed;
  for (const auto& room : rooms) {
    const auto* columns = room.root["column"].as_array();
    for (std::size_t i = 0; columns != nullptr && i < columns->size(); ++i) {
      const auto& column = *columns->get(i)->as_table();
      if (said_of(room, column, "form") != "sealed") continue;
      sealed.emplace(
          said_of(room, column, "table") + "." + said_of(room, column, "column"),
          SealedColumn{said_of(room, column, "retention"), said_of(room, column, "subject")});
    }
  }
  return sealed;
}

// The same answer in both files to "how long" and "whose".
void compare_with_column(const Entry& entry, const Field& field, const SealedColumn& column) {
  const std::tuple<std::string_view, std::string_view, std::string_view> answers[] = {
      {"retention", field.retention, column.retention}, {"subject", field.subject, column.subject}};
  for (const auto& [key, ours, theirs] : answers) {
    if (theirs == ours) continue;
    entry.refuse(fmt::format("{} \"{}\" of \"{}\" is not \"{}\", as the entry of {} says", key,
                             ours, field.name, theirs, field.in));
  }
}

// Reads the sealed values room by room.
class FieldReader {
 public:
  FieldReader(const std::vector<Purpose>& purposes,
              const std::map<std::string, SealedColumn>& columns)
      : purposes_(purposes), columns_(columns) {}

  void read(const RoomFile& room) {
    retired_.merge(read_retired(room.name, room.root));
    const auto* list = room.root["field"].as_array();
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      Entry entry(room.name, *list->get(i)->as_table());
      add(entry, std::filesystem::path(room.name).stem().string());
    }
  }
  std::vector<Field> take() { return std::move(all_); }

 private:
  void add(Entry& entry, const std::string& room) {
    auto field = read_field(entry);
    field.room = room;
    if (retired_.contains(field.id)) {
      entry.refuse(fmt::format("id {} is retired: sealed bytes may still carry it", field.id));
    }
    if (const auto [it, fresh] = ids_.emplace(field.id, field.name); !fresh) {
      entry.refuse(fmt::format("id {} belongs to \"{}\" already", field.id, it->second));
    }
    if (!names_.insert(field.name).second) {
      entry.refuse(fmt::format("the field \"{}\" stands here twice", field.name));
    }
    const auto column = columns_.find(field.in);
    if (column == columns_.end()) {
      entry.refuse(fmt::format("there is no sealed column \"{}\"", field.in));
    }
    compare_with_column(entry, field, column->second);
    std::set<std::string> listed;
    for (const auto& id : field.purposes) {
      if (std::none_of(purposes_.begin(), purposes_.end(), [&](auto& p) { return p.id == id; })) {
        entry.refuse(fmt::format(
            "\"{}\" lists the purpose \"{}\", which purposes.toml does not have", field.name, id));
      }
      if (!listed.insert(id).second) {
        entry.refuse(fmt::format("\"{}\" lists the purpose \"{}\" twice", field.name, id));
      }
    }
    all_.push_back(std::move(field));
  }

  const std::vector<Purpose>& purposes_;
  const std::map<std::string, SealedColumn>& columns_;
  std::set<std::int64_t> retired_;
  std::map<std::int64_t, std::string> ids_;
  std::set<std::string> names_;
  std::vector<Field> all_;
};

std::vector<Field> read_fields(const std::string& folder, const std::vector<Purpose>& purposes) {
  const auto rooms = read_rooms(folder);
  const auto columns = sealed_columns(rooms);
  FieldReader reader(purposes, columns);
  for (const auto& room : rooms) reader.read(room);
  return reader.take();
}

// customer_email -> CustomerEmail
std::string type_name(std::string_view name) {
  std::string out;
  bool up = true;
  for (const char c : name) {
    if (c != '_') out += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    up = c == '_';
  }
  return out;
}

std::string literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string purpose_list(const std::vector<std::string>& ids) {
  std::string out;
  for (const auto& id : ids) out += fmt::format("{}Purpose::{}", out.empty() ? "" : ", ", id);
  return "{" + out + "}";
}

std::string purpose_words(const std::vector<Purpose>& purposes, std::string_view function,
                          std::string Purpose::*member) {
  auto out = fmt::format(
      "constexpr std::string_view {}(Purpose purpose) {{\n  switch (purpose) {{\n", function);
  for (const auto& p : purposes) {
    out += fmt::format("    case Purpose::{}:\n      return {};\n", p.id, literal(p.*member));
  }
  return out + "  }\n  return \"\";\n}\n";
}

constexpr std::string_view kHead =
    "// Made by src/personal/fields_main.cpp from data/privacy/.\n#pragma once\n";

std::string purposes_header(const std::vector<Purpose>& purposes) {
  std::string out(kHead);
  out +=
      "#include <array>\n#include <cstdint>\n#include <string_view>\n\n"
      "#include \"personal/purpose_set.h\"\n\nnamespace personal {\n\n"
      "enum class Purpose : std::uint8_t {\n";
  for (std::size_t i = 0; i < purposes.size(); ++i) {
    out += fmt::format("  // {}\n  {} = {},\n", purposes[i].text, purposes[i].id, i);
  }
  out += "};\n\n" + purpose_words(purposes, "name", &Purpose::id) +
         purpose_words(purposes, "title", &Purpose::title) +
         purpose_words(purposes, "text", &Purpose::text) +
         purpose_words(purposes, "basis", &Purpose::basis);
  std::vector<std::string> all, mailbox;
  for (const auto& p : purposes) {
    all.push_back(p.id);
    if (p.mailbox) mailbox.push_back(p.id);
  }
  out += fmt::format("\ninline constexpr std::array<Purpose, {}> kPurposes = {{{}}};\n",
                     purposes.size(), purpose_list(all));
  out += fmt::format("inline constexpr PurposeSet kMailboxPurposes{};\n", purpose_list(mailbox));
  return out + "\n}  // namespace personal\n";
}

std::string room_header(const std::string& room, const std::vector<Field>& fields) {
  std::string out(kHead);
  out += "#include \"personal/purposes.gen.h\"\n\nnamespace personal::field {\n";
  for (const auto& f : fields) {
    if (f.room != room) continue;
    out += fmt::format(
        "// {}\nstruct {} {{\n  static constexpr std::uint16_t kId = {};\n"
        "  static constexpr std::string_view kName = {};\n"
        "  static constexpr PurposeSet kPurposes{};\n}};\n",
        f.text, type_name(f.name), f.id, literal(f.name), purpose_list(f.purposes));
  }
  return out + "}  // namespace personal::field\n";
}

std::string fields_header(const std::vector<std::string>& rooms, const std::vector<Field>& fields) {
  std::string out(kHead);
  for (const auto& room : rooms)
    out += fmt::format("#include \"personal/fields/{}.gen.h\"\n", room);
  out +=
      "\nnamespace personal {\n\n// The dictionary as a table, for the record of processing.\n"
      "struct FieldEntry {\n  std::uint16_t id;\n  std::string_view name, in, category, retention, "
      "subject, text;\n  PurposeSet purposes;\n};\n";
  out += fmt::format("inline constexpr std::array<FieldEntry, {}> kFields = {{{{\n", fields.size());
  for (const auto& f : fields) {
    out += fmt::format("    {{{}, {}, {}, {}, {}, {}, {}, field::{}::kPurposes}},\n", f.id,
                       literal(f.name), literal(f.in), literal(f.category), literal(f.retention),
                       literal(f.subject), literal(f.text), type_name(f.name));
  }
  out +=
      "}};\n\n// Calls visit with a value of each field's type, in the order of kFields.\n"
      "template <class Visit>\nconstexpr void each_field(Visit visit) {\n";
  for (const auto& f : fields) out += fmt::format("  visit(field::{}());\n", type_name(f.name));
  return out + "}\n\n}  // namespace personal\n";
}

void write_if_changed(const std::filesystem::path& path, const std::string& text) {
  std::ifstream before(path, std::ios::binary);
  if (before && std::string(std::istreambuf_iterator<char>(before), {}) == text) return;
  before.close();
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

void run(const std::string& folder, const std::filesystem::path& out) {
  const auto purposes = read_purposes(folder + "/purposes.toml");
  const auto fields = read_fields(folder, purposes);
  std::vector<std::string> rooms;
  for (const auto& room : read_rooms(folder)) {
    rooms.push_back(std::filesystem::path(room.name).stem().string());
  }
  write_if_changed(out / "personal/purposes.gen.h", purposes_header(purposes));
  for (const auto& room : rooms) {
    write_if_changed(out / "personal/fields" / (room + ".gen.h"), room_header(room, fields));
  }
  write_if_changed(out / "personal/fields.gen.h", fields_header(rooms, fields));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "usage: fields_gen FOLDER OUT\n";
    return 2;
  }
  try {
    run(arguments[1], arguments[2]);
    return 0;
  } catch (const toml::parse_error& error) {
    const auto& at = error.source();
    std::cerr << (at.path ? *at.path : std::string()) << ':' << at.begin.line << ": "
              << error.description() << '\n';
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
  }
  return 1;
}
