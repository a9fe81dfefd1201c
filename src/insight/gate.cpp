#include "insight/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace insight {
namespace {

// Everything the answer depends on: another epsilon is another question.
std::string key_of(const Question& question) {
  const auto& terms = question.terms;
  return fmt::format("{} | {} | axes {} | epsilon {} rows {} group {} slip {}", question.name,
                     question.audience == Audience::Report ? "report" : "internal",
                     fmt::join(question.axes, ","), terms.epsilon, terms.rows_per_person,
                     terms.smallest_group, terms.slip);
}

personal::Label joined(const std::vector<Row>& rows) {
  personal::Label label;
  for (const auto& row : rows) label = join(label, row.label);
  return label;
}

void check(const Question& question) {
  const auto& terms = question.terms;
  if (terms.epsilon <= 0 || terms.rows_per_person < 1 || terms.smallest_group < 1 ||
      terms.slip <= 0 || question.axes.empty())
    throw std::logic_error("a question to the gate without terms: " + question.name);
}

// A row that does not fit the axes is a fault of its reader's, not of a person's.
void check(const Row& row, const std::vector<int>& axes) {
  bool fits = row.at.size() == axes.size();
  for (std::size_t i = 0; fits && i < axes.size(); ++i)
    fits = row.at[i] >= 0 && row.at[i] < axes[i];
  if (!fits) throw std::logic_error("a row beside the axes of its question");
}

}  // namespace

Fraction Release::size_scale() const {
  return {static_cast<std::uint64_t>(terms.rows_per_person) * kOneEpsilon * 5,
          static_cast<std::uint64_t>(terms.epsilon)};
}

Fraction Release::axis_scale(std::size_t axes) const {
  return {static_cast<std::uint64_t>(terms.rows_per_person) * kOneEpsilon * 5 * axes,
          static_cast<std::uint64_t>(terms.epsilon) * 4};
}

std::int64_t Release::threshold() const {
  return terms.smallest_group + laplace_bound(size_scale(), terms.slip);
}

std::string_view describe(Refused why) {
  switch (why) {
    case Refused::Spent:
      return "the budget of this data set is spent: another figure of it would tell of single "
             "people";
    case Refused::Tainted:
      return "rows from a linked mailbox never go into a report";
  }
  return "refused";
}

Gate::Gate(store::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock) {}

Gate::Gate(store::Database& database, const base::Clock& clock,
           std::function<std::int64_t(const Fraction&)> noise, Randomness& lots)
    : database_(database), clock_(clock), noise_(std::move(noise)), lots_(&lots) {}

Anonymised<Counts> Gate::made(Counts counts, Release release, personal::Label label) {
  return Anonymised<Counts>(std::move(counts), std::move(release), label);
}

base::Result<Anonymised<Counts>, Refused> Gate::ask(const Question& question, const Reader& rows) {
  check(question);
  // Read and counted outside the transaction that pays: nobody else's writing waits for it.
  std::vector<Row> read;
  auto before = database_.read_now([&](store::Tx& tx) {
    auto known = kept(tx, question);
    if (!known) read = rows(tx);
    return known;
  });
  if (before) return std::move(*before);
  const auto label = joined(read);
  if (question.audience == Audience::Report && label.source() == personal::Source::Mailbox)
    return base::Failure{Refused::Tainted};
  const Release release{question.data_set, question.name, question.audience, question.terms,
                        clock_.now()};
  return pay_and_keep(question,
                      made(count(release, question.axes, std::move(read)), release, label));
}

std::optional<Anonymised<Counts>> Gate::kept(const Question& question) const {
  return database_.read_now([&](store::Tx& tx) { return kept(tx, question); });
}

