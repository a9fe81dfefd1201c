#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <thread>

#include "insight/gate.h"
#include "insight/transit.h"
#include "store/testing.h"

namespace insight {
namespace {

using store::testing::Engine;

// The same bits every time, so that what is likely in a million draws is certain in a test.
class SeededBits final : public Bits {
 public:
  explicit SeededBits(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

// Of Pearson's statistic with so many degrees of freedom, what is exceeded once in ten thousand
// (Wilson and Hilferty 1931).
double most_chi_square(double degrees) {
  const double z = 3.719, a = 2 / (9 * degrees);
  return degrees * std::pow(1 - a + z * std::sqrt(a), 3);
}

double chi_square(const std::map<std::int64_t, double>& expected,
                  const std::map<std::int64_t, std::int64_t>& seen) {
  double sum = 0;
  for (const auto& [value, often] : expected) {
    const auto found = seen.find(value);
    const auto n = found == seen.end() ? 0.0 : static_cast<double>(found->second);
    sum += (n - often) * (n - often) / often;
  }
  return sum;
}

// ---- Noise

// clause-047.noise
TEST(Noise, HasExactlyTheDistributionItIsSaidToHave) {
  struct Scale {
    std::uint64_t numerator, denominator;
  };
  for (const auto& [numerator, denominator] :
       {Scale{1, 1}, Scale{1, 2}, Scale{3, 2}, Scale{1, 10}}) {
    SCOPED_TRACE(std::to_string(numerator) + "/" + std::to_string(denominator));
    SeededBits bits(20'26 + denominator);
    constexpr int kDraws = 400'000;
    const double rate = static_cast<double>(numerator) / static_cast<double>(denominator);
    const double q = std::exp(-rate), peak = (1 - q) / (1 + q);
    // The probability mass function, as far as five draws are expected; the tails together.
    std::map<std::int64_t, double> expected;
    std::int64_t edge = 0;
    for (; kDraws * peak * std::pow(q, edge) >= 5; ++edge)
      expected[edge] = expected[-edge] = kDraws * peak * std::pow(q, edge);
    expected[edge] = expected[-edge] = kDraws * peak * std::pow(q, edge) / (1 - q);
    std::map<std::int64_t, std::int64_t> seen;
    for (int i = 0; i < kDraws; ++i)
      ++seen[std::clamp(discrete_laplace(bits, numerator, denominator), -edge, edge)];
    EXPECT_LT(chi_square(expected, seen), most_chi_square(2.0 * static_cast<double>(edge)));
  }
}

TEST(Noise, ACoinFallsAsOftenAsItIsSaidTo) {
  SeededBits bits(7);
  for (const auto& [numerator, denominator] : {std::pair(0, 1), {1, 3}, {1, 1}, {7, 3}}) {
    int well = 0;
    constexpr int kThrows = 200'000;
    for (int i = 0; i < kThrows; ++i) well += bernoulli_exp(bits, numerator, denominator);
    const double p = std::exp(-static_cast<double>(numerator) / denominator);
    EXPECT_NEAR(well, kThrows * p, 4 * std::sqrt(kThrows * p * (1 - p)) + 0.5);
  }
}

TEST(Noise, OfTheKernelIsNotTheSameTwice) {
  KernelBits one, other;
  int same = 0;
  for (int i = 0; i < 200; ++i) same += one.next() == other.next();
  EXPECT_EQ(same, 0);
}

// ---- The gate

Row row(int person, std::size_t cell, personal::Source source = personal::Source::Shop) {
  return {std::to_string(person), cell, personal::Label(source)};
}
std::vector<Row> crowd(int people, std::size_t cell) {
  std::vector<Row> all;
  for (int i = 0; i < people; ++i) all.push_back(row(i, cell));
  return all;
}

struct GateOn : ::testing::TestWithParam<Engine> {
  void SetUp() override { MILEPOST_NEED_ENGINE(); }
  static Question question(std::string asks = "by day") {
    Question q;
    q.account_id = 1001;
    q.data_set = "transit 2026-03";
    q.asks = std::move(asks);
    q.cells = 3;
    return q;
  }
  base::Result<Anonymised<Counts>, Refusal> ask(const Question& q, const std::vector<Row>& rows) {
    return main->write_now([&](store::Tx& tx) { return gate.release(tx, q, rows); });
  }
  std::int64_t spent() {
    return main->read_now(
        [&](store::Tx& tx) { return gate.budget(tx, 1001, "transit 2026-03").spent_micro; });
  }

  base::ManualClock clock;
  SeededBits bits{42};
  ReleaseGate gate{clock, bits, 2'000'000};
  store::testing::FreshDatabase main{GetParam(), store::Schema::Main};
};
INSTANTIATE_TEST_SUITE_P(, GateOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(GateOn, LetsOutCountsCloseToTheTruthAndSaysOnWhatTerms) {
  const auto answer = ask(question(), crowd(500, 1));
  ASSERT_TRUE(answer);
  const auto& cells = answer->value().cells;
  EXPECT_FALSE(cells[0]) << "nobody there";
  ASSERT_TRUE(cells[1]);
  EXPECT_NEAR(static_cast<double>(*cells[1]), 500, 15);
  EXPECT_EQ(answer->terms().epsilon_micro, 1'000'000);
  EXPECT_EQ(answer->terms().smallest_group, 20);
  EXPECT_EQ(answer->terms().data_set, "transit 2026-03");
}

// clause-047.refuses
TEST_P(GateOn, SaysNothingOfSmallGroups) {
  const auto answer = ask(question(), crowd(5, 1));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), Refusal::TooFew);
  auto rows = crowd(300, 0);
  rows.push_back(row(1000, 2));
  const auto mixed = ask(question("mixed"), rows);
  ASSERT_TRUE(mixed);
  EXPECT_FALSE(mixed->value().cells[2]);
}

// clause-047.refuses
TEST_P(GateOn, RefusesWhenTheBudgetIsSpentAndAsksNobodyTwice) {
  const auto rows = crowd(300, 0);
  const auto first = ask(question("one"), rows);
  ASSERT_TRUE(ask(question("two"), rows));
  const auto third = ask(question("three"), rows);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error(), Refusal::Spent);
  EXPECT_EQ(spent(), 2'000'000);
  // What was said before is said again.
  const auto again = ask(question("one"), rows);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->value().cells, first->value().cells);
  EXPECT_EQ(spent(), 2'000'000);
  auto other = question("three");
  other.data_set = "transit 2026-04";
  EXPECT_TRUE(ask(other, rows)) << "of another month's people";
}

// clause-047.refuses
TEST_P(GateOn, SpendsABudgetOnceHoweverManyAskAtOnce) {
  const auto rows = crowd(300, 0);
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        SeededBits own(static_cast<std::uint64_t>(i));
        ReleaseGate same(clock, own, 2'000'000);
        answered += main->write_now([&](store::Tx& tx) {
          return same.release(tx, question(std::to_string(i)), rows) ? 1 : 0;
        });
      });
    }
  }
  EXPECT_EQ(answered, 2);
  EXPECT_EQ(spent(), 2'000'000);
}

