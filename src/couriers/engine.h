// The ranking behind Detector: one normalised number in, candidates with confidences out.
//
// Naive Bayes over the rows of the format table (see formats.h): a candidate's score is the sum of
// weight / count of strings over the rows it fits, a background hypothesis "no number we know"
// takes its share, and each format whose check digit disagrees competes as "this one, mistyped".
#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "couriers/detect.h"
#include "couriers/formats.h"
#include "couriers/links.h"
#include "couriers/matcher.h"

namespace couriers {

// What stood around the number: couriers made likelier by a link or by their name in the text.
struct Surroundings {
  std::span<const CourierIndex> couriers;
  double factor = 1;
  EvidenceKind kind = EvidenceKind::Context;
};

// Whether detection saw this kind of evidence for the candidate.
constexpr bool saw(const Candidate& candidate, EvidenceKind kind) {
  return (candidate.seen >> static_cast<unsigned>(kind) & 1) != 0;
}

// A number as typed, reduced to what counts.
struct Typed {
  std::uint64_t groups = 0;  // lengths between separators, pack_group(); 0 without separators
  bool has_words = false;    // a word of letters stood apart: a sentence rather than a number
  bool is_link = false;
};

class Engine {
 public:
  explicit Engine(const Catalogue& catalogue);

  // Fills out.number. Keeps at most kLongestNumber + 1 characters, enough to know it is too long.
  static Typed normalise(std::string_view typed, std::string& number);

  // Reads out.number, fills the rest.
  void rank(std::uint64_t groups, const Hints& hints, const Surroundings& around,
            Detection& out) const;

  const Catalogue& catalogue;
  const std::span<const Courier> all = catalogue.all();
  const Formats formats;
  const Matcher matcher;
  const Links links;

 private:
  struct Tally;
  class Board;
  class Ranking;
};

}  // namespace couriers
