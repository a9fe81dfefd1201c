#include "notify/people/sms_meter.h"

#include <gtest/gtest.h>

#include "shipments/testing.h"

namespace notify::people {
namespace {

using channels::sms::Prices;
using shipments::testing::kAccount, shipments::testing::World;
using store::testing::Engine;
using namespace std::chrono_literals;

constexpr const char* kDutch = "+31612345678";
constexpr const char* kNorwegian = "+4791234567";

struct SmsMeterOn : ::testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
  }
  static SmsMeter meter(std::optional<std::int64_t> a_day, std::optional<std::int64_t> a_month) {
    return {Prices::parse({{"NL", "0.08"}}).value(), SmsCaps{a_day, a_month}};
  }
  std::string_view why_not(const SmsMeter& m, std::string_view text, const char* to = kDutch) {
    return world->main->read_now(
        [&](store::Tx& tx) { return m.judge(tx, kAccount, to, text, world->clock.now()).why_not; });
  }
  // As the sender does it: the row of what was sent, then the count.
  void send(const SmsMeter& m, const std::string& id, std::string_view text) {
    world->main->write_now([&](store::Tx& tx) {
      const auto now = world->clock.now();
      const auto judged = m.judge(tx, kAccount, kDutch, text, now);
      tx.execute(
          "INSERT INTO sent (account_id, id, channel, person, at) VALUES ($1, $2, 'sms', $3, $4) "
          "ON CONFLICT (account_id, id) DO NOTHING",
          kAccount, store::Blob{id}, store::Blob{id}, now);
      count_sms(tx, kAccount, id, judged.cost, now);
      return 0;
    });
  }
  SmsSpent spent() {
    const auto today = day_of(world->clock.now());
    return world->main->read_now(
        [&](store::Tx& tx) { return sms_spent(tx, kAccount, today, today + 1); });
  }

  std::unique_ptr<World> world;
};
INSTANTIATE_TEST_SUITE_P(, SmsMeterOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(SmsMeterOn, CountsSegmentsTimesThePriceOfTheCountryOncePerMessage) {
  const auto m = meter({}, {});
  send(m, "message-0000001", "Your parcel is here.");
  send(m, "message-0000001", "Your parcel is here.");  // another attempt of the same
  send(m, "message-0000002", std::string(161, 'a'));
  EXPECT_EQ(spent().messages, 2);
  EXPECT_EQ(spent().segments, 3);
  EXPECT_EQ(spent().money, 240'000);
}

TEST_P(SmsMeterOn, TheDaysCapHoldsAndTheNextDayBegins) {
  const auto m = meter(160'000, {});
  EXPECT_EQ(why_not(m, "one"), "");
  send(m, "message-0000001", "one");
  EXPECT_EQ(why_not(m, std::string(161, 'a')), "sms-cap") << "two segments would pass it";
  send(m, "message-0000002", "two");
  EXPECT_EQ(why_not(m, "three"), "sms-cap");
  world->clock.advance(24h);
  EXPECT_EQ(why_not(m, "three"), "");
}

TEST_P(SmsMeterOn, TheMonthsCapHoldsOverDays) {
  const auto m = meter({}, 160'000);
  world->clock.set(base::Instant(std::chrono::sys_days(std::chrono::year(2026) / 3 / 30)));
  send(m, "message-0000001", "one");
  world->clock.advance(24h);
  send(m, "message-0000002", "two");
  EXPECT_EQ(why_not(m, "three"), "sms-cap");
  world->clock.advance(24h);
  EXPECT_EQ(why_not(m, "three"), "") << "it is April";
}

TEST_P(SmsMeterOn, WhatWasNotTakenIsGivenBack) {
  const auto m = meter(80'000, {});
  send(m, "message-0000001", "one");
  EXPECT_EQ(why_not(m, "two"), "sms-cap");
  for (int again = 0; again < 2; ++again) {
    world->main->write_now([&](store::Tx& tx) {
      give_back_sms(tx, kAccount, "message-0000001");
      return 0;
    });
  }
  EXPECT_EQ(spent().money, 0);
  EXPECT_EQ(why_not(m, "two"), "");
}

TEST_P(SmsMeterOn, WithACapNothingGoesWhereNobodySaidWhatItCosts) {
  EXPECT_EQ(why_not(meter(1'000'000, {}), "one", kNorwegian), "sms-no-price");
  EXPECT_EQ(why_not(meter({}, {}), "one", kNorwegian), "");
  EXPECT_EQ(why_not(meter({}, {}), "one", "0612345678"), "no-number");
}

}  // namespace
}  // namespace notify::people
