#include "journey/wording_composition.h"

#include <map>

namespace journey {
namespace {

// Which of the two statements a line then means, whichever comes first:
struct Joined {
  std::string_view first, second, means;
  std::size_t share;  // of kCompositions
};
constexpr Joined kJoined[] = {
    {"undelivered004", "undelivered001", "undelivered001", 2},
    {"undelivered004", "undelivered002", "undelivered002", 2},
    {"undelivered004", "undelivered003", "undelivered003", 2},
    {"undelivered004", "exception004", "exception004", 2},
    {"undelivered004", "exception006", "exception006", 2},
    {"undelivered004", "exception007", "exception007", 4},
    {"undelivered004", "exception009", "exception009", 4},
    {"undelivered004", "later", "undelivered002", 3},
    {"undelivered002", "later", "undelivered002", 4},
    {"exception009", "reason", "exception009", 1},
    {"pickup002", "later", "pickup002", 1},
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
    {"pickup002", "exception004", "exception004", 2},
    {"undelivered002", "transit003", "undelivered002", 2},
    {"undelivered004", "transit003", "undelivered004", 1},
    {"undelivered001", "exception005", "undelivered001", 1},
    {"exception005", "undelivered001", "exception005", 1},
    {"exception005", "exception007", "exception007", 1},
    {"exception005", "exception006", "exception006", 1},
    {"exception005", "exception011", "exception011", 1},
    {"exception005", "exception005", "exception005", 1},
    {"exception005", "undelivered004", "exception005", 1},
    {"transit002", "exception005", "exception005", 1},
    {"transit002", "exception006", "exception006", 1},
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
    // Sent on, for whatever reason, it travels.
    {"onward", "reason", "transit001", 3},
    {"onward", "wait", "transit001", 1},
    {"onward", "undelivered001", "transit001", 1},
    {"onward", "undelivered003", "transit001", 1},
    {"onward", "exception005", "transit001", 2},
    {"onward", "exception004", "transit001", 1},
    {"exception005", "onward", "exception005", 2},
    // Somewhere, and not going on because of something: it is held.
    {"place", "wait", "exception005", 4},
    {"place", "transit002", "transit002", 3},
    {"place", "transit001", "transit002", 1},
    {"place", "exception005", "exception005", 2},
    {"place", "exception006", "exception006", 2},
    {"place", "exception007", "exception007", 1},
    {"place", "exception011", "exception011", 1},
    // What never came from the sender has not begun to travel, whoever was not there.
    {"uncollected", "reason", "inforeceived001", 3},
    {"uncollected", "undelivered001", "inforeceived001", 1},
    {"uncollected", "undelivered002", "inforeceived001", 1},
    {"uncollected", "undelivered003", "inforeceived001", 1},
    {"uncollected", "exception009", "inforeceived001", 1},
};
constexpr std::size_t kCompositions = 25;
constexpr std::size_t kLongestPart = 90;  // bytes: two long sentences are seldom joined
constexpr std::size_t kJoinEvery = 3;     // so many pairs have a word between them

// A part, a role or a meaning: all have their place in ByMeaning.
std::size_t place_of(std::string_view word) {
  const auto role = read_role(word);
  return role ? *role : *read_meaning(word);
}

// What a reason is said behind, and how often: as often behind what goes well as behind what does
// not, or the reason itself would come to mean that something is wrong.
struct Reasoned {
  std::string_view first;
  std::size_t share;  // of kCompositions
};
constexpr Reasoned kReasoned[] = {
    {"undelivered004", 5}, {"exception011", 4},    {"exception005", 4}, {"exception007", 3},
    {"exception009", 3},   {"exception006", 3},    {"transit001", 12},  {"transit002", 8},
    {"transit003", 3},     {"transit005", 3},      {"delivered001", 6}, {"pickup001", 4},
    {"pickup002", 5},      {"inforeceived001", 6},
};

}  // namespace

Composer::Composer(const std::vector<Sentence>& sentences) {
  std::map<std::uint32_t, std::size_t> places;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const Sentence& sentence = sentences[i];
    if (!sentence.source.empty() || sentence.is_spelling || sentence.text.size() > kLongestPart)
      continue;
    const auto [place, is_new] = places.try_emplace(sentence.language, languages_.size());
    if (is_new) languages_.emplace_back();
    languages_[place->second][sentence.meaning].push_back(i);
    if (sentence.role != kNoRole) languages_[place->second][sentence.role].push_back(i);
  }
}

void Composer::compose(Random& random, std::vector<Composed>& out) const {
  for (const ByMeaning& language : languages_) {
    const auto join = [&](std::string_view first, std::size_t second, std::string_view means,
                          std::size_t share) {
      const auto& as = language[place_of(first)];
      const auto& bs = language[second];
      const auto& joins = language[kJoin];
      if (as.empty() || bs.empty()) return;
      for (std::size_t n = 0; n < share * kCompositions; ++n) {
        out.push_back(
            {as[random.below(as.size())], bs[random.below(bs.size())], *read_meaning(means), {}});
        if (second != kLater && !joins.empty() && random.below(kJoinEvery) == 0)
          out.back().join = joins[random.below(joins.size())];
      }
    };
    for (const Joined& joined : kJoined)
      join(joined.first, place_of(joined.second), joined.means, joined.share);
    // Whatever is said with a reason behind it means what it meant.
    for (const auto& [first, share] : kReasoned) join(first, kReason, first, share);
  }
}

}  // namespace journey
