// cookies_gen FOLDER OUT.h
//
// Makes http/cookies.gen.h from FOLDER/cookies.toml: each cookie as something that can be set, and
// what the pages tell of them. Refuses, with file and line, an entry that does not say all it
// should: the build stops there.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// A year and a month: nobody's browser is ours to keep longer.
constexpr std::int64_t kMostDays = 396;
constexpr std::array<std::string_view, 5> kStorageKinds = {"local-storage", "session-storage",
                                                           "indexed-db", "cache", "service-worker"};

// One entry, read key by key; what nobody asked for is a misspelling.
class Entry {
 public:
  Entry(std::string file, const toml::table& table) : file_(std::move(file)), table_(table) {}

  [[noreturn]] void refuse(const std::string& words) const {
    throw std::runtime_error(fmt::format("{}:{}: {}", file_, table_.source().begin.line, words));
  }
  bool has(std::string_view key) const { return table_.contains(key); }
  std::string text(std::string_view key) {
    const auto value = node(key).value<std::string>();
    if (!value || value->empty()) refuse(fmt::format("\"{}\" must be text that is not empty", key));
    return *value;
  }
  std::int64_t number(std::string_view key, std::int64_t least, std::int64_t most) {
    const auto* value = node(key).as_integer();
    if (value == nullptr || value->get() < least || value->get() > most) {
      refuse(fmt::format("\"{}\" must be a number from {} to {}", key, least, most));
    }
    return value->get();
  }
  bool truth(std::string_view key) {
    const auto* value = node(key).as_boolean();
    if (value == nullptr) refuse(fmt::format("\"{}\" must be true or false", key));
    return value->get();
  }
  // A list of words as one text, apart by spaces.
  std::string words(std::string_view key) {
    const auto* list = node(key).as_array();
    if (list == nullptr || list->empty()) refuse(fmt::format("\"{}\" must be a list", key));
    std::string all;
    for (const auto& one : *list) {
      const auto word = one.value<std::string>();
      if (!word || word->empty() || word->find_first_of(" ;,\"\\") != std::string::npos) {
        refuse(fmt::format("\"{}\" must be a list of words", key));
      }
      all += (all.empty() ? "" : " ") + *word;
    }
    return all;
  }
  bool is_list(std::string_view key) const {
    const auto* found = table_.get(key);
    return found != nullptr && found->is_array();
  }
  std::int64_t revision() { return has("revision") ? number("revision", 1, 9999) : 1; }
  void nothing_else() const {
    for (const auto& [key, value] : table_) {
      if (!asked_.contains(std::string(key.str())))
        refuse(fmt::format("nobody knows the key \"{}\"", key.str()));
    }
  }

 private:
  const toml::node& node(std::string_view key) {
    asked_.insert(std::string(key));
    const auto* found = table_.get(key);
    if (found == nullptr) refuse(fmt::format("\"{}\" is missing", key));
    return *found;
  }

  std::string file_;
  const toml::table& table_;
  std::set<std::string> asked_;
};

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

class Maker {
 public:
  explicit Maker(const std::string& folder)
      : file_(folder + "/cookies.toml"), root_(toml::parse_file(file_)) {
    const toml::table purposes = toml::parse_file(folder + "/purposes.toml");
    if (const auto* list = purposes["purpose"].as_array()) {
      for (const auto& one : *list)
        purposes_.insert(one.as_table()->at("id").value_or(std::string()));
    }
    for (const auto& [key, node] : root_) {
      if (key != "cookie" && key != "storage" && key != "vendor")
        throw std::runtime_error(fmt::format("{}: nobody knows [[{}]]", file_, key.str()));
    }
    for (auto& entry : entries("cookie")) take_cookie(entry);
    for (auto& entry : entries("storage")) take_storage(entry);
    for (auto& entry : entries("vendor")) take_vendor(entry);
  }

