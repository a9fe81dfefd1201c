// How the wording model is made: sentences with their meanings in, weights out. Runs when the
// program is built (wording_train_main.cpp) and in the bench, never in the program itself.
//
// Deterministic: the same sentences in the same order give the same bytes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journey/understanding.h"
#include "journey/wording_model.h"

namespace journey {

// Beside the meanings, what is never learned by itself but only joined with other statements
// (wording_composition.h): a reason, which decides nothing; why something waits; what can be done
// later; the words that join.
enum Part : std::size_t { kReason = kNothing + 1, kWait, kLater, kJoin };
// And what some statements are beside what they mean: a parcel that was sent on or stands
// somewhere, one that was not collected from its sender.
enum Role : std::size_t { kNoRole = kJoin + 1, kOnward, kPlace, kUncollected, kRoleEnd };

// "delivered001", "nothing" or a part: "reason", "wait", "later", "join".
std::optional<std::size_t> read_meaning(std::string_view word);
// "onward", "place", "uncollected".
std::optional<std::size_t> read_role(std::string_view word);

struct Sentence {
  std::string text;         // folded
  std::size_t meaning = 0;  // index of kMeanings, kNothing or a Part
  float weight = 1;
  std::string source;          // whose sentence: "usps", "upu-emsevt"; empty: the project's own
  std::uint32_t language = 0;  // sentences of one language are joined with each other
  bool is_spelling = false;  // one more spelling of a sentence: known as a whole, not learned from
  std::size_t role = kNoRole;
  // The line it is from, one of its alternatives where a line is but a list of them: what is left
  // out together when it is asked how sentences are understood that nobody wrote down.
  std::uint32_t group = 0;
};

// A file of data/wordings: the language's own sentences.
//
//   # a comment
//   item = parcel|package|shipment     a name for alternatives
//   [delivered001]                     what the sentences below mean; "nothing" for none
//   <item> {was|has been} delivered    each choice is spelled out; {x|} may be left away
//   [reason]                           what is said behind a statement and decides nothing
//   [wait] [later] [join]              other parts of a line; see Part
//   [transit001 onward]                what sentences mean, and the role they have; see Role
//
// `language`: any number that the languages' files do not share. A sentence of many spellings
// stands for some dozen of them, chosen by its own hash.
base::Result<std::vector<Sentence>, TableMistake> read_wordings(std::string_view text,
                                                                std::uint32_t language = 0);

// The sentences of a table of codes (CodeTable's form); notes and statuses without a sub-status
// teach nothing. A broken table gives its mistake.
base::Result<std::vector<Sentence>, TableMistake> read_table_sentences(std::string_view tsv,
                                                                       std::string_view source);

// The model's bytes (WordingModel::read). `left_out[i]` true: sentence i is not learned from.
std::string train_wording(const std::vector<Sentence>& sentences,
                          const std::vector<ConceptWord>& words,
                          const std::vector<bool>& left_out = {});

}  // namespace journey
