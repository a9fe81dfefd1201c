// For the tests of whatever stands on the gate: chance that repeats itself, and noise of one's own.
#pragma once
#include <functional>
#include <random>

#include "insight/gate.h"

namespace insight {

class SeededRandomness final : public Randomness {
 public:
  explicit SeededRandomness(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

struct GateForTest {
  // Exact noise from this chance.
  static Gate seeded(store::Database& database, const base::Clock& clock, Randomness& chance) {
    return Gate(database, clock, {}, chance);
  }
  // None: for answers that are known.
  static Gate silent(store::Database& database, const base::Clock& clock, Randomness& chance) {
    return Gate(
        database, clock, [](const Fraction&) { return std::int64_t{0}; }, chance);
  }
  // What goes in and comes out, without a store: thousands of answers in a moment.
  static Counts count(Randomness& chance, const Question& question, std::vector<Row> rows,
                      store::Database& database, const base::Clock& clock) {
    return seeded(database, clock, chance)
        .count({question.data_set, question.name, question.audience, question.terms, clock.now()},
               question.axes, std::move(rows));
  }
};

}  // namespace insight
