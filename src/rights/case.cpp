#include "rights/case.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rights {
namespace {

struct KindWords {
  std::string_view name, article;
};
constexpr std::array<KindWords, kKinds> kKindWords = {{{"access", "Art. 15 GDPR"},
                                                       {"rectification", "Art. 16 GDPR"},
                                                       {"erasure", "Art. 17 GDPR"},
                                                       {"restriction", "Art. 18 GDPR"},
                                                       {"portability", "Art. 20 GDPR"},
                                                       {"objection", "Art. 21 GDPR"},
                                                       {"withdrawal", "Art. 7(3) GDPR"},
                                                       {"complaint", "Art. 77 GDPR"},
                                                       {"human-review", "Art. 22(3) GDPR"},
                                                       {"safeguards", "Art. 15(2) GDPR"},
                                                       {"appeal", "Art. 20 DSA"},
                                                       {"child-report", "Art. 17(1)(f) GDPR"}}};
constexpr std::array<std::string_view, 5> kDoors = {"web", "api", "mail", "account",
                                                    "command-line"};
constexpr std::array<std::string_view, 3> kStates = {"open", "extended", "closed"};
constexpr std::array<std::string_view, 5> kOutcomes = {"done", "refused", "nothing-held",
                                                       "taken-back", "unconfirmed"};
constexpr std::array<std::string_view, 10> kSteps = {
    "received", "forwarded", "extended", "done-by-person", "done-by-controller",
    "refused",  "closed",    "alarmed",  "proven",         "proof-asked"};

template <class Table, class Value>
std::string_view word(const Table& table, Value value) {
  const auto at = static_cast<std::size_t>(value);
  return at < table.size() ? table[at] : std::string_view();
}

}  // namespace

std::string_view name(Kind kind) {
  const auto at = static_cast<std::size_t>(kind);
  return at < kKindWords.size() ? kKindWords[at].name : std::string_view();
}
std::string_view article(Kind kind) {
  const auto at = static_cast<std::size_t>(kind);
  return at < kKindWords.size() ? kKindWords[at].article : std::string_view();
}
std::optional<Kind> parse_kind(std::string_view text) {
  const auto found = std::ranges::find(kKindWords, text, &KindWords::name);
  if (found == kKindWords.end()) return std::nullopt;
  return static_cast<Kind>(found - kKindWords.begin());
}
std::string_view name(Door door) { return word(kDoors, door); }
std::string_view name(State state) { return word(kStates, state); }
std::string_view name(Outcome outcome) { return word(kOutcomes, outcome); }
std::string_view name(Step step) { return word(kSteps, step); }

// The random part of the id, in groups.
std::string Case::number() const {
  const auto hex = base::upper(id.hex());
  return "R-" + hex.substr(20, 4) + '-' + hex.substr(24, 4) + '-' + hex.substr(28, 4);
}

}  // namespace rights