base::Result<Anonymised<Counts>, Refused> Gate::pay_and_keep(const Question& question,
                                                             const Anonymised<Counts>& answer) {
  return database_.write_now([&](store::Tx& tx) -> base::Result<Anonymised<Counts>, Refused> {
    tx.execute(
        "INSERT INTO release_budgets (account_id, data_set, allowed, spent, opened_at) VALUES ($1, "
        "$2, $3, 0, $4) ON CONFLICT (account_id, data_set) DO NOTHING",
        kInstance, question.data_set, kBudget, clock_.now());
    // Held to the end: of two who ask the same at once, the second finds the first one's answer,
    // and its own is thrown away unseen.
    const bool can_pay = pays(tx, question);
    if (auto before = kept(tx, question)) return std::move(*before);
    if (!can_pay) return base::Failure{Refused::Spent};
    tx.execute(
        "UPDATE release_budgets SET spent = spent + $3 WHERE account_id = $1 AND data_set = $2",
        kInstance, question.data_set, question.terms.epsilon);
    tx.execute(
        "INSERT INTO releases (account_id, data_set, question, epsilon, artefact, label, "
        "released_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        kInstance, question.data_set, key_of(question), question.terms.epsilon,
        to_json(answer.value()), answer.label().source(), answer.release().released_at);
    return answer;
  });
}

bool Gate::pays(store::Tx& tx, const Question& question) {
  auto row = tx.query(
      fmt::format("SELECT allowed, spent FROM release_budgets WHERE account_id = $1 AND data_set = "
                  "$2{}",
                  tx.hold_rows()),
      kInstance, question.data_set);
  return row.next() && row.integer(1) + question.terms.epsilon <= row.integer(0);
}

std::optional<Anonymised<Counts>> Gate::kept(store::Tx& tx, const Question& question) {
  auto row = tx.query(
      "SELECT artefact, released_at, label FROM releases WHERE account_id = $1 AND data_set = $2 "
      "AND question = $3",
      kInstance, question.data_set, key_of(question));
  if (!row.next()) return std::nullopt;
  auto counts = counts_from_json(row.text(0));
  if (!counts) throw store::StoreError("a release that cannot be read");
  return made(std::move(*counts),
              {question.data_set, question.name, question.audience, question.terms, row.instant(1)},
              personal::Label(static_cast<personal::Source>(row.integer(2))));
}

Counts Gate::count(const Release& release, const std::vector<int>& axes, std::vector<Row> rows) {
  KernelRandomness kernel;
  Randomness& chance = lots_ != nullptr ? *lots_ : kernel;
  const auto noise = [&](const Fraction& scale) {
    return noise_ ? noise_(scale) : discrete_laplace(scale, chance);
  };
  std::map<std::string, Group> groups;
  for (const auto& row : bounded(std::move(rows), release.terms.rows_per_person, chance)) {
    check(row, axes);
    auto& group = groups[row.group];
    if (group.axes.empty())
      for (const auto buckets : axes) group.axes.emplace_back(static_cast<std::size_t>(buckets));
    ++group.size;
    for (std::size_t i = 0; i < axes.size(); ++i)
      ++group.axes[i][static_cast<std::size_t>(row.at[i])];
  }
  Counts counts;
  const auto threshold = release.threshold();
  for (auto& [name, group] : groups) {
    group.name = name;
    group.size += noise(release.size_scale());
    if (group.size < threshold) continue;
    for (auto& axis : group.axes)
      for (auto& bucket : axis) bucket += noise(release.axis_scale(axes.size()));
    counts.groups.push_back(std::move(group));
  }
  return counts;
}

std::vector<Budget> Gate::budgets(store::Tx& tx) {
  std::vector<Budget> all;
  auto rows = tx.query(
      "SELECT data_set, allowed, spent FROM release_budgets WHERE account_id = $1 ORDER BY "
      "data_set",
      kInstance);
  while (rows.next()) all.push_back({std::string(rows.text(0)), rows.integer(1), rows.integer(2)});
  return all;
}

std::vector<Row> bounded(std::vector<Row> rows, int most, Randomness& chance) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.person < b.person; });
  std::vector<Row> kept;
  for (auto from = rows.begin(); from != rows.end();) {
    const auto until =
        std::find_if(from, rows.end(), [&](const Row& row) { return row.person != from->person; });
    // Fisher and Yates, as far as it is needed.
    for (int drawn = 0; drawn < most && from + drawn != until; ++drawn) {
      const auto left = static_cast<Wide>(until - (from + drawn));
      const auto pick = static_cast<std::ptrdiff_t>(uniform(left, chance));
      std::iter_swap(from + drawn, from + drawn + pick);
      kept.push_back(std::move(*(from + drawn)));
    }
    from = until;
  }
  return kept;
}

}  // namespace insight
