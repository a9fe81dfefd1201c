#include "polling/policy.h"

#include <gtest/gtest.h>

namespace polling {
namespace {

using namespace std::chrono_literals;
using base::Instant;

const Instant kMonday = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5);

// Picked up on Monday evening, last asked on Tuesday at `hour`.
Known on_its_way(std::chrono::hours hour) {
  Known known;
  known.stage = Stage::Transit;
  known.created_at = kMonday;
  known.picked_up_at = known.newest_at = kMonday + 18h;
  known.asked_at = kMonday + 24h + hour;
  known.seed = 7;
  return known;
}

std::chrono::minutes gap(const Known& known, const Terms& terms) {
  const auto decision = next_call(known, terms, *known.asked_at);
  EXPECT_EQ(decision.what, What::Ask);
  return std::chrono::duration_cast<std::chrono::minutes>(decision.at - *known.asked_at);
}

TEST(Policy, AsksAtOnceAboutWhatIsNew) {
  Known known;
  known.created_at = kMonday;
  const auto decision = next_call(known, {}, kMonday + 1min);
  EXPECT_EQ(decision.what, What::Ask);
  EXPECT_EQ(decision.at, kMonday + 1min);
}

TEST(Policy, ClimbsTheLadderWhileTheNumberIsUnknown) {
  Known known;
  known.created_at = kMonday;
  for (const auto& [answers, at] : {std::pair(1, 1h), std::pair(2, 3h), std::pair(3, 6h)}) {
    known.not_found = answers;
    known.asked_at = kMonday;
    EXPECT_EQ(next_call(known, {}, kMonday).at, kMonday + at) << answers;
  }
}

TEST(Policy, AsksNoMoreWhereANumberStaysUnknownAndExpiresIt) {
  Known known;
  known.created_at = kMonday;
  known.not_found = 20;
  known.asked_at = kMonday + 121h;
  const auto decision = next_call(known, {}, *known.asked_at);
  EXPECT_EQ(decision.what, What::Expire);
  EXPECT_EQ(decision.at, kMonday + kExpireAfter);
  Terms postal;
  postal.is_postal = true;
  EXPECT_EQ(next_call(known, postal, *known.asked_at).what, What::Ask);
  known.asked_at = kMonday + std::chrono::days(14) + 1h;
  EXPECT_EQ(next_call(known, postal, *known.asked_at).what, What::Expire);
}

TEST(Policy, AsksOftenerByDayAndWhileAParcelIsOutForDelivery) {
  const Terms terms{&default_rates(), 0.3, 15min, false};
  auto out = on_its_way(12h);
  out.stage = Stage::OutForDelivery;
  out.newest_at = *out.asked_at - 4h;
  EXPECT_LT(gap(out, terms), gap(on_its_way(12h), terms));
  // Asked in the evening, nothing is expected before the next morning.
  auto evening = out;
  evening.asked_at = kMonday + 24h + 23h + 55min;
  evening.newest_at = *evening.asked_at - 14h;
  EXPECT_LT(gap(out, terms), 90min);
  EXPECT_GT(gap(evening, terms), 4h);
}

// What a round's last hours brought must not lie there till morning.
TEST(Policy, AsksOnceMoreAtTheEndOfARound) {
  const Terms terms{&default_rates(), 1.0, 15min, false};
  auto out = on_its_way(17h);
  out.stage = Stage::OutForDelivery;
  out.newest_at = *out.asked_at - 9h;
  const auto at = *out.asked_at + gap(out, terms);
  EXPECT_LT(at, kMonday + 48h);  // the same evening
}

TEST(Policy, AsksLessWhenCallsAreDear) {
  auto last = 0min;
  for (const double price : {0.03, 0.1, 0.3, 1.0}) {
    const auto now = gap(on_its_way(9h), {&default_rates(), price, 15min, false});
    EXPECT_GE(now, last) << price;
    last = now;
  }
}

TEST(Policy, StaysBetweenTheSmallestGapAndTheCeiling) {
  const auto least = gap(on_its_way(12h), {&default_rates(), 1e-9, 15min, false});
  EXPECT_GE(least, 15min);
  EXPECT_LE(least, 20min);  // plans are made in steps of twenty
  EXPECT_LE(gap(on_its_way(12h), {&default_rates(), 1e9, 15min, false}), 24h);
  auto stale = on_its_way(12h);
  stale.asked_at = *stale.newest_at + std::chrono::days(16);
  EXPECT_GT(gap(stale, {&default_rates(), 1e9, 15min, false}), 24h);
  EXPECT_LE(gap(stale, {&default_rates(), 1e9, 15min, false}), 48h);
}

TEST(Policy, ExpiresAfterThirtyDaysWithoutAWord) {
  auto silent = on_its_way(12h);
  silent.asked_at = *silent.newest_at + kExpireAfter - 10min;
  const auto decision = next_call(silent, {}, *silent.asked_at);
  EXPECT_EQ(decision.what, What::Expire);
  EXPECT_EQ(decision.at, *silent.newest_at + kExpireAfter);
  // Tracked anew: another thirty days.
  silent.created_at = *silent.asked_at;
  EXPECT_EQ(next_call(silent, {}, *silent.asked_at).what, What::Ask);
}

TEST(Policy, LooksTwiceAfterTheDeliveryAndStops) {
  auto done = on_its_way(12h);
  done.stage = Stage::Finished;
  done.changed_at = *done.asked_at;
  EXPECT_EQ(next_call(done, {}, *done.asked_at).at, *done.changed_at + 24h);
  done.checks = 1;
  EXPECT_EQ(next_call(done, {}, *done.asked_at).at, *done.changed_at + 72h);
  done.checks = 2;
  EXPECT_EQ(next_call(done, {}, *done.asked_at).what, What::Stop);
}

TEST(Policy, AFailedCallDoesNotMoveTheClockOfTheShipment) {
  auto known = on_its_way(12h);
  const auto due = next_call(known, {}, *known.asked_at).at;
  known.failures = 1;
  EXPECT_EQ(next_call(known, {}, due).at, due + 2min);
  known.failures = 30;
  EXPECT_EQ(next_call(known, {}, due).at, due + 1h);
  known.failures = 0;
  EXPECT_EQ(next_call(known, {}, due).at, due);
}

TEST(Policy, IsASafetyNetWhereTheCarrierTellsByItself) {
  auto known = on_its_way(12h);
  known.pushed_at = *known.asked_at - 1h;
  EXPECT_GE(next_call(known, {}, *known.asked_at).at, *known.pushed_at + 24h);
}

TEST(Policy, SpreadsByAFixedJitter) {
  auto a = on_its_way(9h), b = on_its_way(9h);
  b.seed = 8;
  const Terms terms;
  EXPECT_EQ(next_call(a, terms, *a.asked_at).at, next_call(a, terms, *a.asked_at).at);
  EXPECT_NE(next_call(a, terms, *a.asked_at).at, next_call(b, terms, *b.asked_at).at);
}

TEST(Policy, PricesCallsByTheirBudget) {
  EXPECT_DOUBLE_EQ(adjusted_price(1, 101, 100), 1.1);
  EXPECT_DOUBLE_EQ(adjusted_price(1, 95, 100), 1);
  EXPECT_DOUBLE_EQ(adjusted_price(1.1, 80, 100), 1);
}

// --- Rates

TEST(Rates, ClassesAreLocalHoursOfThreeKindsOfDays) {
  EXPECT_EQ(hour_class(kMonday + 9h), 9U);
  EXPECT_EQ(hour_class(kMonday + 5 * 24h + 9h), 24U + 9U);
  EXPECT_EQ(hour_class(kMonday + 6 * 24h + 9h), 48U + 9U);
  EXPECT_EQ(age_class(0.5), 0U);
  EXPECT_EQ(age_class(1e9), kAges - 1);
}

// Parcels that always arrive on weekdays between ten and eleven, five hours after they went out.
Story punctual(int i) {
  Story story;
  const auto day = kMonday + std::chrono::days(7 * (i / 5) + i % 5);
  story.created_at = day - 40h;
  story.lane = "A-B";
  story.happenings = {{day - 30h, Kind::PickedUp, Stage::Transit},
                      {day + 5h + 30min, Kind::Ready, Stage::OutForDelivery},
                      {day + 10h + std::chrono::minutes(i % 60), Kind::Delivered, Stage::Finished}};
  return story;
}

TEST(Rates, LearnWhenParcelsArrive) {
  History history;
  for (int i = 0; i < 400; ++i) history.add(punctual(i), default_rates());
  const auto rates = history.fit(default_rates());
  const auto at = [&](std::size_t hour) {
    return rates.of(Stage::OutForDelivery, Kind::Delivered, hour, age_class(4.7), 0);
  };
  EXPECT_GT(at(10), 0.8);
  EXPECT_LT(at(9), 0.1 * at(10));
  EXPECT_LT(rates.of(Stage::Transit, Kind::Delivered, 10, 5, 5), 0.01);
  EXPECT_NEAR(rates.transit("A-B"), 40.5, 1.5);
  EXPECT_EQ(history.delivered(), 400);
}

TEST(Rates, StayWithThePriorWhereLittleIsKnown) {
  const auto rates = History().fit(default_rates());
  EXPECT_EQ(rates.base, default_rates().base);
  EXPECT_EQ(rates.clock, default_rates().clock);
}

TEST(Rates, SurviveBeingWrittenDown) {
  History history;
  for (int i = 0; i < 50; ++i) history.add(punctual(i), default_rates());
  const auto rates = history.fit(default_rates());
  const auto text = to_text(rates);
  const auto back = rates_from(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(to_text(*back), text);
  EXPECT_NEAR(back->transit("A-B"), rates.transit("A-B"), .1);
  for (const auto* bad : {"", "rates1", "rates2 1 2", "rates1 1 2 x"}) {
    EXPECT_FALSE(rates_from(bad)) << bad;
  }
}

}  // namespace
}  // namespace polling
