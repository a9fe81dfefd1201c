// The sentences of one language, and how that language writes days and hours.
//
// Two families of files: data/languages/messages/ (parcels) and data/languages/letters/. A line is
// "key<TAB>sentence"; a translation has "<TAB>stamp" after it, the FNV-1a of the English sentence
// that it was made from. A sentence is an ICU MessageFormat pattern with named arguments.
//
// Immutable after loading; ICU's own formatters are made once in each thread.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "messages/message.h"

namespace messages {

enum class Family : std::uint8_t { Parcels, Letters };

struct LanguageFile {
  Family family;
  std::string_view language;
  std::string_view text;
};
const std::vector<LanguageFile>& language_files();

using Argument = std::variant<std::string, std::int64_t>;
using Arguments = std::vector<std::pair<std::string_view, Argument>>;

struct Sentence {
  std::string text;
  std::string stamp;  // empty in English
};

class Words {
 public:
  // nullptr when there is no such file. "en-XA" is English in disguise, for tests: each letter
  // accented, each sentence a third longer and in brackets, so that a word that no catalogue knows
  // stands out.
  static const Words* find(Family family, std::string_view language);
  static const Words& get(Family family, std::string_view language);  // English when there is none

  const std::string& language() const { return language_; }
  bool is_right_to_left() const { return is_right_to_left_; }
  bool has(std::string_view key) const { return sentences_.find(key) != sentences_.end(); }
  const std::map<std::string, Sentence, std::less<>>& sentences() const { return sentences_; }

  // The sentence with its arguments put in; the key itself when there is no such sentence, so that
  // a mistake is seen and nothing breaks. An empty text is given to ICU as "none". Values written
  // in the other direction are isolated (UAX 9), so that a number never pulls the sentence apart.
  std::string say(std::string_view key, const Arguments& arguments = {}) const;

  // `iso` as a carrier wrote it: the wall clock of its place, its offset never applied. What is no
  // date gives an empty text.
  enum class Length : std::uint8_t { Long, Short };
  std::string moment(std::string_view iso, Length length) const;  // Wednesday 20 March at 14:32
  std::string span(const Window& window, Length length) const;    // Wed 20 - Thu 21 Mar
  std::string date(std::string_view iso) const;                   // 20 March 2026
  // 20 March 2026 at 14:32 UTC: for what is no parcel's, and has no place whose clock is meant.
  std::string date_and_hour(std::string_view iso) const;

  // Wrapped in first-strong isolates where the text around runs the other way.
  std::string isolated(std::string_view value) const;

 private:
  Words(std::string_view language, std::string_view text);
  Words(const Words&) = default;
  friend class Catalogue;

  std::string language_;
  std::string locale_;  // for ICU: "en-GB", "ar-u-nu-latn"
  bool is_right_to_left_ = false;
  std::map<std::string, Sentence, std::less<>> sentences_;
};

std::string stamp_of(std::string_view english);
// English in disguise; the arguments stay as they are.
std::string pseudo(std::string_view pattern);
// The names of a pattern's arguments, sorted, each once; nothing when ICU cannot read the pattern.
std::optional<std::vector<std::string>> arguments_of(std::string_view pattern);

}  // namespace messages
