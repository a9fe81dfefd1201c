#include "carriers/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/metrics.h"
#include "store/testing.h"

namespace carriers {
namespace {

using namespace std::chrono_literals;
using store::testing::Engine;

class HealthOn : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    database_.emplace(GetParam(), store::Schema::Main);
  }
  std::map<std::string, HealthCounts> read(base::Instant since) {
    return (*database_)->read_now([&](store::Tx& tx) { return Health::read(tx, since); });
  }

  base::ManualClock clock_;
  base::Metrics metrics_;
  Health health_{metrics_};
  std::optional<store::testing::FreshDatabase> database_;
};
INSTANTIATE_TEST_SUITE_P(, HealthOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

TEST_P(HealthOn, FailuresAreToldApartByCause) {
  health_.note("ups", Heard::Answered, 80ms, clock_.now());
  health_.note("ups", Heard::NotFound, 40ms, clock_.now());
  health_.note("ups", Heard::Auth, 10ms, clock_.now() + 1s);
  health_.note("gls", Heard::Drift, 10ms, clock_.now());
  health_.flush(**database_);
  const auto all = read(clock_.now());
  EXPECT_EQ(all.at("ups").asked(), 3);
  EXPECT_EQ(all.at("ups").failures(), 1);
  EXPECT_EQ(all.at("ups").last_failure_class, "auth");
  EXPECT_EQ(all.at("ups").last_success, clock_.now());
  EXPECT_EQ(all.at("gls").of(Heard::Drift), 1);
  EXPECT_FALSE(all.at("gls").last_success);
}

TEST_P(HealthOn, AnUnknownNumberIsNoFailureOfTheCarrier) {
  health_.note("ups", Heard::NotFound, 1ms, clock_.now());
  health_.note("ups", Heard::InvalidNumber, 1ms, clock_.now());
  health_.flush(**database_);
  EXPECT_EQ(read(clock_.now()).at("ups").failures(), 0);
}

TEST_P(HealthOn, DaysAddUpAndProcessesAddToTheSameDay) {
  Health other(metrics_);
  health_.note("ups", Heard::Answered, 10ms, clock_.now());
  other.note("ups", Heard::Server, 30ms, clock_.now());
  health_.flush(**database_);
  other.flush(**database_);
  clock_.advance(24h);
  health_.note("ups", Heard::Answered, 20ms, clock_.now());
  health_.flush(**database_);
  const auto both = read(clock_.now() - 24h).at("ups");
  EXPECT_EQ(both.asked(), 3);
  EXPECT_EQ(both.mean_time(), 20ms);
  EXPECT_EQ(both.last_success, clock_.now());
  EXPECT_EQ(read(clock_.now()).at("ups").asked(), 1);
}

TEST_P(HealthOn, HalfOfTheEventsWereLearntWithinTheMedianDelay) {
  health_.note_events("ups", 4, 1, 0, {5min, 20min, 40min, 30h}, clock_.now());
  health_.flush(**database_);
  const auto counts = read(clock_.now()).at("ups");
  EXPECT_EQ(counts.events, 4);
  EXPECT_EQ(counts.unknown_events, 1);
  ASSERT_TRUE(counts.median_delay());
  EXPECT_GT(*counts.median_delay(), 15min);
  EXPECT_LT(*counts.median_delay(), 60min);
  EXPECT_FALSE(HealthCounts().median_delay());
}

TEST_P(HealthOn, OldDaysGo) {
  health_.note("ups", Heard::Answered, 1ms, clock_.now());
  health_.flush(**database_);
  (*database_)->write_now([&](store::Tx& tx) { Health::sweep(tx, clock_.now() + 24h * 397); });
  EXPECT_TRUE(read(clock_.now()).empty());
}

TEST_P(HealthOn, TheLastHoursAreCountedApart) {
  health_.note("ups", Heard::Drift, 1ms, clock_.now());
  health_.flush(**database_);
  clock_.advance(23h);
  health_.note("ups", Heard::Answered, 1ms, clock_.now());
  health_.note("ups", Heard::Answered, 1ms, clock_.now());
  health_.flush(**database_);
  const auto heard = [&](base::Instant since, Heard what) {
    return (*database_)->read_now([&](store::Tx& tx) {
      return Health::read_hours(tx, since)["ups"].of(what);
    });
  };
  EXPECT_EQ(heard(clock_.now() - 24h, Heard::Drift), 1);
  EXPECT_EQ(heard(clock_.now() - 24h, Heard::Answered), 2);
  EXPECT_EQ(heard(clock_.now() - 20h, Heard::Drift), 0);
  (*database_)->write_now([&](store::Tx& tx) { Health::sweep(tx, clock_.now() + 47h); });
  EXPECT_EQ(heard(clock_.now() - 48h, Heard::Drift), 0);
  EXPECT_EQ(heard(clock_.now() - 48h, Heard::Answered), 2);
}

TEST_P(HealthOn, WhatWasNotUnderstoodIsInTheMetrics) {
  health_.note("gls", Heard::Drift, 1ms, clock_.now());
  health_.note_events("gls", 3, 2, 1, {}, clock_.now());
  EXPECT_THAT(
      metrics_.text(),
      testing::HasSubstr("milepost_carriers_answers_total{carrier=\"gls\",outcome=\"drift\"} 1"));
  EXPECT_THAT(metrics_.text(),
              testing::HasSubstr(
                  "milepost_carriers_events_total{carrier=\"gls\",understood=\"unknown\"} 2"));
}

}  // namespace
}  // namespace carriers
