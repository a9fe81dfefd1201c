#include "carriers/budget.h"

#include <gtest/gtest.h>

#include "carriers/retry_after.h"

namespace carriers {
namespace {

using base::Instant;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const Instant kNoon = base::from_micros(1'767'225'600'000'000) + hours(12);

std::optional<Hold> hold_at(Budget& budget, Instant now) {
  const auto wait = budget.would_wait(now);
  return wait ? std::optional(wait->why) : std::nullopt;
}

// Asks as often as allowed until `end`, answering at once.
int asked_between(Budget& budget, Instant begin, Instant end) {
  int calls = 0;
  for (Instant now = begin; now < end;) {
    auto turn = budget.try_take(now);
    if (turn) {
      ++calls;
      turn->went(Reaction::Well, now);
    } else {
      EXPECT_GT(turn.error().until, now);
      now = turn.error().until;
    }
  }
  return calls;
}

TEST(Budget, KeepsThePace) {
  Budget five({.per_second = 5});
  EXPECT_EQ(asked_between(five, kNoon, kNoon + seconds(10)),
            5 * 10 + 4);  // a second's worth at once
  Budget slow({.per_second = 0.5});
  EXPECT_EQ(asked_between(slow, kNoon, kNoon + seconds(60)), 30);
  EXPECT_EQ(slow.next_free(kNoon + seconds(58)), kNoon + seconds(60));
  Budget free({});
  EXPECT_EQ(free.next_free(kNoon), kNoon);
}

TEST(Budget, NeverExceedsTheDayInAny24Hours) {
  Budget budget({.per_day = 250});
  EXPECT_EQ(budget.left_today(kNoon), 250);
  // 100 late in one day, the rest early in the next.
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(budget.try_take(kNoon));
  const auto later = kNoon + hours(20) + minutes(30);
  for (int i = 0; i < 150; ++i) ASSERT_TRUE(budget.try_take(later));
  EXPECT_EQ(budget.left_today(later), 0);
  const auto wait = budget.would_wait(later);
  ASSERT_TRUE(wait);
  EXPECT_EQ(wait->why, Hold::Day);
  EXPECT_EQ(wait->until, kNoon + hours(25)) << "when the first hundred are a day old for certain";
  EXPECT_EQ(hold_at(budget, kNoon + hours(25) - seconds(1)), Hold::Day);
  EXPECT_EQ(budget.left_today(kNoon + hours(25)), 100);
  EXPECT_EQ(hold_at(budget, kNoon + hours(25)), std::nullopt);
}

TEST(Budget, GivesAPlaceBackWhenTheTurnEnds) {
  Budget budget({.concurrency = 2});
  auto first = budget.try_take(kNoon);
  {
    auto second = budget.try_take(kNoon);
    ASSERT_TRUE(second);
    EXPECT_EQ(hold_at(budget, kNoon), Hold::Busy);
    const auto moved = std::move(*second);
    EXPECT_EQ(hold_at(budget, kNoon), Hold::Busy);
  }
  EXPECT_EQ(hold_at(budget, kNoon), std::nullopt);
}

TEST(Budget, CountsFurtherCallsOfOneQuestion) {
  Budget budget({.per_second = 1, .per_day = 10});
  auto turn = budget.try_take(kNoon);
  turn->again(kNoon);
  turn->again(kNoon);
  EXPECT_EQ(budget.left_today(kNoon), 7);
  EXPECT_EQ(budget.next_free(kNoon), kNoon + seconds(3));
}

TEST(Budget, LeavesACarrierAloneWhenItSaysSo) {
  Budget budget({});
  budget.try_take(kNoon)->went(Reaction::Limited, kNoon, kNoon + seconds(90));
  EXPECT_EQ(hold_at(budget, kNoon + seconds(89)), Hold::RetryAfter);
  EXPECT_EQ(budget.next_free(kNoon), kNoon + seconds(90));
  EXPECT_EQ(hold_at(budget, kNoon + seconds(90)), std::nullopt);
}

TEST(Budget, RestsLongerEachTimeWhenItDoesNotSayHowLong) {
  Budget budget({});
  Instant now = kNoon;
  for (const auto rest : {seconds(60), seconds(120), seconds(240)}) {
    budget.try_take(now)->went(Reaction::Limited, now);
    EXPECT_EQ(budget.next_free(now), now + rest);
    now += rest;
  }
  for (int i = 0; i < 20; ++i) {
    budget.try_take(now)->went(Reaction::Limited, now);
    EXPECT_LE(budget.next_free(now), now + hours(1));
    now = budget.next_free(now);
  }
  budget.try_take(now)->went(Reaction::Well, now);
  budget.try_take(now)->went(Reaction::Limited, now);
  EXPECT_EQ(budget.next_free(now), now + seconds(60));
}

TEST(Budget, OpensTheBreakerAfterFailuresInARowOnly) {
  Budget budget({});
  for (int i = 0; i < 20; ++i) {
    budget.try_take(kNoon)->went(i % 5 == 4 ? Reaction::Well : Reaction::Unwell, kNoon);
    EXPECT_FALSE(budget.is_broken(kNoon));
  }
  for (int i = 0; i < 5; ++i) budget.try_take(kNoon)->went(Reaction::Unwell, kNoon);
  EXPECT_TRUE(budget.is_broken(kNoon));
  EXPECT_EQ(hold_at(budget, kNoon), Hold::Breaker);
  EXPECT_EQ(budget.next_free(kNoon), kNoon + seconds(30));
}

TEST(Budget, SendsOneCallToSeeWhetherACarrierIsWellAgain) {
  Budget budget({});
  for (int i = 0; i < 5; ++i) budget.try_take(kNoon)->went(Reaction::Unwell, kNoon);
  Instant now = kNoon;
  for (const auto pause : {seconds(30), seconds(60), seconds(120), seconds(240)}) {
    ASSERT_EQ(budget.next_free(now), now + pause);
    now += pause;
    auto probe = budget.try_take(now);
    ASSERT_TRUE(probe);
    EXPECT_EQ(hold_at(budget, now), Hold::Breaker) << "one at a time";
    probe->went(Reaction::Unwell, now);
  }
  for (int i = 0; i < 10; ++i) {
    now = budget.next_free(now);
    budget.try_take(now)->went(Reaction::Unwell, now);
  }
  EXPECT_EQ(budget.next_free(now), now + hours(1));
  now += hours(1);
  {
    auto lost = budget.try_take(now);  // nobody says how it went
    ASSERT_TRUE(lost);
  }
  auto probe = budget.try_take(now);
  ASSERT_TRUE(probe);
  probe->went(Reaction::Well, now);
  EXPECT_FALSE(budget.is_broken(now));
  EXPECT_EQ(hold_at(budget, now), std::nullopt);
}

TEST(Budget, CallsThatWereUnderWayDoNotOpenTheBreakerFurther) {
  Budget budget({.concurrency = 100});
  std::vector<Budget::Turn> turns;
  for (int i = 0; i < 50; ++i) turns.push_back(std::move(*budget.try_take(kNoon)));
  for (auto& turn : turns) turn.went(Reaction::Unwell, kNoon);
  EXPECT_EQ(budget.next_free(kNoon), kNoon + seconds(30));
}

TEST(Budget, IsDividedAmongProcesses) {
  Budget budget({.per_second = 10, .concurrency = 4});
  budget.set_sharers(2);
  EXPECT_EQ(asked_between(budget, kNoon, kNoon + seconds(10)), 5 * 10 + 4);
  std::vector<Budget::Turn> turns;
  const auto later = kNoon + minutes(1);
  while (true) {
    auto turn = budget.try_take(later);
    if (!turn) break;
    turns.push_back(std::move(*turn));
  }
  EXPECT_EQ(turns.size(), 2U);
}

TEST(RetryAfter, IsReadInBothForms) {
  const auto at = [](const char* text) { return parse_retry_after(text, kNoon); };
  EXPECT_EQ(at("120"), kNoon + seconds(120));
  EXPECT_EQ(at(" 0 "), kNoon);
  EXPECT_EQ(at("99999999999999999999"), kNoon + hours(24)) << "nobody is believed for longer";
  EXPECT_EQ(at("Thu, 01 Jan 2026 12:10:05 GMT"), kNoon + minutes(10) + seconds(5));
  EXPECT_EQ(at("Thursday, 01-Jan-26 12:10:05 GMT"), kNoon + minutes(10) + seconds(5));
  EXPECT_EQ(at("Thu Jan  1 12:10:05 2026"), kNoon + minutes(10) + seconds(5));
  EXPECT_EQ(at("Wed, 31 Dec 2025 12:00:00 GMT"), kNoon) << "in the past";
  for (const char* text : {"", "soon", "-5", "1.5", "Thu, 32 Jan 2026 12:00:00 GMT",
                           "Thu, 01 Jan 2026 25:00:00 GMT", "Thu, 01 Foo 2026 12:00:00 GMT"})
    EXPECT_EQ(at(text), std::nullopt) << text;
}

}  // namespace
}  // namespace carriers