// clause-050.again
TEST_P(GateOn, TheSameQuestionCostsNothingAndSaysTheSameThoughTheDataIsGone) {
  const auto first = ask(question(), crowd(200, 0));
  clock.advance(std::chrono::hours(24) * 400);
  const auto later = ask(question(), {});
  ASSERT_TRUE(later);
  EXPECT_EQ(later->value().cells, first->value().cells);
  EXPECT_EQ(later->terms().made_at, first->terms().made_at);
  EXPECT_EQ(spent(), 1'000'000);
}

// clause-050.tainted clause-074.buyer
TEST_P(GateOn, ARowOutOfAMailboxNeverLeavesTheHouse) {
  auto rows = crowd(400, 0);
  rows.push_back(row(999, 0, personal::Source::Mailbox));
  auto q = question();
  q.audience = Audience::Public;
  const auto answer = ask(q, rows);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), Refusal::Tainted);
  EXPECT_EQ(spent(), 0);
  q.audience = Audience::Operation;
  EXPECT_TRUE(ask(q, rows));
}

TEST_P(GateOn, CountsOfOnePersonNoMoreThanWasSaid) {
  std::vector<Row> rows = crowd(100, 0);
  for (int i = 0; i < 100'000; ++i) rows.push_back(row(7, 0));
  const auto answer = ask(question(), rows);
  ASSERT_TRUE(answer);
  EXPECT_LT(*answer->value().cells[0], 130);
}

TEST_P(GateOn, RefusesWhatIsNoQuestion) {
  auto none = question(), endless = question(), free = question();
  none.cells = 0;
  endless.most_per_person = 1'000'000;
  free.numerator = 0;
  for (const auto& q : {none, endless, free}) {
    const auto answer = ask(q, crowd(100, 0));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error(), Refusal::Malformed);
  }
}

