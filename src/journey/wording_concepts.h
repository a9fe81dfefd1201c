// What single words are about, whatever the language: "zugestellt", "livré" and "配達" are all
// about delivering. The wording model reads these concepts beside the words themselves, so that
// what it learned of one language's sentences holds for the others' (data/wordings/concepts.txt).
//
// Pure. A table is a view into bytes that must outlive it.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journey/understanding.h"

namespace journey {

// Up to two concepts of one word ("undelivered": not, deliver); 0 is none.
using Concepts = std::array<std::uint8_t, 2>;

struct ConceptWord {
  std::string text;        // folded; one word, or up to four characters of a script without spaces
  bool is_prefix = false;  // whatever follows it in the word
  Concepts concepts{};
};

// The lexicon's file:
//
//   # a comment
//   [deliver]              a concept; the words below are about it
//   deliver* deliv         a star for any ending; accents and capitals do not count
//
// A word that stands under two concepts is about both, in the order of the file.
base::Result<std::vector<ConceptWord>, TableMistake> read_concepts(std::string_view text);

class ConceptTable {
 public:
  ConceptTable() = default;  // knows no word
  // Nothing when the bytes are no table.
  static std::optional<ConceptTable> read(std::string_view bytes);
  static std::string write(std::span<const ConceptWord> words);

  // Of a word with spaces around it: the hash of its first four letters, and what follows them.
  // `end` is of the whole text. The longest entry that fits.
  Concepts of_word(std::uint64_t stem, std::string_view rest, const char* end) const;
  // Of a run of characters of a script without spaces, by its hash.
  Concepts of_run(std::uint64_t hash) const;

 private:
  struct Entry;
  template <class Fits>
  Concepts find(std::uint64_t hash, Fits&& fits) const;

  const char* slots_ = nullptr;
  const char* entries_ = nullptr;
};

}  // namespace journey
