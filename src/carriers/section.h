// Reading a definition's TOML so that every mistake is told with file, line and key, and a key that
// nobody asked for is a mistake.
#pragma once
#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/connector.h"
#include "carriers/value.h"

namespace carriers {

struct TimeMapping;
struct PlaceMapping;
struct Template;

// Collects what is wrong with one file.
class MistakeList {
 public:
  MistakeList(std::string file, std::vector<DefinitionMistake>& into)
      : file_(std::move(file)), into_(into) {}
  void add(const toml::node& at, std::string_view key, std::string says) {
    add(static_cast<int>(at.source().begin.line), key, std::move(says));
  }
  void add(int line, std::string_view key, std::string says) {
    into_.push_back({file_, line, std::string(key), std::move(says)});
  }

 private:
  std::string file_;
  std::vector<DefinitionMistake>& into_;
};

// One table. Each key is taken once; finish() names those that were not.
class Section {
 public:
  Section(const toml::table& table, std::string path, MistakeList& mistakes)
      : table_(table), path_(std::move(path)), mistakes_(mistakes) {}

  bool has(std::string_view key) const { return table_.contains(key); }
  // The node, or null; the key counts as known from here on.
  const toml::node* take(std::string_view key);
  std::string path_of(std::string_view key) const;
  const toml::table& table() const { return table_; }
  MistakeList& mistakes() { return mistakes_; }
  void wrong(std::string_view key, std::string says);

  std::string text(std::string_view key, std::string otherwise = {});
  bool truth(std::string_view key, bool otherwise = false);
  std::int64_t whole(std::string_view key, std::int64_t otherwise, std::int64_t least,
                     std::int64_t most);
  double real(std::string_view key, double otherwise, double least, double most);
  // One text or a list of them.
  std::vector<std::string> texts(std::string_view key);
  std::vector<int> wholes(std::string_view key);
  // One of `words`; the first when left out.
  std::string word(std::string_view key, std::initializer_list<std::string_view> words);
  // A table below; `nothing` when left out.
  std::optional<Section> section(std::string_view key);

  std::optional<Path> path(std::string_view key);
  std::vector<Path> paths(std::string_view key);  // one or a list
  Value value(std::string_view key);
  std::vector<Condition> conditions(std::string_view key);

  // Reports unknown keys.
  void finish();

 private:
  const toml::table& table_;
  std::string path_;
  MistakeList& mistakes_;
  std::vector<std::string> taken_;
};

// Values stand as a path, a list or a table (docs/connectors.md, Values). `key` is for mistakes.
Value read_value(const toml::node& node, const std::string& key, MistakeList& mistakes);
// The same from the keys of a table that has further keys of its own (times).
Value read_value_keys(Section& section);
std::vector<Condition> read_conditions(const toml::node& node, const std::string& key,
                                       MistakeList& mistakes);

}  // namespace carriers
