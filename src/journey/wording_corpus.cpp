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

// Beside the meanings: words that give a reason and decide nothing.
constexpr std::size_t kReason = kNothing + 1;

std::optional<std::size_t> read_meaning(std::string_view word) {
  if (word == "reason") return kReason;
  if (word == "nothing") return kNothing;
  const auto substatus = parse_substatus(word);
  return substatus ? meaning_of(substatus->status, substatus->number) : std::nullopt;
}

// One file of data/wordings, line by line.
class Reader {
 public:
  // What is wrong with the line; empty when nothing is.
  std::string line(std::string_view text) {
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
    add(all);
    return {};
  }

  std::vector<Sentence> sentences;

 private:
  void add(const std::set<std::string>& spellings) {
    const std::size_t learned = std::min(spellings.size(), kMostLearned);
    const float weight = 1.0F / std::sqrt(static_cast<float>(std::max<std::size_t>(learned, 1)));
    std::size_t i = 0;
    for (const auto& spelling : spellings) {
      // Spread over the sorted spellings, so that each choice has its share.
      const bool is_learned =
          i * learned / spellings.size() != (i + 1) * learned / spellings.size();
      Sentence sentence{spelling, *meaning_, weight, {}};
      sentence.is_spelling = !is_learned;
      sentences.push_back(std::move(sentence));
      ++i;
    }
  }

  std::string heading(std::string_view word) {
    meaning_ = read_meaning(word);
    return meaning_ ? std::string{} : fmt::format("[{}] is no status", word);
  }

  Names names_;
  std::optional<std::size_t> meaning_;
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

// Carriers join two statements in one line ("Not delivered - wrong address", "Refused; will be
// returned"). Which of the two it then means, whichever comes first:
struct Joined {
  std::string_view first, second, means;
  std::size_t share;  // of kCompositions
};
constexpr Joined kJoined[] = {
    {"undelivered004", "undelivered001", "undelivered001", 2},
    {"undelivered004", "undelivered002", "undelivered002", 2},
    {"undelivered004", "undelivered003", "undelivered003", 2},
    {"undelivered004", "exception009", "exception009", 2},
    {"undelivered004", "exception011", "exception011", 1},
    {"undelivered001", "exception011", "exception011", 1},
    {"undelivered002", "exception011", "exception011", 1},
    {"undelivered003", "exception011", "exception011", 1},
    {"exception011", "undelivered001", "exception011", 2},
    {"exception011", "undelivered002", "exception011", 2},
    {"exception011", "undelivered003", "exception011", 1},
    {"exception011", "exception007", "exception011", 1},
    {"exception011", "exception006", "exception011", 1},
    {"exception004", "exception011", "exception004", 2},
    {"exception009", "exception011", "exception009", 2},
    {"exception009", "exception007", "exception009", 1},
    {"undelivered002", "pickup002", "pickup002", 1},
    {"undelivered004", "pickup002", "pickup002", 1},
    {"pickup002", "pickup002", "pickup002", 1},
    {"undelivered002", "transit003", "undelivered002", 2},
    {"undelivered004", "transit003", "undelivered004", 1},
    {"undelivered001", "exception005", "undelivered001", 1},
    {"exception005", "undelivered001", "exception005", 1},
    {"exception005", "exception007", "exception007", 1},
    {"exception005", "exception006", "exception006", 1},
    {"exception005", "exception011", "exception011", 1},
    {"exception005", "exception005", "exception005", 1},
    {"exception007", "undelivered001", "exception007", 2},
    {"exception007", "exception007", "exception007", 1},
    {"exception007", "exception004", "exception007", 1},
    {"exception007", "undelivered003", "exception007", 1},
    {"exception006", "exception006", "exception006", 2},
    {"delivered001", "delivered004", "delivered004", 1},
    {"delivered001", "delivered002", "delivered002", 1},
    {"delivered001", "delivered003", "delivered003", 1},
    {"delivered001", "exception007", "delivered001", 1},
    {"inforeceived001", "undelivered001", "inforeceived001", 1},
    {"inforeceived001", "inforeceived001", "inforeceived001", 1},
    {"transit001", "transit001", "transit001", 1},
    {"transit002", "transit001", "transit002", 1},
    {"transit002", "transit002", "transit002", 1},
    {"transit003", "transit003", "transit003", 1},
    {"transit003", "pickup001", "transit003", 1},
    {"transit001", "undelivered001", "transit001", 1},
};
constexpr std::size_t kCompositions = 25;
constexpr std::size_t kLongestPart = 90;  // bytes: two long sentences are seldom joined

constexpr std::string_view kReasoned[] = {"undelivered004", "exception011",    "exception005",
                                          "exception007",   "exception009",    "exception006",
                                          "transit001",     "inforeceived001", "delivered001",
                                          "pickup002",      "transit002"};

void add_composed(std::vector<Sentence>& sentences, std::size_t a, std::size_t b,
                  std::size_t meaning) {
  Sentence both{sentences[a].text + ' ' + sentences[b].text, meaning, 0.5F, {}};
  both.is_composed = true;
  sentences.push_back(std::move(both));
}

void compose(std::vector<Sentence>& sentences) {
  std::array<std::vector<std::size_t>, kReason + 1> by_meaning;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    if (sentences[i].text.size() <= kLongestPart && !sentences[i].is_spelling)
      by_meaning[sentences[i].meaning].push_back(i);
  }
  Random random(sentences.size());
  const auto join = [&](std::string_view first, std::size_t second, std::string_view means,
                        std::size_t count) {
    const auto& as = by_meaning[*read_meaning(first)];
    const auto& bs = by_meaning[second];
    for (std::size_t n = 0; n < count && !as.empty() && !bs.empty(); ++n)
      add_composed(sentences, as[random.below(as.size())], bs[random.below(bs.size())],
                   *read_meaning(means));
  };
  for (const Joined& joined : kJoined)
    join(joined.first, *read_meaning(joined.second), joined.means, joined.share * kCompositions);
  // Whatever is said with a reason behind it means what it meant.
  for (const std::string_view word : kReasoned) join(word, kReason, word, 6 * kCompositions);
  std::erase_if(sentences, [](const Sentence& s) { return s.meaning == kReason; });
}

}  // namespace

base::Result<std::vector<Sentence>, TableMistake> read_wordings(std::string_view text) {
  Reader reader;
  auto mistake = each_line(text, [&](std::string_view line) { return reader.line(line); });
  if (mistake) return base::Failure{std::move(*mistake)};
  compose(reader.sentences);
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
