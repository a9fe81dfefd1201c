// Values and conditions from TOML.
#include <re2/re2.h>

#include "carriers/section.h"

namespace carriers {
namespace {

std::shared_ptr<const re2::RE2> pattern(Section& section, std::string_view key) {
  const auto text = section.text(key);
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  auto compiled = std::make_shared<const re2::RE2>(text, options);
  if (!compiled->ok()) {
    section.wrong(key, "the pattern does not compile: " + compiled->error());
    return nullptr;
  }
  return compiled;
}

std::vector<Value> parts(Section& section, std::string_view key) {
  std::vector<Value> out;
  const auto* node = section.take(key);
  const auto* list = node == nullptr ? nullptr : node->as_array();
  if (list == nullptr || list->empty()) {
    section.wrong(key, "should be a list of values");
    return out;
  }
  for (std::size_t i = 0; i < list->size(); ++i)
    out.push_back(read_value(*list->get(i), fmt::format("{}[{}]", section.path_of(key), i + 1),
                             section.mistakes()));
  return out;
}

void read_source(Section& section, Value& value) {
  int sources = 0;
  for (const auto* key : {"path", "join", "first", "text"}) sources += section.has(key) ? 1 : 0;
  if (sources != 1) {
    section.wrong("path", "a value has one of path, join, first or text");
    for (const auto* key : {"path", "join", "first", "text", "all", "with", "skip_empty", "count"})
      section.take(key);
    return;
  }
  if (section.has("text")) {
    value.kind = Value::Kind::Text;
    value.text = section.text("text");
  } else if (section.has("join")) {
    value.kind = Value::Kind::Join;
    value.parts = parts(section, "join");
    value.text = section.text("with", " ");
    value.skip_empty = section.truth("skip_empty");
  } else if (section.has("first")) {
    value.kind = Value::Kind::First;
    value.parts = parts(section, "first");
  } else if (auto path = section.path("path")) {
    value.path = std::move(*path);
    value.kind = section.truth("count") ? Value::Kind::Count
                 : section.has("all")   ? Value::Kind::All
                                        : Value::Kind::Path;
    value.text = section.text("all");
  }
}

void read_map(Section& section, Value& value) {
  auto map = section.section("map");
  if (!map) return;
  for (const auto& [key, node] : map->table()) {
    const std::string name(key.str());
    const auto* text = node.as_string();
    if (text == nullptr)
      map->wrong(name, "should be a text in quotes");
    else if (name == "*")
      value.map_rest = text->get();
    else
      value.map.emplace_back(name, text->get());
  }
  std::sort(value.map.begin(), value.map.end());
}

void read_case(Section& section, Value& value) {
  const bool lower = section.truth("lower"), upper = section.truth("upper"),
             capitals = section.truth("capitals");
  if (lower + upper + capitals > 1) section.wrong("lower", "only one of lower, upper and capitals");
  if (lower) value.letters = Value::Case::Lower;
  if (upper) value.letters = Value::Case::Upper;
  if (capitals) value.letters = Value::Case::Capitals;
}

Condition read_condition(const toml::node& node, const std::string& key, MistakeList& mistakes) {
  Condition condition;
  if (node.is_string()) {
    condition.value = read_value(node, key, mistakes);
    return condition;
  }
  const auto* table = node.as_table();
  if (table == nullptr) {
    mistakes.add(node, key, "should be a path or { path = ..., is = ... }");
    return condition;
  }
  Section section(*table, key, mistakes);
  condition.value = section.has("value") ? section.value("value") : section.value("path");
  if (!condition.value) section.wrong("path", "a condition needs a path");
  using Kind = Condition::Kind;
  int tests = 0;
  for (const auto* word : {"is", "in", "not"}) {
    if (!section.has(word)) continue;
    ++tests;
    condition.kind = std::string_view(word) == "not" ? Kind::Not : Kind::Is;
    condition.words = section.texts(word);
  }
  if (section.has("matches")) {
    ++tests;
    condition.kind = Kind::Matches;
    condition.match = pattern(section, "matches");
  }
  const std::pair<const char*, std::pair<Kind, Kind>> truths[] = {
      {"present", {Kind::Present, Kind::Absent}},
      {"absent", {Kind::Absent, Kind::Present}},
      {"empty", {Kind::Empty, Kind::Present}},
  };
  for (const auto& [word, kinds] : truths) {
    if (!section.has(word)) continue;
    ++tests;
    condition.kind = section.truth(word) ? kinds.first : kinds.second;
  }
  if (tests > 1)
    section.wrong("path", "a condition has one of is, in, not, matches, present, absent, empty");
  section.finish();
  return condition;
}

}  // namespace

Value read_value_keys(Section& section) {
  Value value;
  read_source(section, value);
  value.only_if = section.conditions("only_if");
  value.strip_tags = section.truth("strip_tags");
  value.unless = section.texts("unless");
  value.has_split = section.has("split");
  value.split = section.text("split");
  if (value.has_split && value.split.empty()) {
    section.wrong("split", "cannot be empty");
    value.has_split = false;
  }
  if (section.has("match")) {
    value.match = pattern(section, "match");
    const int groups = value.match == nullptr ? 0 : value.match->NumberOfCapturingGroups();
    // The first group is what a pattern with groups is written for.
    value.take = groups > 0 && !value.has_split ? 1 : 0;
    if (section.has("take") && !value.has_split) {
      value.take = static_cast<int>(section.whole("take", value.take, 0, 9));
      if (value.take > groups) section.wrong("take", "the pattern has no such group");
    }
  }
  if (value.has_split) value.take = static_cast<int>(section.whole("take", 0, -100, 100));
  read_map(section, value);
  read_case(section, value);
  return value;
}

Value read_value(const toml::node& node, const std::string& key, MistakeList& mistakes) {
  Value value;
  if (const auto* text = node.as_string()) {
    if (text->get().empty()) return value;  // "nothing", as the starter folder writes it
    auto parsed = Path::parse(text->get());
    if (!parsed) {
      mistakes.add(node, key, parsed.error());
      return value;
    }
    value.kind = Value::Kind::Path;
    value.path = std::move(parsed).value();
  } else if (const auto* list = node.as_array()) {
    value.kind = Value::Kind::First;
    for (std::size_t i = 0; i < list->size(); ++i)
      value.parts.push_back(read_value(*list->get(i), fmt::format("{}[{}]", key, i + 1), mistakes));
  } else if (const auto* table = node.as_table()) {
    Section section(*table, key, mistakes);
    value = read_value_keys(section);
    section.finish();
  } else {
    mistakes.add(node, key, "should be a path, a list or { ... }");
  }
  return value;
}

std::vector<Condition> read_conditions(const toml::node& node, const std::string& key,
                                       MistakeList& mistakes) {
  std::vector<Condition> out;
  const auto* list = node.as_array();
  if (list == nullptr) {
    out.push_back(read_condition(node, key, mistakes));
    return out;
  }
  for (std::size_t i = 0; i < list->size(); ++i)
    out.push_back(read_condition(*list->get(i), fmt::format("{}[{}]", key, i + 1), mistakes));
  return out;
}

}  // namespace carriers
