#include "carriers/section.h"

namespace carriers {

std::string Section::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const toml::node* Section::take(std::string_view key) {
  taken_.emplace_back(key);
  return table_.get(key);
}

void Section::wrong(std::string_view key, std::string says) {
  const auto* node = table_.get(key);
  mistakes_.add(node != nullptr ? *node : static_cast<const toml::node&>(table_), path_of(key),
                std::move(says));
}

std::string Section::text(std::string_view key, std::string otherwise) {
  const auto* node = take(key);
  if (node == nullptr) return otherwise;
  if (const auto* text = node->as_string()) return text->get();
  wrong(key, "should be a text in quotes");
  return otherwise;
}

bool Section::truth(std::string_view key, bool otherwise) {
  const auto* node = take(key);
  if (node == nullptr) return otherwise;
  if (const auto* truth = node->as_boolean()) return truth->get();
  wrong(key, "should be true or false");
  return otherwise;
}

std::int64_t Section::whole(std::string_view key, std::int64_t otherwise, std::int64_t least,
                            std::int64_t most) {
  const auto* node = take(key);
  if (node == nullptr) return otherwise;
  const auto* number = node->as_integer();
  if (number != nullptr && number->get() >= least && number->get() <= most) return number->get();
  wrong(key, fmt::format("should be a whole number from {} to {}", least, most));
  return otherwise;
}

double Section::real(std::string_view key, double otherwise, double least, double most) {
  const auto* node = take(key);
  if (node == nullptr) return otherwise;
  const auto number = node->value<double>();
  if (number && *number >= least && *number <= most) return *number;
  wrong(key, fmt::format("should be a number from {} to {}", least, most));
  return otherwise;
}

std::vector<std::string> Section::texts(std::string_view key) {
  std::vector<std::string> out;
  const auto* node = take(key);
  if (node == nullptr) return out;
  if (const auto* text = node->as_string()) return {text->get()};
  const auto* list = node->as_array();
  if (list != nullptr) {
    for (const auto& element : *list) {
      if (const auto* text = element.as_string()) out.push_back(text->get());
    }
  }
  if (list == nullptr || out.size() != list->size())
    wrong(key, "should be a text or a list of texts");
  return out;
}

std::vector<int> Section::wholes(std::string_view key) {
  std::vector<int> out;
  const auto* node = take(key);
  if (node == nullptr) return out;
  if (const auto* number = node->as_integer()) return {static_cast<int>(number->get())};
  const auto* list = node->as_array();
  if (list != nullptr) {
    for (const auto& element : *list) {
      if (const auto* number = element.as_integer()) out.push_back(static_cast<int>(number->get()));
    }
  }
  if (list == nullptr || out.size() != list->size())
    wrong(key, "should be a whole number or a list of them");
  return out;
}

std::string Section::word(std::string_view key, std::initializer_list<std::string_view> words) {
  const auto given = text(key, std::string(*words.begin()));
  for (const auto& word : words) {
    if (given == word) return given;
  }
  wrong(key, fmt::format("'{}' is none of {}", given, fmt::join(words, ", ")));
  return std::string(*words.begin());
}

std::optional<Section> Section::section(std::string_view key) {
  const auto* node = take(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* table = node->as_table()) return Section(*table, path_of(key), mistakes_);
  wrong(key, "should be a section or { ... }");
  return std::nullopt;
}

std::optional<Path> Section::path(std::string_view key) {
  if (!has(key)) {
    take(key);
    return std::nullopt;
  }
  auto parsed = Path::parse(text(key));
  if (parsed) return std::move(parsed).value();
  wrong(key, parsed.error());
  return std::nullopt;
}

std::vector<Path> Section::paths(std::string_view key) {
  std::vector<Path> out;
  for (const auto& text : texts(key)) {
    auto parsed = Path::parse(text);
    if (parsed)
      out.push_back(std::move(parsed).value());
    else
      wrong(key, parsed.error());
  }
  return out;
}

Value Section::value(std::string_view key) {
  const auto* node = take(key);
  return node == nullptr ? Value() : read_value(*node, path_of(key), mistakes_);
}

std::vector<Condition> Section::conditions(std::string_view key) {
  const auto* node = take(key);
  return node == nullptr ? std::vector<Condition>()
                         : read_conditions(*node, path_of(key), mistakes_);
}

void Section::finish() {
  for (const auto& [key, node] : table_) {
    const std::string_view name = key.str();
    if (std::find(taken_.begin(), taken_.end(), name) != taken_.end()) continue;
    mistakes_.add(static_cast<int>(key.source().begin.line), path_of(name), "there is no such key");
  }
}

}  // namespace carriers
