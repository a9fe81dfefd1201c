// The release gate: the only way from rows about people to figures (policy clauses 20, 47 to 52).
//
// One question makes one noisy histogram, and everything else (means, quantiles, survival, ranks)
// is computed from that. Four things make it safe, and each is the gate's own doing:
// - nobody weighs more than `rows_per_person` rows, whichever groups they fall into;
// - every count gets discrete Laplace noise of exactly the scale that epsilon asks for (noise.h);
// - a group says nothing until its noisy size passes a threshold above `smallest_group`;
// - a data set has a budget. A question takes its price from it in the same transaction that keeps
//   the answer; asked again, it gets that same answer and pays nothing. What is spent stays spent.
//
// Together (epsilon, slip) differential privacy for one person in one data set (Dwork and Roth,
// definition 2.4). A person is whom the rows' reader says: for parcels, a recipient of one shop.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "insight/anonymised.h"
#include "insight/counts.h"
#include "insight/noise.h"
#include "store/database.h"

namespace insight {

struct Question {
  std::string data_set;   // whose budget pays: "transits 2026-Q3"
  std::string name;       // what is asked, with everything the answer depends on
  std::vector<int> axes;  // buckets of each axis
  Audience audience = Audience::Internal;
  Terms terms = {};
};

enum class Refused : std::uint8_t {
  Spent,    // the data set's budget does not pay for it any more
  Tainted,  // a row from a linked mailbox, and the answer may go to somebody else
};
// A sentence for people.
std::string_view describe(Refused why);

struct Budget {
  std::string data_set;
  MicroEpsilon allowed = 0, spent = 0;
};

// Safe from any thread; blocks (never on an I/O thread). Throws store::StoreError when the store is
// broken.
class Gate {
 public:
  // What a data set may give out in all, unless it was opened with another sum.
  static constexpr MicroEpsilon kBudget = 3 * kOneEpsilon;
  static constexpr std::int64_t kInstance = 0;

  Gate(store::Database& database, const base::Clock& clock);

  // Reads the rows; may run twice, like every closure, and does not run for what was answered
  // before.
  using Reader = std::function<std::vector<Row>(store::Tx&)>;
  base::Result<Anonymised<Counts>, Refused> ask(const Question& question, const Reader& rows);
  // What was answered before; nothing when it was not. Costs nothing and reads no rows.
  static std::optional<Anonymised<Counts>> kept(store::Tx& tx, const Question& question);
  std::optional<Anonymised<Counts>> kept(const Question& question) const;

  static std::vector<Budget> budgets(store::Tx& tx);

 private:
  friend struct GateForTest;  // chance that repeats itself; tests only
  Gate(store::Database& database, const base::Clock& clock,
       std::function<std::int64_t(const Fraction&)> noise, Randomness& lots);

  // THE maker: nothing else makes an Anonymised. Called with what was released just now or before.
  static Anonymised<Counts> made(Counts counts, Release release, personal::Label label);

  static bool pays(store::Tx& tx, const Question& question);
  base::Result<Anonymised<Counts>, Refused> pay_and_keep(const Question& question,
                                                         const Anonymised<Counts>& answer);
  Counts count(const Release& release, const std::vector<int>& axes, std::vector<Row> rows);

  store::Database& database_;
  const base::Clock& clock_;
  std::function<std::int64_t(const Fraction&)> noise_;  // empty: discrete_laplace from the kernel
  Randomness* lots_ = nullptr;                          // nullptr: from the kernel
};

// The rows that count: at most `most` of each person, drawn by lot, by a rule that looks at nothing
// but that person's own rows. Inner part of the gate.
std::vector<Row> bounded(std::vector<Row> rows, int most, Randomness& chance);

}  // namespace insight
