#include "insight/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <thread>

#include "insight/testing.h"
#include "store/testing.h"

namespace insight {
namespace {

using store::testing::Engine;
using ::testing::SizeIs;

Question question(std::string name = "how long", MicroEpsilon epsilon = kOneEpsilon) {
  Question q;
  q.data_set = "transits 2026-Q3";
  q.name = std::move(name);
  q.axes = {4};
  q.terms.epsilon = epsilon;
  return q;
}

// People who sent one parcel each, spread over the buckets.
std::vector<Row> people(int count, const std::string& group, const std::string& prefix = "p") {
  std::vector<Row> rows;
  for (int i = 0; i < count; ++i) rows.push_back({prefix + std::to_string(i), group, {i % 4}, {}});
  return rows;
}

class GateOn : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { MILEPOST_NEED_ENGINE(); }
  static Gate::Reader reader(std::vector<Row> rows) {
    return [rows = std::move(rows)](store::Tx&) { return rows; };
  }
  MicroEpsilon spent() {
    const auto all = main_->read_now([](store::Tx& tx) { return Gate::budgets(tx); });
    return all.empty() ? 0 : all.at(0).spent;
  }

  base::ManualClock clock_;
  SeededRandomness chance_{11};
  store::testing::FreshDatabase main_{GetParam(), store::Schema::Main};
};
INSTANTIATE_TEST_SUITE_P(, GateOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(GateOn, CountsRightlyWithoutItsNoise) {
  auto gate = GateForTest::silent(*main_, clock_, chance_);
  const auto answer = gate.ask(question(), reader(people(200, "dhl")));
  ASSERT_TRUE(answer);
  const auto* group = answer->value().find("dhl");
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->size, 200);
  EXPECT_THAT(group->axes, ::testing::ElementsAre(::testing::ElementsAre(50, 50, 50, 50)));
}

// clause-047.refuses
TEST_P(GateOn, SaysNothingOfSmallGroups) {
  Gate gate(*main_, clock_);
  auto rows = people(5'000, "large");
  for (auto& row : people(19, "small", "q")) rows.push_back(row);
  const auto answer = gate.ask(question(), reader(rows));
  ASSERT_TRUE(answer);
  EXPECT_NE(answer->value().find("large"), nullptr);
  EXPECT_EQ(answer->value().find("small"), nullptr);
  EXPECT_GE(answer->release().threshold(), 20 + 60);
}

// A thousand rows of one person are one row: a group is made of people, not of parcels.
TEST_P(GateOn, LetsNobodyWeighMoreThanTheTermsAllow) {
  auto gate = GateForTest::silent(*main_, clock_, chance_);
  auto rows = people(300, "dhl");
  for (int i = 0; i < 1'000; ++i) rows.push_back({"one", i % 2 == 0 ? "dhl" : "ups", {3}, {}});
  const auto answer = gate.ask(question(), reader(rows));
  ASSERT_TRUE(answer);
  EXPECT_LE(answer->value().find("dhl")->size, 301);
  EXPECT_EQ(answer->value().find("ups"), nullptr);
}

// clause-047.refuses
TEST_P(GateOn, RefusesWhenTheBudgetIsSpent) {
  Gate gate(*main_, clock_);
  for (const char* name : {"a", "b", "c"})
    ASSERT_TRUE(gate.ask(question(name), reader(people(500, "dhl"))));
  EXPECT_EQ(spent(), 3 * kOneEpsilon);
  const auto fourth = gate.ask(question("d", 1), reader(people(500, "dhl")));
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error(), Refused::Spent);
  EXPECT_EQ(spent(), 3 * kOneEpsilon);
  // Another data set has its own.
  auto other = question("d");
  other.data_set = "transits 2026-Q4";
  EXPECT_TRUE(gate.ask(other, reader(people(500, "dhl"))));
}

TEST_P(GateOn, GivesTheSameAnswerForNothingWhenAskedAgain) {
  Gate gate(*main_, clock_);
  const auto first = gate.ask(question(), reader(people(500, "dhl")));
  ASSERT_TRUE(first);
  clock_.advance(std::chrono::hours(24));
  // The data may have changed meanwhile, or be gone: what was released stands.
  const auto again = gate.ask(question(), [](store::Tx&) -> std::vector<Row> {
    ADD_FAILURE() << "read again";
    return {};
  });
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json(again->value()), to_json(first->value()));
  EXPECT_EQ(again->release().released_at, first->release().released_at);
  EXPECT_EQ(spent(), kOneEpsilon);
}

TEST_P(GateOn, NeverOverspendsHoweverManyAskAtOnce) {
  Gate gate(*main_, clock_);
  std::atomic<int> given = 0, refused = 0;
  std::vector<std::thread> askers;
  for (int i = 0; i < 12; ++i) {
    askers.emplace_back([&, i] {
      const auto answer =
          gate.ask(question("q" + std::to_string(i / 2)), reader(people(200, "dhl")));
      ++(answer ? given : refused);
    });
  }
  for (auto& asker : askers) asker.join();
  EXPECT_EQ(spent(), Gate::kBudget);
  EXPECT_EQ(given + refused, 12);
  const auto kept = main_->read_now([](store::Tx& tx) {
    auto rows = tx.query("SELECT COUNT(*), SUM(epsilon) FROM releases");
    rows.next();
    return std::pair(rows.integer(0), rows.integer(1));
  });
  EXPECT_EQ(kept.first, 3);
  EXPECT_EQ(kept.second, Gate::kBudget);
}

// clause-050.tainted
TEST_P(GateOn, RefusesAReportWithOneRowFromAMailbox) {
  Gate gate(*main_, clock_);
  auto rows = people(500, "dhl");
  rows[250].label = personal::Label(personal::Source::Mailbox);
  auto sold = question();
  sold.audience = Audience::Report;
  const auto answer = gate.ask(sold, reader(rows));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), Refused::Tainted);
  EXPECT_EQ(spent(), 0);
  // For the instance's own operation it may count, and the answer says where it came from.
  const auto internal = gate.ask(question(), reader(rows));
  ASSERT_TRUE(internal);
  EXPECT_EQ(internal->label().source(), personal::Source::Mailbox);
  const auto again = gate.ask(question(), reader({}));
  EXPECT_EQ(again->label().source(), personal::Source::Mailbox);
}