// ---- What one person changes

struct Trial {
  explicit Trial(std::uint64_t seed) : bits(seed) {}
  // The noisy count of a crowd of 30, with or without one more. A question of its own each time.
  std::int64_t count(bool is_in) {
    Question q = GateOn::question(std::to_string(++asked));
    q.numerator = 1;
    q.denominator = 2;
    q.smallest_group = 1;
    const auto answer = main->write_now(
        [&](store::Tx& tx) { return gate.release(tx, q, crowd(is_in ? 31 : 30, 0)); });
    return answer ? answer->value().cells[0].value_or(0) : 0;
  }
  base::ManualClock clock;
  SeededBits bits;
  ReleaseGate gate{clock, bits, std::int64_t{1} << 60};
  store::testing::FreshDatabase main{Engine::Sqlite, store::Schema::Main};
  int asked = 0;
};

// clause-047.attack
TEST(Gate, GuessingWhoIsInItDoesNoBetterThanWasPromised) {
  Trial trial(11);
  std::mt19937_64 coin(5);
  int right = 0;
  constexpr int kTrials = 3'000;
  for (int i = 0; i < kTrials; ++i) {
    const bool is_in = coin() % 2 == 0;
    // The best there is: whoever knows all the others says "in" when the count is above theirs.
    const auto count = trial.count(is_in);
    const bool guess = count > 30 || (count == 30 && coin() % 2 == 0);
    right += guess == is_in;
  }
  // With epsilon 1/2 nobody is right more often than e^0.5 / (1 + e^0.5), 62 % of the time.
  const double most = std::exp(0.5) / (1 + std::exp(0.5));
  EXPECT_LT(right, kTrials * most + 4 * std::sqrt(kTrials * 0.25));
}

// clause-052.influence
TEST(Gate, RemovingOnePersonChangesNoAnswerByMoreThanWasPromised) {
  Trial trial(12);
  constexpr int kTrials = 4'000;
  std::map<std::int64_t, double> with, without;
  for (int i = 0; i < kTrials; ++i) {
    ++with[trial.count(true)];
    ++without[trial.count(false)];
  }
  int compared = 0;
  for (const auto& [count, often] : with) {
    const auto other = without[count];
    if (often < 100 || other < 100) continue;
    ++compared;
    const double error = 4 * std::sqrt(1 / often + 1 / other);
    EXPECT_LT(std::abs(std::log(often / other)), 0.5 + error) << "at " << count;
  }
  EXPECT_GT(compared, 5);
}

// ---- How long parcels take

