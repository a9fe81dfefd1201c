// The release gate: the one way from rows about people to figures about none.
//
// A question counts rows in cells that were named beforehand. Of each person no more than so many
// rows are counted, each count gets discrete Laplace noise of scale most_per_person / epsilon, and
// a cell whose noisy count is small is not shown. That is epsilon-differentially private: adding or
// removing all rows of one person changes the probability of any answer by a factor of at most
// e^epsilon. What it costs is taken from the data set's budget in the same transaction; the same
// question asked again gets the same answer and costs nothing. Only answers are kept.
//
// Both engines; safe from any number of processes.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "insight/anonymised.h"
#include "insight/noise.h"
#include "personal/label.h"
#include "store/database.h"

namespace insight {

struct Row {
  std::string person;  // bytes that tell people apart, a keyed hash; never kept
  std::size_t cell = 0;
  personal::Label label;  // where the value came from
};

enum class Audience : std::uint8_t {
  Operation,  // whoever runs the instance
  Public      // everybody else, and whoever buys a report
};

struct Question {
  std::int64_t account_id = 0;
  std::string data_set;  // whose budget: "transit 2026-11"
  std::string asks;      // in one line, the same for the same question
  Audience audience = Audience::Operation;
  std::size_t cells = 0;    // at most 10,000
  int most_per_person = 1;  // rows; 1 ... 1000
  // epsilon = numerator / denominator, each 1 ... 1,000,000.
  std::uint32_t numerator = 1, denominator = 1;
  std::int64_t smallest_group = 20;
};

// Of each cell the noisy count; nothing where it is too small to be shown.
struct Counts {
  std::vector<std::optional<std::int64_t>> cells;
};

enum class Refusal : std::uint8_t {
  Spent,    // the data set's budget does not reach
  Tainted,  // a row came out of somebody's mailbox, and the answer would leave the house
  TooFew,   // nothing is left to show
  Malformed
};
std::string_view describe(Refusal refusal);

class ReleaseGate {
 public:
  // `limit_micro`: the budget of a data set that is new, in millionths of epsilon.
  ReleaseGate(const base::Clock& clock, Bits& bits, std::int64_t limit_micro = 1'000'000)
      : clock_(clock), bits_(bits), limit_micro_(limit_micro) {}

  base::Result<Anonymised<Counts>, Refusal> release(store::Tx& tx, const Question& question,
                                                    std::span<const Row> rows);

  struct Budget {
    std::int64_t limit_micro = 0, spent_micro = 0;
  };
  Budget budget(store::Tx& tx, std::int64_t account_id, std::string_view data_set) const;

 private:
  bool spend(store::Tx& tx, const Question& question, std::int64_t micro) const;
  std::vector<std::int64_t> noisy_counts(const Question& question, std::span<const Row> rows);

  const base::Clock& clock_;
  Bits& bits_;
  const std::int64_t limit_micro_;
};

}  // namespace insight
