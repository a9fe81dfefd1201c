#include "journey/code_table.h"

#include <tuple>

#include "base/text.h"
#include "journey/fold.h"
#include "journey/understanding.h"

namespace journey {

FoldedCode::FoldedCode(std::string_view code) {
  for (const char c : base::trim(code).substr(0, kMost)) bytes_[size_++] = base::to_upper(c);
}

bool fits(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

namespace {

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
template <class Value>
using ByText = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

// Which pairs of bytes a text has, as a sieve: a pattern with a pair that the text lacks cannot
// fit. Tables have hundreds of rows like "*customs*", and nearly all of them end here.
class Pairs {
 public:
  // A star is in no pair.
  explicit Pairs(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i - 1] == '*' || text[i] == '*') continue;
      const unsigned pair =
          static_cast<unsigned char>(text[i - 1]) * 31U ^ static_cast<unsigned char>(text[i]) * 7U;
      bits_[pair >> 6 & 3U] |= std::uint64_t{1} << (pair & 63U);
    }
  }
  bool are_within(const Pairs& other) const {
    std::uint64_t missing = 0;
    for (std::size_t i = 0; i < bits_.size(); ++i) missing |= bits_[i] & ~other.bits_[i];
    return missing == 0;
  }

 private:
  std::array<std::uint64_t, 4> bits_{};
};

// The three ways to decide, in the order of trust.
enum class Decides { CodeAndText, Code, Text };

struct Row {
  std::string code, text;  // folded
  Pairs pairs{{}};         // of the text
  Decides decides{};
  int stars = 0;
  int line = 0;
  Verdict verdict;
  std::string said_code, said_text, source;  // as written, for people
};

constexpr std::string_view kHeader = "code\ttext\tstatus\tsource";

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// Folded between the stars, which stay.
std::string fold_pattern(std::string_view text) {
  std::string out;
  for (const auto piece : split(text, '*')) {
    if (piece.data() != text.data()) out += '*';
    out += fold(piece);
  }
  return out;
}

bool read_status(std::string_view word, Verdict& verdict) {
  verdict.confidence = 1000;
  if (base::equals_ignoring_case(word, "note")) {
    verdict.kind = Verdict::Kind::Note;
    return true;
  }
  verdict.kind = Verdict::Kind::Known;
  if (const auto status = parse_status(word)) {
    verdict.status = *status;
    return true;
  }
  if (const auto substatus = parse_substatus(word)) {
    verdict.status = substatus->status;
    verdict.substatus = substatus->number;
    return true;
  }
  return false;
}

base::Result<Row, TableMistake> read_row(std::string_view text, int line) {
  const auto cells = split(text, '\t');
  const auto wrong = [line](std::string says) {
    return base::Failure{TableMistake{line, std::move(says)}};
  };
  if (cells.size() != 4)
    return wrong(fmt::format("{} columns instead of 4 (code, text, status, source)", cells.size()));
  Row row;
  row.line = line;
  row.said_code = base::trim(cells[0]);
  row.said_text = base::trim(cells[1]);
  row.source = base::trim(cells[3]);
  if (row.said_code.empty() && row.said_text.empty()) return wrong("neither a code nor a text");
  if (row.said_code.size() > FoldedCode::kMost) return wrong("the code is too long to be one");
  row.code = FoldedCode(row.said_code).view();
  row.text = fold_pattern(row.said_text);
  row.pairs = Pairs(row.text);
  if (row.text.empty() && !row.said_text.empty())
    return wrong("nothing is left of the text when case, digits and punctuation do not count");
  if (!read_status(base::trim(cells[2]), row.verdict))
    return wrong(fmt::format("'{}' is neither a status (transit001, delivered) nor note",
                             base::trim(cells[2])));
  row.stars =
      static_cast<int>(std::ranges::count(row.code, '*') + std::ranges::count(row.text, '*'));
  row.decides = row.code.empty()   ? Decides::Text
                : row.text.empty() ? Decides::Code
                                   : Decides::CodeAndText;
  row.verdict.by = row.code.empty() ? By::CarrierWording : By::CarrierCode;
  return row;
}

// Code and text as one key, without allocation.
class Both {
 public:
  Both(std::string_view code, std::string_view text) {
    std::ranges::copy(code, bytes_.begin());
    bytes_[code.size()] = '\t';
    std::ranges::copy(text, bytes_.data() + code.size() + 1);
    size_ = code.size() + 1 + text.size();
  }
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, FoldedCode::kMost + 1 + Folded::kMost> bytes_;
  std::size_t size_;
};

}  // namespace

struct CodeTable::State {
  std::vector<Row> rows;
  ByText<std::size_t> both, codes, texts;  // rows without stars
  // Rows with stars, best first: those of one code under it, the others in line.
  ByText<std::vector<std::size_t>> texts_of_code;
  std::vector<std::size_t> starred_both, starred_codes, starred_texts;