// Counts as they are, through a gate whose epsilon is so large that the noise is none.
Anonymised<Counts> exactly(const std::vector<std::pair<std::size_t, int>>& cells) {
  base::ManualClock clock;
  SeededBits bits(3);
  ReleaseGate gate(clock, bits, std::int64_t{1} << 60);
  store::testing::FreshDatabase main(Engine::Sqlite, store::Schema::Main);
  Question q = GateOn::question();
  q.cells = kTransitCells;
  q.numerator = 1000;
  q.smallest_group = 1;
  std::vector<Row> rows;
  int person = 0;
  for (const auto& [cell, many] : cells)
    for (int i = 0; i < many; ++i) rows.push_back(row(++person, cell));
  return main->write_now([&](store::Tx& tx) { return gate.release(tx, q, rows).value(); });
}

Transit transit(const std::vector<std::pair<std::size_t, int>>& cells) {
  return exactly(cells).derived<&transit_of>().value();
}

// clause-049.answers
TEST(Transit, OfAKnownDataSetIsTheKnownAnswer) {
  const auto t =
      transit({{delivered_after(1), 20}, {delivered_after(2), 50}, {delivered_after(5), 30}});
  EXPECT_EQ(t.delivered, 100);
  EXPECT_EQ(t.median, 2);
  EXPECT_EQ(t.p90, 5);
  EXPECT_NEAR(t.mean, 0.2 * 1 + 0.5 * 2 + 0.3 * 5, 1e-9);
}

// clause-049.bound
TEST(Transit, SaysItsNoiseItsCountAndWhen) {
  const auto made = exactly({{delivered_after(2), 80}}).derived<&transit_of>();
  EXPECT_EQ(made.terms().data_set, "transit 2026-03");
  EXPECT_EQ(made.terms().epsilon_micro, 1'000'000'000);
  EXPECT_EQ(made.value().delivered, 80);
  EXPECT_EQ(made.value().spread, 0) << "all of them took two days";
}

// clause-048.censored
TEST(Transit, ParcelsThatNeverArriveFlatterNobody) {
  const auto honest = transit({{delivered_after(3), 100}});
  const auto loses = transit({{delivered_after(3), 100}, {under_way_for(40), 100}});
  EXPECT_EQ(honest.median, 3);
  EXPECT_EQ(loses.median, 3) << "just half of them";
  EXPECT_EQ(honest.p90, 3);
  EXPECT_FALSE(loses.p90) << "nine of ten never came";
  EXPECT_GT(loses.mean, honest.mean + 20);
  // On their way for a day only: they say nothing of what follows.
  const auto young = transit({{delivered_after(3), 100}, {under_way_for(1), 100}});
  EXPECT_EQ(young.p90, 3);
  EXPECT_NEAR(young.mean, honest.mean, 1e-9);
}

// clause-048.ranking
TEST(Transit, RanksWhatIsTrueAndCallsATieATie) {
  SeededBits bits(99);
  // Days as a carrier takes them: the made-up truth is the chance of arriving on each day.
  const auto made = [&](std::uint64_t chance_of_ten, int parcels) {
    std::map<std::size_t, int> cells;
    for (int i = 0; i < parcels; ++i) {
      std::size_t day = 0;
      while (!bernoulli(bits, chance_of_ten, 10)) ++day;
      ++cells[delivered_after(day)];
    }
    return transit({cells.begin(), cells.end()});
  };
  const auto ranks = ranking({{"slow", made(2, 2'000)},
                              {"fast", made(6, 2'000)},
                              {"as fast", made(6, 2'000)},
                              {"middling", made(4, 2'000)}});
  EXPECT_EQ(ranks[0].place, 1);
  EXPECT_EQ(ranks[1].place, 1) << "the same truth is a tie";
  EXPECT_EQ(ranks[2].name, "middling");
  EXPECT_EQ(ranks[2].place, 3);
  EXPECT_EQ(ranks[3].name, "slow");
  // The true mean is (1 - p) / p days.
  EXPECT_NEAR(ranks[3].transit.mean, 4, 3 * ranks[3].transit.spread);
  EXPECT_NEAR(ranks[2].transit.mean, 1.5, 3 * ranks[2].transit.spread);
}

}  // namespace
}  // namespace insight
