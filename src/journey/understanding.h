// From a carrier's code and words to a verdict: codes first, then the carrier's own sentences, then
// the language.
//
// Pure and immutable: safe from any thread, no allocation per verdict.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journey/verdict.h"

namespace journey {

struct TableMistake {
  int line = 0;
  std::string says;
};

// A table of codes and sentences: a carrier's (data/connectors/<carrier>/codes.tsv) or a standard's
// (data/standards/<name>.tsv). Tab separated, '#' begins a comment line, first line the header:
//
//   code  text  status  source
//
// code    the carrier's code, any case; '*' stands for any run of characters. Empty: decided by
//         text alone.
// text    the carrier's sentence, compared folded (case, accents, white space, digits and
//         punctuation do not count); '*' for any run. Empty: decided by code alone. A row with code
//         and text wins over one with a code, which wins over one with a text; then the row with
//         fewer stars; then the earlier.
// status  "transit001", "delivered" (no sub-status), or "note": informational, changes nothing
// source  where the fact is from, for people
class CodeTable {
 public:
  static base::Result<CodeTable, TableMistake> parse(std::string_view tsv);
  CodeTable();
  CodeTable(CodeTable&&) noexcept;
  CodeTable& operator=(CodeTable&&) noexcept;
  ~CodeTable();
  std::size_t size() const;

  Verdict find(std::string_view code, std::string_view text) const;
  // The row that decides, as one line for people; empty when none does.
  std::string explain(std::string_view code, std::string_view text) const;

 private:
  friend class Understanding;
  struct State;
  // find() for what is folded already (FoldedCode, Folded).
  Verdict decide(std::string_view folded_code, std::string_view folded_text) const;
  std::unique_ptr<State> state_;
};

class Understanding {
 public:
  // The standards, rules and model that are built in.
  static const Understanding& builtin();

  // `table`: the carrier's own, may be null. `standard`: which standard the codes belong to
  // ("upu-emsevt", "x12-1650" or "x12-214", "edifact-rec24" or "edifact-iftsta", "gs1-cbv" or
  // "gs1-epcis", "dcsa-tnt", "iata-fsu", "iata-cargo-imp-fsu" or "iata-one-record"), empty for
  // none; a name that is no standard's counts as none. `language`: ISO 639-1, empty when unknown.
  //
  // A code of the carrier's table decides first, then the standard's code, then the carrier's
  // sentence, then the standard's, then the language.
  Verdict judge(const CodeTable* table, std::string_view standard, std::string_view code,
                std::string_view text, std::string_view language) const;
  // By the words alone.
  Verdict by_wording(std::string_view text, std::string_view language) const;
  // The built-in table of that name or alias; null when there is none.
  const CodeTable* standard(std::string_view name) const;
  // Why judge() says what it says, in one line for people.
  std::string explain(const CodeTable* table, std::string_view standard, std::string_view code,
                      std::string_view text, std::string_view language) const;

  ~Understanding();

 private:
  Understanding();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace journey
