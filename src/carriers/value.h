// What a definition takes out of an answer: values and conditions (docs/connectors.md, Values).
//
// Compiled once, immutable, safe from any thread. `scratch` holds a value that had to be made; a
// value that stands in the document as it is costs no copy.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/path.h"

namespace re2 {
class RE2;
}

namespace carriers {

struct Condition;

struct Value {
  enum class Kind : std::uint8_t { Nothing, Path, First, Join, All, Count, Text };
  enum class Case : std::uint8_t { Kept, Lower, Upper, Capitals };

  Kind kind = Kind::Nothing;
  Path path;                 // of Path, All, Count
  std::vector<Value> parts;  // of First, Join
  std::string text;          // of Text; what stands between, of Join and All
  bool skip_empty = false;

  // What is done with it, in this order.
  std::vector<Condition> only_if;
  bool strip_tags = false;
  std::vector<std::string> unless;
  std::string split;
  bool has_split = false;
  std::shared_ptr<const re2::RE2> match;
  int take = 0;  // the part of split (-1: the last), the group of match
  std::vector<std::pair<std::string, std::string>> map;  // sorted by the first
  std::optional<std::string> map_rest;
  Case letters = Case::Kept;

  explicit operator bool() const { return kind != Kind::Nothing; }
  // White space collapsed; empty when absent.
  std::string_view get(const Document& document, NodeId at, std::string& scratch) const;
  std::string get(const Document& document, NodeId at) const;
};

struct Condition {
  enum class Kind : std::uint8_t { Is, Not, Matches, Present, Absent, Empty };
  Kind kind = Kind::Present;
  Value value;  // a path nearly always: each of its nodes is looked at
  std::vector<std::string> words;
  std::shared_ptr<const re2::RE2> match;

  bool holds(const Document& document, NodeId at) const;
};
bool all_hold(const std::vector<Condition>& conditions, const Document& document, NodeId at);
bool any_holds(const std::vector<Condition>& conditions, const Document& document, NodeId at);

// "", "null" and "string" mean absent everywhere.
bool is_absent(std::string_view text);
// Without white space at the ends and with one space for each run inside (no-break spaces count).
// Gives the text itself when there is nothing to do.
std::string_view collapsed(std::string_view text, std::string& scratch);
// HTML inside a text: tags out, entities resolved. A '<' that begins no tag stays.
std::string without_tags(std::string_view text);

}  // namespace carriers
