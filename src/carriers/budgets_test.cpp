#include "carriers/budgets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/testing.h"

namespace carriers {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using store::testing::Engine;

class BudgetsOn : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { MILEPOST_NEED_ENGINE(); }
  base::ManualClock clock_;
  store::testing::FreshDatabase database_{GetParam(), store::Schema::Main};
};
INSTANTIATE_TEST_SUITE_P(, BudgetsOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

TEST_P(BudgetsOn, SurviveARestart) {
  const BudgetLimits limits{.per_second = 0.1, .per_day = 100};
  {
    Budgets before(clock_);
    before.sync_now(*database_);
    auto& ups = before.of("ups", limits);
    ups.try_take(clock_.now())->went(Reaction::Well, clock_.now());
    auto& dhl = before.of("dhl", {});
    dhl.try_take(clock_.now())->went(Reaction::Limited, clock_.now(), clock_.now() + hours(2));
    auto& gls = before.of("gls", {});
    for (int i = 0; i < 5; ++i) gls.try_take(clock_.now())->went(Reaction::Unwell, clock_.now());
    before.leave(*database_);
  }
  clock_.advance(seconds(4));
  Budgets after(clock_);
  after.sync_now(*database_);
  auto& ups = after.of("ups", limits);
  EXPECT_EQ(ups.left_today(clock_.now()), 99);
  EXPECT_EQ(ups.next_free(clock_.now()), clock_.now() + seconds(6)) << "no burst at the start";
  EXPECT_EQ(after.of("dhl", {}).would_wait(clock_.now())->why, Hold::RetryAfter);
  EXPECT_TRUE(after.of("gls", {}).is_broken(clock_.now()));
  clock_.advance(seconds(30));
  after.of("gls", {}).try_take(clock_.now())->went(Reaction::Well, clock_.now());
  after.sync_now(*database_);
  Budgets again(clock_);
  again.sync_now(*database_);
  EXPECT_FALSE(again.of("gls", {}).is_broken(clock_.now()));
}

TEST_P(BudgetsOn, AreSharedByProcesses) {
  const BudgetLimits limits{.per_second = 10, .per_day = 100, .concurrency = 4};
  Budgets one(clock_), two(clock_);
  auto& here = one.of("ups", limits);
  auto& there = two.of("ups", limits);
  one.sync_now(*database_);
  for (int i = 0; i < 4; ++i) here.try_take(clock_.now())->went(Reaction::Well, clock_.now());
  one.sync_now(*database_);
  two.sync_now(*database_);
  EXPECT_EQ(there.left_today(clock_.now()), 96);
  one.sync_now(*database_);
  EXPECT_EQ(here.left_today(clock_.now()), 96) << "nothing is counted twice";

  // Two of them: half the places each.
  std::vector<Budget::Turn> turns;
  clock_.advance(seconds(10));
  for (auto turn = here.try_take(clock_.now()); turn; turn = here.try_take(clock_.now()))
    turns.push_back(std::move(*turn));
  EXPECT_EQ(turns.size(), 2U);
  turns.clear();

  clock_.advance(seconds(10));
  // What one finds out about the carrier holds for the other, and so does its recovery.
  for (int i = 0; i < 5; ++i) here.try_take(clock_.now())->went(Reaction::Unwell, clock_.now());
  one.sync_now(*database_);
  EXPECT_TRUE(there.try_take(clock_.now()));
  two.sync_now(*database_);
  EXPECT_TRUE(there.is_broken(clock_.now()));
  clock_.advance(seconds(31));
  there.try_take(clock_.now())->went(Reaction::Well, clock_.now());
  two.sync_now(*database_);
  one.sync_now(*database_);
  EXPECT_FALSE(here.is_broken(clock_.now()));

  // Whoever leaves, or is not heard of, no longer counts.
  two.leave(*database_);
  clock_.advance(seconds(30));
  one.sync_now(*database_);
  for (auto turn = here.try_take(clock_.now()); turn; turn = here.try_take(clock_.now()))
    turns.push_back(std::move(*turn));
  EXPECT_EQ(turns.size(), 4U);
}

TEST_P(BudgetsOn, SyncIsAwaitedToo) {
  store::testing::Loop loop;
  Budgets budgets(clock_);
  budgets.of("ups", {.per_day = 10}).try_take(clock_.now())->went(Reaction::Well, clock_.now());
  loop.run(budgets.sync(*database_));
  Budgets other(clock_);
  other.sync_now(*database_);
  EXPECT_EQ(other.of("ups", {.per_day = 10}).left_today(clock_.now()), 9);
}

TEST_P(BudgetsOn, TellHowOftenACarrierWasNotAsked) {
  base::Metrics metrics;
  Budgets budgets(clock_, &metrics);
  budgets.of("ups", {.per_day = 10});
  budgets.held("ups", Hold::Day);
  budgets.held("ups", Hold::Day);
  budgets.sync_now(*database_);
  const auto text = metrics.text();
  EXPECT_THAT(text,
              testing::HasSubstr("milepost_carriers_held_total{connector=\"ups\",why=\"day\"} 2"));
  EXPECT_THAT(text, testing::HasSubstr("milepost_carriers_calls_left_today{connector=\"ups\"} 10"));
}

}  // namespace
}  // namespace carriers
