// Sentences that are made of two, for the training of the wording model: carriers join statements
// in one line ("Not delivered - wrong address", "Refused; will be returned").
#pragma once
#include <array>
#include <optional>
#include <vector>

#include "journey/wording_random.h"
#include "journey/wording_training.h"

namespace journey {

struct Composed {
  std::size_t first, second;  // sentences
  std::size_t meaning;
  std::optional<std::size_t> join;  // "because", between the two
};

class Composer {
 public:
  // Within each language, of the project's own sentences; a sentence that is left out of the
  // training by itself still stands beside others: its words are the language's.
  explicit Composer(const std::vector<Sentence>& sentences);
  // Other pairs each time: a pair that is seen once teaches its form and not its words.
  void compose(Random& random, std::vector<Composed>& out) const;

 private:
  using ByMeaning = std::array<std::vector<std::size_t>, kRoleEnd>;
  std::vector<ByMeaning> languages_;  // a role's sentences stand there, too
};

}  // namespace journey
