// What a service letter says (letters/letters.h): confirm an address, a new password, the answer to
// a request about one's data.
//
// A kind is its keys in data/languages/letters/en.tsv, so that a new one is new rows and no code:
//
//   verify-email.subject     one line
//   verify-email.headline    the title inside
//   verify-email.body        the text; "||" begins a new paragraph
//   verify-email.button      the words on the one button; its address is the value "link"
//   verify-email.after       a paragraph below the button: "If it was not you ..."
//   verify-email.code        (English file only) "yes": the value "code" is shown large, to be
//   typed verify-email.tone        (English file only) "good" or "warn": the colour of the headline
//
// Only the subject is needed. All are ICU messages over the letter's values, and {sender} is the
// writer's name. The values "days", "hours", "minutes" and "count" are numbers ({days, plural,
// ...}). Values called "at", "until", or ending in "_at" or "_until", are ISO and shown as a date
// in the reader's language, the hour as written, with "UTC" where it ends in Z. An empty value is
// "none" for a select. English, Dutch, German, French and Spanish are complete; readers of other
// languages get the English letter under a line in their own language that says so.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messages/message.h"

namespace messages {

using Values = std::map<std::string, std::string, std::less<>>;

struct LetterProblem {
  enum class Kind { UnknownKind, MissingValue } kind;
  std::string name;  // of the kind, or of the value
};
// One sentence for the log, without any value.
std::string describe(const LetterProblem& problem);

// `subject`, `text`, `html` and `language` are filled; the rest stays empty.
base::Result<Message, LetterProblem> write_letter(std::string_view kind, const Values& values,
                                                  std::string_view language, const Sender& sender,
                                                  const Links& links = {});

struct LetterKind {
  std::string_view name;
  std::vector<std::string> values;  // that it needs, sorted
};
const std::vector<LetterKind>& letter_kinds();
// Invented values for a preview.
Values sample_values(const LetterKind& kind);

}  // namespace messages