  void index();
  void sort();
  const Row* first(const std::vector<std::size_t>& candidates, std::string_view code,
                   std::string_view text) const;
  const Row* find(std::string_view code, std::string_view text) const;
  const Row* find_both(std::string_view code, std::string_view text) const;
};

void CodeTable::State::index() {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const bool code_is_plain = row.code.find('*') == row.code.npos;
    switch (row.decides) {
      case Decides::CodeAndText:
        if (row.stars == 0) {
          both.try_emplace(row.code + '\t' + row.text, i);
        } else if (code_is_plain) {
          texts_of_code[row.code].push_back(i);
        } else {
          starred_both.push_back(i);
        }
        break;
      case Decides::Code:
        if (row.stars == 0) {
          codes.try_emplace(row.code, i);
        } else {
          starred_codes.push_back(i);
        }
        break;
      case Decides::Text:
        if (row.stars == 0) {
          texts.try_emplace(row.text, i);
        } else {
          starred_texts.push_back(i);
        }
        break;
    }
  }
  sort();
}

void CodeTable::State::sort() {
  const auto best_first = [this](std::vector<std::size_t>& list) {
    std::ranges::stable_sort(list, {}, [this](std::size_t i) { return rows[i].stars; });
  };
  for (auto* list : {&starred_both, &starred_codes, &starred_texts}) best_first(*list);
  for (auto& [code, list] : texts_of_code) best_first(list);
}

const Row* CodeTable::State::first(const std::vector<std::size_t>& candidates,
                                   std::string_view code, std::string_view text) const {
  if (candidates.empty()) return nullptr;
  const Pairs pairs(text);
  for (const auto i : candidates) {
    const Row& row = rows[i];
    if (!row.pairs.are_within(pairs)) continue;
    if (row.decides != Decides::Text && !fits(row.code, code)) continue;
    if (row.decides != Decides::Code && !fits(row.text, text)) continue;
    return &row;
  }
  return nullptr;
}

const Row* CodeTable::State::find_both(std::string_view code, std::string_view text) const {
  if (!both.empty()) {
    if (const auto at = both.find(Both(code, text).view()); at != both.end())
      return &rows[at->second];
  }
  const Row* starred = first(starred_both, code, text);
  if (const auto at = texts_of_code.find(code); at != texts_of_code.end()) {
    const Row* plain = first(at->second, code, text);
    if (starred == nullptr || (plain != nullptr && std::tie(plain->stars, plain->line) <
                                                       std::tie(starred->stars, starred->line)))
      return plain;
  }
  return starred;
}

// Both arguments folded.
const Row* CodeTable::State::find(std::string_view code, std::string_view text) const {
  if (!code.empty()) {
    if (const Row* row = find_both(code, text)) return row;
    if (const auto at = codes.find(code); at != codes.end()) return &rows[at->second];
    if (const Row* row = first(starred_codes, code, text)) return row;
  }
  if (text.empty()) return nullptr;
  if (const auto at = texts.find(text); at != texts.end()) return &rows[at->second];
  return first(starred_texts, code, text);
}

CodeTable::CodeTable() : state_(std::make_unique<State>()) {}
CodeTable::CodeTable(CodeTable&&) noexcept = default;
CodeTable& CodeTable::operator=(CodeTable&&) noexcept = default;
CodeTable::~CodeTable() = default;

std::size_t CodeTable::size() const { return state_->rows.size(); }

base::Result<CodeTable, TableMistake> CodeTable::parse(std::string_view tsv) {
  CodeTable table;
  bool has_header = false;
  int line = 0;
  for (auto text : split(tsv, '\n')) {
    ++line;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty() || text.starts_with('#')) continue;
    if (!has_header) {
      if (text != kHeader)
        return base::Failure{
            TableMistake{line, "the first line must be: code, text, status, source (with tabs)"}};
      has_header = true;
      continue;
    }
    auto row = read_row(text, line);
    if (!row) return base::Failure{row.error()};
    table.state_->rows.push_back(row.value());
  }
  if (!has_header) return base::Failure{TableMistake{line, "an empty table: no header"}};
  table.state_->index();
  return table;
}

Verdict CodeTable::decide(std::string_view folded_code, std::string_view folded_text) const {
  const Row* row = state_->find(folded_code, folded_text);
  return row != nullptr ? row->verdict : Verdict{};
}

Verdict CodeTable::find(std::string_view code, std::string_view text) const {
  return decide(FoldedCode(code).view(), Folded(text).view());
}

std::string CodeTable::explain(std::string_view code, std::string_view text) const {
  const Row* row = state_->find(FoldedCode(code).view(), Folded(text).view());
  if (row == nullptr) return {};
  std::string out = fmt::format("line {}:", row->line);
  if (!row->said_code.empty()) out += fmt::format(" code {}", row->said_code);
  if (!row->said_text.empty())
    out += fmt::format("{} text \"{}\"", row->said_code.empty() ? "" : " and", row->said_text);
  if (!row->source.empty()) out += fmt::format(" ({})", row->source);
  return out;
}

}  // namespace journey
