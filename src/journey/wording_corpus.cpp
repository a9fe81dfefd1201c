// Sentences for the wording model: reading data/wordings and tables, and composing new ones.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "journey/fold.h"
#include "journey/wording_model.h"
#include "journey/wording_random.h"
#include "journey/wording_training.h"

namespace journey {
namespace {

using Names = std::map<std::string, std::string, std::less<>>;

// The sentence with every <name> replaced by {its|alternatives}.
std::string with_names(std::string_view text, const Names& names, std::string& unknown) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto open = text.find('<', at);
    const auto close = open == text.npos ? text.npos : text.find('>', open);
    if (close == text.npos) return out += text.substr(at);
    out += text.substr(at, open - at);
    const auto name = text.substr(open + 1, close - open - 1);
    if (const auto known = names.find(name); known != names.end()) {
      out += '{' + known->second + '}';
    } else {
      unknown = name;
    }
    at = close + 1;
  }
  return out;
}

// A sentence as a row of choices; plain text is a choice of one.
using Choices = std::vector<std::vector<std::string>>;

Choices choices_of(std::string_view text) {
  Choices out;
  for (std::size_t at = 0; at < text.size();) {
    const auto open = text.find('{', at);
    const auto close = open == text.npos ? text.npos : text.find('}', open);
    if (close == text.npos) {
      out.push_back({std::string(text.substr(at))});
      break;
    }
    out.push_back({std::string(text.substr(at, open - at))});
    auto& options = out.emplace_back();
    auto inside = text.substr(open + 1, close - open - 1);
    for (;;) {
      const auto bar = inside.find('|');
      options.emplace_back(inside.substr(0, bar));
      if (bar == inside.npos) break;
      inside.remove_prefix(bar + 1);
    }
    at = close + 1;
  }
  return out;
}

constexpr std::size_t kMostSpellings = 400;
constexpr std::size_t kMostLearned = 60;  // of them

std::set<std::string> spellings(std::string_view text) {
  const Choices choices = choices_of(text);
  std::size_t combinations = 1;
  for (const auto& options : choices)
    combinations = std::min<std::size_t>(combinations * options.size(), 100'000);
  std::uint64_t seed = 7;
  for (const char c : text) seed = seed * 31 + static_cast<unsigned char>(c);
  Random random(seed);
  std::set<std::string> out;
  const bool all = combinations <= kMostSpellings;
  for (std::size_t n = 0; n < (all ? combinations : kMostSpellings); ++n) {
    std::string spelling;
    std::size_t rest = n;
    for (const auto& options : choices) {
      const std::size_t pick = all ? rest % options.size() : random.below(options.size());
      rest /= options.size();
      spelling += options[pick];
    }
    if (auto folded = fold(spelling); !folded.empty()) out.insert(std::move(folded));
  }
  return out;
}

}  // namespace

std::optional<std::size_t> read_meaning(std::string_view word) {
  constexpr std::pair<std::string_view, Part> kParts[] = {
      {"reason", kReason}, {"wait", kWait}, {"later", kLater}, {"join", kJoin}};
  for (const auto& [name, part] : kParts) {
    if (word == name) return part;
  }
  if (word == "nothing") return kNothing;
  const auto substatus = parse_substatus(word);
  return substatus ? meaning_of(substatus->status, substatus->number) : std::nullopt;
}

std::optional<std::size_t> read_role(std::string_view word) {
  constexpr std::pair<std::string_view, Role> kRoles[] = {
      {"onward", kOnward}, {"place", kPlace}, {"uncollected", kUncollected}};
  for (const auto& [name, role] : kRoles) {
    if (word == name) return role;
  }
  return std::nullopt;
}

namespace {

// One file of data/wordings, line by line.
class Reader {
 public:
  // What is wrong with the line; empty when nothing is.
  std::string line(std::string_view text) {
    ++group_;
    text = base::trim(text);
    if (text.empty() || text.starts_with('#')) return {};
    if (text.starts_with('[') && text.ends_with(']'))
      return heading(text.substr(1, text.size() - 2));
    if (const auto equals = text.find(" = "); equals != text.npos) {
      names_[std::string(text.substr(0, equals))] = text.substr(equals + 3);
      return {};
    }
    if (!meaning_) return "a sentence before the first [status]";
    std::string unknown;
    const auto all = spellings(with_names(text, names_, unknown));
    if (!unknown.empty()) return fmt::format("<{}> is not defined above", unknown);
    add(all, text.starts_with('{') && text.find('}') + 1 == text.size());
    return {};
  }

  std::vector<Sentence> sentences;

 private:
  void add(const std::set<std::string>& spellings, bool is_list) {
    const std::size_t learned = std::min(spellings.size(), kMostLearned);
    const float weight = 1.0F / std::sqrt(static_cast<float>(std::max<std::size_t>(learned, 1)));
    std::size_t i = 0;
    for (const auto& spelling : spellings) {
      // Spread over the sorted spellings, so that each choice has its share.
      const bool is_learned =
          i * learned / spellings.size() != (i + 1) * learned / spellings.size();
      Sentence sentence{spelling, *meaning_, weight, {}};
      sentence.is_spelling = !is_learned;
      sentence.role = role_;
      if (is_list) ++group_;
      sentence.group = group_;
      sentences.push_back(std::move(sentence));
      ++i;
    }
  }

  std::string heading(std::string_view words) {
    const auto space = std::min(words.find(' '), words.size());
    meaning_ = read_meaning(words.substr(0, space));
    if (!meaning_) return fmt::format("[{}] is no status", words);
    role_ = kNoRole;
    if (space == words.size()) return {};
    const auto role = read_role(words.substr(space + 1));
    if (!role) return fmt::format("[{}] has no such role", words);
    role_ = *role;
    return {};
  }

  Names names_;
  std::optional<std::size_t> meaning_;
  std::size_t role_ = kNoRole;
  std::uint32_t group_ = 0;
};

template <class Function>
std::optional<TableMistake> each_line(std::string_view text, Function&& function) {
  int line = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    ++line;
    if (auto wrong = function(text.substr(0, end)); !wrong.empty())
      return TableMistake{line, std::move(wrong)};
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::nullopt;
}

}  // namespace

base::Result<std::vector<Sentence>, TableMistake> read_wordings(std::string_view text,
                                                                std::uint32_t language) {
  Reader reader;
  auto mistake = each_line(text, [&](std::string_view line) { return reader.line(line); });
  if (mistake) return base::Failure{std::move(*mistake)};
  for (Sentence& sentence : reader.sentences) sentence.language = language;
  return std::move(reader.sentences);
}

base::Result<std::vector<Sentence>, TableMistake> read_table_sentences(std::string_view tsv,
                                                                       std::string_view source) {
  if (auto table = CodeTable::parse(tsv); !table) return base::Failure{table.error()};
  std::vector<Sentence> sentences;
  each_line(tsv, [&](std::string_view line) -> std::string {
    const auto first = line.find('\t'), second = line.find('\t', first + 1),
               third = line.find('\t', second + 1);
    if (line.starts_with('#') || third == line.npos) return {};
    std::string text(line.substr(first + 1, second - first - 1));
    std::ranges::replace(text, '*', ' ');
    const auto meaning = read_meaning(base::trim(line.substr(second + 1, third - second - 1)));
    auto folded = fold(text);
    if (meaning && !folded.empty())
      sentences.push_back({std::move(folded), *meaning, 1, std::string(source)});
    return {};
  });
  return sentences;
}

}  // namespace journey