// ---- What somebody learns who knows everything but one person

class OnePerson : public ::testing::Test {
 protected:
  // 100 people, and "the one" in bucket 2 when they are there. One size, small enough that the
  // chances of single outcomes can be counted.
  static std::vector<Row> rows(bool with) {
    auto all = people(100, "dhl");
    if (with) all.push_back({"the one", "dhl", {2}, {}});
    return all;
  }
  static Question asked() {
    auto q = question();
    q.terms.smallest_group = 1;
    q.terms.slip = 0.5;  // the group is always told of: its size is one of the outcomes here
    return q;
  }
  Counts answer(bool with) {
    return GateForTest::count(chance_, asked(), rows(with), *main_, clock_);
  }

  base::ManualClock clock_;
  SeededRandomness chance_{42};
  store::testing::FreshDatabase main_{Engine::Sqlite};
};

// Every outcome is at most e^epsilon times as likely with the person as without (and the other way
// round). Of the two counts that the person moves, the pair is the outcome: epsilon is for both.
// clause-052.influence
TEST_F(OnePerson, MovesNoOutcomeByMoreThanTheBound) {
  constexpr int kRuns = 60'000;
  std::map<std::pair<std::int64_t, std::int64_t>, std::array<int, 2>> seen;
  for (int i = 0; i < kRuns; ++i) {
    for (const bool with : {false, true}) {
      const auto counts = answer(with);
      const auto& group = counts.groups.at(0);
      ++seen[{(group.size - 100) / 4, group.axes[0][2] - 25}][with ? 1 : 0];
    }
  }
  const double bound = std::exp(1.0);
  int compared = 0;
  double largest = 1;
  for (const auto& [outcome, times] : seen) {
    const auto [less, more] = std::minmax(times[0], times[1]);
    if (less < 200) continue;  // too seldom to know its chance
    ++compared;
    const double ratio = static_cast<double>(more) / less;
    const double error = 4 * std::sqrt(1.0 / less + 1.0 / more);  // four deviations of log ratio
    EXPECT_LT(ratio, bound * std::exp(error)) << outcome.first << " " << outcome.second;
    largest = std::max(largest, ratio);
  }
  EXPECT_GT(compared, 20);
  EXPECT_GT(largest, 1.2);  // the test sees the person at all
}

// The attacker knows all rows and the target's, sees the answer, and says whether the target is in
// it; by the likelihood of both, which nothing beats (Neyman and Pearson).
// clause-047.attack
TEST_F(OnePerson, IsNotFoundByGuessingBetterThanTheBound) {
  constexpr int kRuns = 20'000;
  const Release release{"", "", Audience::Internal, asked().terms, {}};
  const double size = release.size_scale().value(), axis = release.axis_scale(1).value();
  int hits = 0, false_alarms = 0;
  for (int i = 0; i < kRuns; ++i) {
    for (const bool with : {false, true}) {
      const auto counts = answer(with);
      const auto& group = counts.groups.at(0);
      const auto s = static_cast<double>(group.size - 100);
      const auto b = static_cast<double>(group.axes[0][2] - 25);
      const double evidence =
          (std::abs(s) - std::abs(s - 1)) / size + (std::abs(b) - std::abs(b - 1)) / axis;
      if (evidence > 0) ++(with ? hits : false_alarms);
    }
  }
  const double advantage = static_cast<double>(hits - false_alarms) / kRuns;
  const double most = (std::exp(1.0) - 1) / (std::exp(1.0) + 1);  // 0.46, of Kairouz et al. 2015
  EXPECT_LT(advantage, most + 0.02);
  EXPECT_GT(advantage, 0.1);  // it is an attack: without noise it would be 1
}

// The gate's own price of a hundredth: nobody does better than by tossing a coin.
// clause-047.attack
TEST_F(OnePerson, IsFoundNoBetterThanByChanceAtASmallPrice) {
  constexpr int kRuns = 20'000;
  auto cheap = asked();
  cheap.terms.epsilon = kOneEpsilon / 100;
  int hits = 0, false_alarms = 0;
  for (int i = 0; i < kRuns; ++i) {
    for (const bool with : {false, true}) {
      const auto counts = GateForTest::count(chance_, cheap, rows(with), *main_, clock_);
      const auto* group = counts.find("dhl");
      const bool says = group != nullptr && group->axes[0][2] > 25;
      if (says) ++(with ? hits : false_alarms);
    }
  }
  EXPECT_NEAR(static_cast<double>(hits - false_alarms) / kRuns, 0, 0.02);
}

// A group of one: whether it is shown at all is an outcome too.
TEST_F(OnePerson, InAGroupOfTheirOwnIsNotShown) {
  auto q = question();
  int shown = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto all = people(100, "dhl");
    all.push_back({"the one", "only carrier of theirs", {2}, {}});
    shown += GateForTest::count(chance_, q, all, *main_, clock_).find("only carrier of theirs") !=
             nullptr;
  }
  EXPECT_EQ(shown, 0);
}

}  // namespace
}  // namespace insight
