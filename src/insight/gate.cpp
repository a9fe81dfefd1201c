#include "insight/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "base/text.h"
#include "crypto/hash.h"

namespace insight {
namespace {

constexpr std::size_t kMostCells = 10'000;
constexpr int kMostPerPerson = 1'000;
constexpr std::uint32_t kMostFraction = 1'000'000;

bool is_well_formed(const Question& q) {
  return !q.data_set.empty() && !q.asks.empty() && q.cells > 0 && q.cells <= kMostCells &&
         q.most_per_person > 0 && q.most_per_person <= kMostPerPerson && q.numerator > 0 &&
         q.numerator <= kMostFraction && q.denominator > 0 && q.denominator <= kMostFraction &&
         q.smallest_group > 0;
}

// Rounded up: what is spent is never less than what it is worth.
std::int64_t micro_of(const Question& q) {
  return (std::int64_t{q.numerator} * 1'000'000 + q.denominator - 1) / q.denominator;
}

// Everything that makes a question another one.
std::string key_of(const Question& q) {
  return base::to_hex(crypto::sha256(
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}/{}\n{}", q.data_set, q.asks, static_cast<int>(q.audience),
                  q.cells, q.most_per_person, q.numerator, q.denominator, q.smallest_group)));
}

std::string written(const std::vector<std::int64_t>& counts) {
  return fmt::format("{}", fmt::join(counts, " "));
}

std::vector<std::int64_t> read(std::string_view text) {
  std::vector<std::int64_t> counts;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    std::int64_t one = 0;
    std::from_chars(text.data(), text.data() + end, one);
    counts.push_back(one);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return counts;
}

// What follows from the noisy counts alone.
Counts shown(const std::vector<std::int64_t>& noisy, std::int64_t smallest) {
  Counts out;
  for (const auto count : noisy)
    out.cells.push_back(count >= smallest ? std::optional(count) : std::nullopt);
  return out;
}

}  // namespace

std::string_view describe(Refusal refusal) {
  switch (refusal) {
    case Refusal::Spent:
      return "the data set's privacy budget is spent";
    case Refusal::Tainted:
      return "it has rows out of somebody's mailbox, which are never published";
    case Refusal::TooFew:
      return "there are too few people in it to say anything";
    case Refusal::Malformed:
      break;
  }
  return "that is no question";
}

ReleaseGate::Budget ReleaseGate::budget(store::Tx& tx, std::int64_t account_id,
                                        std::string_view data_set) const {
  auto rows = tx.query(
      "SELECT limit_micro, spent_micro FROM insight_budgets WHERE account_id = $1 AND data_set = "
      "$2",
      account_id, data_set);
  return rows.next() ? Budget{rows.integer(0), rows.integer(1)} : Budget{limit_micro_, 0};
}

bool ReleaseGate::spend(store::Tx& tx, const Question& question, std::int64_t micro) const {
  tx.execute(
      "INSERT INTO insight_budgets (account_id, data_set, limit_micro, spent_micro) VALUES ($1, "
      "$2, $3, 0) ON CONFLICT (account_id, data_set) DO NOTHING",
      question.account_id, question.data_set, limit_micro_);
  // One statement looks and takes, so that two at once cannot both take the last of it.
  return tx.execute(
             "UPDATE insight_budgets SET spent_micro = spent_micro + $1 WHERE account_id = $2 AND "
             "data_set = $3 AND spent_micro + $1 <= limit_micro",
             micro, question.account_id, question.data_set) == 1;
}

std::vector<std::int64_t> ReleaseGate::noisy_counts(const Question& question,
                                                    std::span<const Row> rows) {
  std::vector<std::int64_t> counts(question.cells, 0);
  // Each person's first rows count; which they are does not matter for the promise.
  std::unordered_map<std::string_view, int> counted;
  for (const auto& row : rows) {
    if (row.cell >= question.cells) continue;
    auto& of_person = counted[row.person];
    if (of_person == question.most_per_person) continue;
    ++of_person;
    ++counts[row.cell];
  }
  const auto denominator =
      std::uint64_t{question.denominator} * static_cast<std::uint64_t>(question.most_per_person);
  for (auto& count : counts) count += discrete_laplace(bits_, question.numerator, denominator);
  return counts;
}

base::Result<Anonymised<Counts>, Refusal> ReleaseGate::release(store::Tx& tx,
                                                               const Question& question,
                                                               std::span<const Row> rows) {
  if (!is_well_formed(question)) return base::Failure{Refusal::Malformed};
  const bool is_tainted = std::ranges::any_of(
      rows, [](const Row& row) { return row.label.source() == personal::Source::Mailbox; });
  if (is_tainted && question.audience == Audience::Public) return base::Failure{Refusal::Tainted};
  Terms terms{question.data_set, micro_of(question), question.most_per_person,
              question.smallest_group, clock_.now()};
  const auto key = key_of(question);
  std::vector<std::int64_t> noisy;
  auto known = tx.query(
      "SELECT counts, made_at FROM insight_releases WHERE account_id = $1 AND question = $2",
      question.account_id, key);
  if (known.next()) {
    noisy = read(known.text(0));
    terms.made_at = known.instant(1);
  } else {
    if (!spend(tx, question, terms.epsilon_micro)) return base::Failure{Refusal::Spent};
    noisy = noisy_counts(question, rows);
    tx.execute(
        "INSERT INTO insight_releases (account_id, question, data_set, asks, epsilon_micro, "
        "made_at, counts) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        question.account_id, key, question.data_set, question.asks, terms.epsilon_micro,
        terms.made_at, written(noisy));
  }
  auto counts = shown(noisy, question.smallest_group);
  if (std::ranges::none_of(counts.cells, [](const auto& c) { return c.has_value(); }))
    return base::Failure{Refusal::TooFew};
  return Anonymised<Counts>(std::move(counts), std::move(terms));
}

}  // namespace insight