  std::string header() const {
    std::string out =
        "// Made from data/privacy/cookies.toml by src/http/cookies_main.cpp.\n#pragma once\n"
        "#include <array>\n\n#include \"http/cookie.h\"\n\nnamespace http {\n\n";
    out += array("CookieEntry", "kCookieEntries", cookies_) +
           array("StorageEntry", "kStorageEntries", storage_) +
           array("VendorEntry", "kVendorEntries", vendors_);
    out += "struct cookie {\n";
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      auto name = ids_[i];
      name[0] = static_cast<char>(name[0] - 'a' + 'A');
      out += fmt::format("  static constexpr Cookie k{}{{kCookieEntries[{}]}};\n", name, i);
    }
    out += fmt::format("  static constexpr std::array<Cookie, {}> kAll{{", ids_.size());
    for (std::size_t i = 0; i < ids_.size(); ++i)
      out += fmt::format("{}Cookie(kCookieEntries[{}])", i == 0 ? "" : ", ", i);
    return out + "};\n};\n\n}  // namespace http\n";
  }

 private:
  std::vector<Entry> entries(std::string_view kind) const {
    std::vector<Entry> all;
    if (const auto* list = root_[kind].as_array()) {
      for (const auto& one : *list) all.emplace_back(file_, *one.as_table());
    }
    return all;
  }
  static std::string array(std::string_view type, std::string_view name,
                           const std::vector<std::string>& rows) {
    std::string out =
        fmt::format("inline constexpr std::array<{}, {}> {}{{", type, rows.size(), name);
    for (const auto& row : rows) out += fmt::format("\n    {}{{{}}},", type, row);
    return out + "};\n\n";
  }
  std::string purpose(Entry& entry) const {
    auto id = entry.text("purpose");
    if (!purposes_.contains(id)) {
      entry.refuse(fmt::format("purposes.toml does not have the purpose \"{}\"", id));
    }
    return id;
  }

  static std::int64_t lifetime(Entry& entry) {
    const auto kind = entry.text("kind");
    if (kind == "persistent") return entry.number("lifetime_days", 1, kMostDays);
    if (kind != "session") entry.refuse("\"kind\" must be session or persistent");
    if (entry.has("lifetime_days")) entry.refuse("a session cookie has no lifetime");
    return 0;
  }
  static std::string values(Entry& entry) {
    if (entry.is_list("values")) return entry.words("values");
    auto kind = entry.text("values");
    if (kind != "random" && kind != "answers")
      entry.refuse("\"values\" must be random, answers or a list of words");
    return kind;
  }

  void take_cookie(Entry& entry) {
    const auto id = entry.text("name");
    if (!std::ranges::all_of(id, [](char c) { return c >= 'a' && c <= 'z'; }))
      entry.refuse("a cookie's name is small letters");
    if (std::ranges::find(ids_, id) != ids_.end())
      entry.refuse(fmt::format("the cookie \"{}\" stands here twice", id));
    const auto same_site = entry.text("same_site");
    if (same_site != "Lax" && same_site != "Strict")
      entry.refuse("\"same_site\" must be Lax or Strict");
    const auto days = lifetime(entry);
    const auto required = entry.truth("required");
    cookies_.push_back(fmt::format("{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}", quoted(id),
                                   quoted("__Host-" + id), days, quoted(purpose(entry)), required,
                                   entry.revision(), quoted(values(entry)), quoted(same_site),
                                   quoted(entry.text("reader")), quoted(entry.text("set_when")),
                                   quoted(entry.text("text"))));
    entry.nothing_else();
    ids_.push_back(id);
  }
  void take_storage(Entry& entry) {
    const auto kind = entry.text("kind");
    if (std::ranges::find(kStorageKinds, kind) == kStorageKinds.end())
      entry.refuse(fmt::format("\"kind\" must be one of: {}", fmt::join(kStorageKinds, ", ")));
    const auto required = entry.truth("required");
    storage_.push_back(fmt::format("{}, {}, {}, {}, {}, {}", quoted(kind),
                                   quoted(entry.text("name")), quoted(purpose(entry)),
                                   quoted(entry.text("text")), required, entry.revision()));
    entry.nothing_else();
  }
  // Whoever else would learn of a visit is declared in full, or not at all.
  void take_vendor(Entry& entry) {
    const auto policy = entry.text("policy");
    if (!policy.starts_with("https://")) entry.refuse("\"policy\" must be an https:// address");
    const auto country = entry.text("country");
    if (country.size() != 2) entry.refuse("\"country\" must be a country's two letters");
    vendors_.push_back(fmt::format("{}, {}, {}, {}, {}, {}, {}, {}", quoted(entry.text("name")),
                                   quoted(purpose(entry)), quoted(policy), quoted(country),
                                   quoted(entry.text("safeguard")), quoted(entry.text("text")),
                                   quoted(entry.words("hosts")), entry.revision()));
    entry.nothing_else();
  }

  std::string file_;
  toml::table root_;
  std::set<std::string> purposes_;
  std::vector<std::string> ids_, cookies_, storage_, vendors_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: cookies_gen FOLDER OUT.h\n";
    return 2;
  }
  try {
    const auto made = Maker(argv[1]).header();
    std::ofstream out(argv[2]);
    out << made;
    out.close();
    if (!out) throw std::runtime_error(std::string(argv[2]) + " cannot be written");
    return 0;
  } catch (const toml::parse_error& e) {
    std::cerr << argv[1] << "/cookies.toml:" << e.source().begin.line << ": " << e.description()
              << '\n';
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
  }
  return 1;
}
