// The sentences of the pages, in every language there is a file for
// (data/languages/pages/<language>.tsv), and how that language writes dates.
//
// A file is lines of "key<TAB>sentence"; '#' begins a comment. {name} in a sentence is a place for
// a value. English is the reference: every other file has exactly its keys and places (a test holds
// this).
#pragma once
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pages {

struct LanguageFile {
  std::string_view language;
  std::string_view text;
};
std::vector<LanguageFile> language_files();

using Values = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class Words {
 public:
  // The language of a code such as "de" or "de-AT"; nullptr when there is none.
  static const Words* find(std::string_view code);
  // The best one: what was chosen (?lang=), else what the browser prefers (Accept-Language, RFC
  // 9110 12.5.4), else English.
  static const Words& choose(std::string_view chosen, std::string_view accept_language);
  static const std::vector<Words>& all();

  std::string_view language() const { return language_; }
  std::string_view own_name() const { return get("language.name"); }
  bool has(std::string_view key) const { return sentences_.find(key) != sentences_.end(); }
  // The key itself when there is no such sentence, so that a mistake is seen and nothing breaks.
  std::string_view get(std::string_view key) const;
  std::string get(std::string_view key, Values values) const;
  const std::map<std::string, std::string, std::less<>>& sentences() const { return sentences_; }

  // A carrier's time as written ("2024-03-20T19:08:38+08:00", "2016-03-18T10:02:00", "2016-03-18"):
  // the day and the hour of the place where it happened, never moved to another zone.
  std::string day(
      std::string_view iso) const;  // "Wednesday, 20 March 2024"; empty for what is no date
  std::string hour(std::string_view iso) const;       // "19:08"; empty without one
  std::string short_day(std::string_view iso) const;  // "Wed, 20 Mar"
  std::string month(std::string_view iso) const;      // "March 2024"

 private:
  explicit Words(const LanguageFile& file);
  std::string format(std::string_view iso, const char* skeleton) const;
  std::string language_;
  std::map<std::string, std::string, std::less<>> sentences_;
};

}  // namespace pages
