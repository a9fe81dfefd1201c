// Does a document fit a JSON Schema? As much of draft 2020-12 as our own schemas use: type, const,
// enum, required, properties, additionalProperties, items, minimum, maximum, $ref into $defs. A key
// that it does not know fails, so that no schema promises what nobody checks.
#pragma once
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace rights::testing {

class SchemaCheck {
 public:
  // What is wrong, one sentence each; empty: it fits.
  static std::vector<std::string> faults(std::string_view schema, std::string_view document) {
    simdjson::dom::parser schemas, documents;
    SchemaCheck check;
    check.root_ = schemas.parse(schema.data(), schema.size()).value();
    check.visit(check.root_, documents.parse(document.data(), document.size()).value(), "$");
    return check.faults_;
  }

 private:
  using Element = simdjson::dom::element;

  static std::string_view type_of(const Element& value) {
    switch (value.type()) {
      case simdjson::dom::element_type::ARRAY:
        return "array";
      case simdjson::dom::element_type::OBJECT:
        return "object";
      case simdjson::dom::element_type::STRING:
        return "string";
      case simdjson::dom::element_type::BOOL:
        return "boolean";
      case simdjson::dom::element_type::NULL_VALUE:
        return "null";
      case simdjson::dom::element_type::DOUBLE:
        return "number";
      default:
        return "integer";
    }
  }
  void fault(const std::string& at, std::string_view what) {
    faults_.push_back(fmt::format("{}: {}", at, what));
  }
  static bool holds(const Element& list, const std::string& value) {
    const simdjson::dom::array all = list.get_array().value();
    return std::any_of(all.begin(), all.end(),
                       [&](const Element& one) { return simdjson::minify(one) == value; });
  }

  void visit_object(const Element& schema, const Element& value, const std::string& at) {
    simdjson::dom::object properties;
    const bool has = schema["properties"].get(properties) == simdjson::SUCCESS;
    bool may_more = true;
    const bool says = schema["additionalProperties"].get(may_more) == simdjson::SUCCESS;
    const bool is_shut = says && !may_more;
    const simdjson::dom::object members = value.get_object().value();
    for (const auto& [key, child] : members) {
      Element rule;
      if (has && properties.at_key(key).get(rule) == simdjson::SUCCESS) {
        visit(rule, child, fmt::format("{}.{}", at, key));
      } else if (is_shut) {
        fault(at, fmt::format("{} is not in the schema", key));
      }
    }
    simdjson::dom::array required;
    if (schema["required"].get(required) != simdjson::SUCCESS) return;
    for (const auto key : required) {
      const std::string_view name = key.get_string().value();
      if (members.at_key(name).error() != simdjson::SUCCESS)
        fault(at, fmt::format("{} is missing", name));
    }
  }

  void check_type(const Element& rule, const Element& value, const std::string& at) {
    const auto is = type_of(value);
    std::string_view one;
    const bool fits =
        rule.get(one) == simdjson::SUCCESS ? one == is : holds(rule, fmt::format("\"{}\"", is));
    if (!fits) fault(at, fmt::format("is {}", is));
  }

  void visit(const Element& schema, const Element& value, const std::string& at) {
    const simdjson::dom::object rules = schema.get_object().value();
    for (const auto& [key, rule] : rules) {
      std::int64_t limit = 0, number = 0;
      if (key == "type") {
        check_type(rule, value, at);
      } else if (key == "const") {
        if (simdjson::minify(rule) != simdjson::minify(value)) fault(at, "is not the constant");
      } else if (key == "enum") {
        if (!holds(rule, simdjson::minify(value))) fault(at, "is none of the list");
      } else if (key == "$ref") {
        const std::string_view name = rule.get_string().value();
        visit(root_["$defs"][name.substr(name.rfind('/') + 1)].value(), value, at);
      } else if (key == "items") {
        std::size_t i = 0;
        simdjson::dom::array items;
        if (value.get(items) != simdjson::SUCCESS) continue;
        for (const auto item : items) visit(rule, item, fmt::format("{}[{}]", at, i++));
      } else if (key == "minimum" || key == "maximum") {
        if (rule.get(limit) == simdjson::SUCCESS && value.get(number) == simdjson::SUCCESS &&
            (key == "minimum" ? number < limit : number > limit))
          fault(at, "is out of bounds");
      } else if (std::ranges::find(kOthers, key) == kOthers.end()) {
        fault(at, fmt::format("nobody checks the schema's {}", key));
      }
    }
    if (value.is_object()) visit_object(schema, value, at);
  }

  static constexpr std::array<std::string_view, 7> kOthers = {
      "$schema", "$defs", "title", "description", "properties", "required", "additionalProperties"};
  Element root_;
  std::vector<std::string> faults_;
};

}  // namespace rights::testing
