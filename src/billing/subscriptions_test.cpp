#include "billing/subscriptions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "billing/testing.h"

namespace billing {
namespace {

using namespace std::chrono_literals;
using store::testing::Engine;
using ::testing::ElementsAre;
using testing::kAccount, testing::World;

constexpr std::string_view kPrices = R"(
currency = "EUR"
[[tariff]]
id = "small"
monthly = "10.00"
annual = "100.00"
[[tariff]]
id = "large"
monthly = "60.00"
annual = "600.00"
[[offer]]
id = "january"
starts = 2026-01-01T00:00:00Z
ends = 2026-01-02T00:00:00Z
cycle = "monthly"
percent_off = 50
periods = 3
)";

struct SubscriptionsOn : ::testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    all = std::make_unique<Subscriptions>(*world->main, prices, world->clock);
  }
  template <class F>
  auto write(F work) {
    return world->main->write_now([&](store::Tx& tx) { return work(tx); });
  }
  Subscriptions::Done start(std::string_view tariff = "large", Cycle cycle = Cycle::Monthly) {
    return write([&](store::Tx& tx) { return all->start(tx, kAccount, tariff, cycle); });
  }
  Subscriptions::Done change(std::string_view tariff, Cycle cycle = Cycle::Monthly) {
    world->clock.advance(1ms);  // so that its invoice is the later one
    return write([&](store::Tx& tx) { return all->change(tx, kAccount, tariff, cycle); });
  }
  Subscribed now() {
    return *write([&](store::Tx& tx) { return all->find(tx, kAccount); });
  }
  // The oldest first.
  std::vector<std::int64_t> totals() {
    Invoices invoices(*world->main, world->clock);
    std::vector<std::int64_t> found;
    for (const auto& one : write([&](store::Tx& tx) { return invoices.list(tx, kAccount, 100); }))
      found.insert(found.begin(), one.total.minor);
    return found;
  }
  void to_the_end_of_the_period() { world->clock.set(now().subscription.period.ends); }

  const PriceList prices = *PriceList::read(kPrices, "prices.toml").list;
  std::unique_ptr<World> world;
  std::unique_ptr<Subscriptions> all;
};
INSTANTIATE_TEST_SUITE_P(, SubscriptionsOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

// clause-002.invoices
TEST_P(SubscriptionsOn, AreBilledByTheMonthThreeTimesByTheOfferThenInFull) {
  ASSERT_TRUE(start());
  for (int month = 0; month < 3; ++month) {
    EXPECT_EQ(all->renew_due(), 0) << "not due yet";
    to_the_end_of_the_period();
    EXPECT_EQ(all->renew_due(), 1);
    EXPECT_EQ(all->renew_due(), 0) << "once";
  }
  EXPECT_THAT(totals(), ElementsAre(3'000, 3'000, 3'000, 6'000));
}

TEST_P(SubscriptionsOn, CatchUpOneInvoiceAPeriodAfterALongSleep) {
  ASSERT_TRUE(start());
  world->clock.advance(24h * 100);
  int renewed = 0;
  while (const int some = all->renew_due()) renewed += some;
  EXPECT_EQ(renewed, 3);
  EXPECT_GT(now().subscription.period.ends, world->clock.now());
}

TEST_P(SubscriptionsOn, KeepWhatIsGivenBackForTheNextInvoices) {
  world->clock.advance(24h);  // no offer
  ASSERT_TRUE(start("large"));
  ASSERT_TRUE(change("small"));
  EXPECT_THAT(totals(), ElementsAre(6'000, -5'000));
  EXPECT_EQ(now().balance, 5'000);
  to_the_end_of_the_period();
  EXPECT_EQ(all->renew_due(), 1);
  EXPECT_THAT(totals(), ElementsAre(6'000, -5'000, 0));
  EXPECT_EQ(now().balance, 4'000);
  ASSERT_TRUE(change("large"));
  EXPECT_THAT(totals(), ElementsAre(6'000, -5'000, 0, 1'000)) << "5,000 more, 4,000 of it there";
  EXPECT_EQ(now().balance, 0);
}

TEST_P(SubscriptionsOn, StandStillWhilePausedAndEndForGood) {
  ASSERT_TRUE(start());
  const auto step = [&](Subscriptions::Done (Subscriptions::*what)(store::Tx&, std::int64_t)) {
    return write([&](store::Tx& tx) { return (*all.*what)(tx, kAccount); });
  };
  world->clock.advance(24h);
  ASSERT_TRUE(step(&Subscriptions::pause));
  world->clock.advance(24h * 90);
  EXPECT_EQ(all->renew_due(), 0);
  EXPECT_EQ(change("small").error().step, StepFault::Paused);
  ASSERT_TRUE(step(&Subscriptions::resume));
  EXPECT_EQ(now().subscription.period.ends - world->clock.now(), 24h * 30);
  ASSERT_TRUE(step(&Subscriptions::end));
  EXPECT_TRUE(now().subscription.is_ended);
  EXPECT_EQ(now().balance, 3'000 - 3'000 * 1 / 31) << "one day of January was used";
  world->clock.advance(24h * 90);
  EXPECT_EQ(all->renew_due(), 0);
  ASSERT_TRUE(start("small")) << "and may begin anew, with what was given back";
  EXPECT_EQ(totals().back(), 0);
}

// clause-002.changes
TEST_P(SubscriptionsOn, CountAnOfferOnWhenTheyEndAndBeginAgain) {
  for (const int left : {2, 1, 0, 0}) {
    ASSERT_TRUE(start());
    EXPECT_EQ(now().subscription.discounts_left, left);
    ASSERT_TRUE(write([&](store::Tx& tx) { return all->end(tx, kAccount); }));
  }
  EXPECT_EQ(now().subscription.period.discount, 0) << "the fourth is full";
}

TEST_P(SubscriptionsOn, SayWhyNot) {
  EXPECT_EQ(change("small").error().why, SubscribeFault::NotSubscribed);
  EXPECT_EQ(start("huge").error().why, SubscribeFault::NoTariff);
  ASSERT_TRUE(start());
  EXPECT_EQ(start().error().why, SubscribeFault::Subscribed);
  const auto nobody =
      write([&](store::Tx& tx) { return all->start(tx, 99, "small", Cycle::Annual); });
  EXPECT_EQ(nobody.error().why, SubscribeFault::NoAccount);
}

}  // namespace
}  // namespace billing
