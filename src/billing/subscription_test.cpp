#include "billing/subscription.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/time.h"

namespace billing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsEmpty, ::testing::SizeIs;

constexpr std::string_view kFile = R"(
currency = "EUR"
[[tariff]]
id = "small"
monthly = "9.99"
annual = "99.90"
[[tariff]]
id = "shop"
title = "Shop"
monthly = "19.00"
annual = "190.00"
[[tariff]]
id = "large"
monthly = "49.95"
annual = "499.50"
[[offer]]
id = "anniversary"
title = "Ten years"
starts = 2026-11-27T00:00:00+01:00
ends = 2026-12-01T00:00:00+01:00
cycle = "monthly"
percent_off = 50
periods = 3
[[offer]]
id = "mega"
starts = 2026-11-27T00:00:00+01:00
ends = 2026-12-01T00:00:00+01:00
tariffs = ["large"]
cycle = "annual"
percent_off = 30
periods = 1
)";

PriceList prices() { return *PriceList::read(kFile, "prices.toml").list; }
base::Instant at(std::string_view iso) { return *base::parse_iso(iso); }
std::vector<std::string> ids(const std::vector<Offer>& offers) {
  std::vector<std::string> all;
  for (const auto& offer : offers) all.push_back(offer.id);
  return all;
}
std::vector<std::string> faults(std::string_view text) {
  return PriceList::read(text, "prices.toml").mistakes;
}

// clause-001.window
TEST(Offers, AreKnownFromTheirFirstSecondUntilTheirLast) {
  const auto list = prices();
  base::ManualClock clock(at("2026-11-26T22:59:59Z"));
  EXPECT_THAT(list.running(clock.now()), IsEmpty()) << "one second before";
  EXPECT_FALSE(list.best("shop", Cycle::Monthly, clock.now()));
  clock.advance(1s);
  EXPECT_THAT(ids(list.running(clock.now())), ElementsAre("anniversary", "mega"));
  EXPECT_EQ(list.best("shop", Cycle::Monthly, clock.now())->title, "Ten years");
  clock.set(at("2026-11-30T22:59:59Z"));
  EXPECT_THAT(list.running(clock.now()), SizeIs(2)) << "the last second";
  clock.advance(1s);
  EXPECT_THAT(list.running(clock.now()), IsEmpty()) << "over";
}

TEST(Offers, AreForTheirPlansAndCycleOnly) {
  const auto list = prices();
  const auto now = at("2026-11-28T12:00:00Z");
  EXPECT_EQ(list.best("large", Cycle::Annual, now)->id, "mega");
  EXPECT_FALSE(list.best("shop", Cycle::Annual, now));
  const auto annual =
      start(*list.find("shop"), Cycle::Annual, list.best("large", Cycle::Annual, now), now);
  EXPECT_THAT(annual.lines, SizeIs(1)) << "no discount by an offer for another plan";
}

TEST(PriceLists, SayWhatIsWrongWithThem) {
  const std::string tariff =
      "currency = \"EUR\"\n[[tariff]]\nid = \"a\"\nmonthly = \"1.00\"\nannual = \"9.00\"\n";
  EXPECT_THAT(faults(tariff), IsEmpty());
  EXPECT_THAT(faults("currency = \"EUR\""), ElementsAre(HasSubstr("no [[tariff]]")));
  EXPECT_THAT(faults("currency = \"EUX\""), ElementsAre(HasSubstr("three letters")));
  EXPECT_THAT(faults("currency = "), ElementsAre(HasSubstr("line 1")));
  EXPECT_THAT(
      faults("currency = \"EUR\"\n[[tariff]]\nid = \"a\"\nmonthly = 19.0\nannual = \"9.00\""),
      ElementsAre(HasSubstr("monthly is no price")));
  EXPECT_THAT(
      faults(tariff + "[[offer]]\nid = \"o\"\nstarts = 2026-11-27T00:00:00\nends = "
                      "2026-12-01T00:00:00\ncycle = \"monthly\"\npercent_off = 5\nperiods = 1"),
      ElementsAre(HasSubstr("offset")));
  EXPECT_THAT(
      faults(tariff + "[[offer]]\nid = \"o\"\nstarts = 2026-11-27T00:00:00Z\nends = "
                      "2026-11-26T00:00:00Z\ncycle = \"weekly\"\npercent_off = 101\nperiods = 0\n"
                      "tariffs = [\"b\"]"),
      SizeIs(5));
}

// A monthly plan taken in the offer's window, and its invoices from then on.
struct ThreeMonths : ::testing::Test {
  PriceList list = prices();
  base::Instant now = at("2026-11-30T12:00:00Z");
  Step step =
      start(*list.find("shop"), Cycle::Monthly, list.best("shop", Cycle::Monthly, now), now);
  std::int64_t total() const { return *sum_of(step.lines); }
  int left() const { return step.subscription.discounts_left; }
  void renew_now() {
    now = step.subscription.period.ends;
    step = renew(step.subscription, *list.find(step.subscription.tariff), now).value();
  }
  void wait(std::chrono::hours hours) { now += hours; }
  void move_to(std::string_view tariff, Cycle cycle = Cycle::Monthly) {
    step = change(step.subscription, *list.find(tariff), cycle, now).value();
  }
};

// clause-002.invoices
TEST_F(ThreeMonths, AreDiscountedAndTheFourthIsFull) {
  for (const int after : {2, 1, 0}) {
    EXPECT_EQ(total(), 950);
    ASSERT_THAT(step.lines, SizeIs(2));
    EXPECT_EQ(step.lines[1].kind, LineKind::Discount);
    EXPECT_EQ(step.lines[1].discounts_left, after);
    renew_now();
  }
  EXPECT_EQ(total(), 1'900);
  EXPECT_THAT(step.lines, SizeIs(1));
  renew_now();
  EXPECT_EQ(total(), 1'900);
}

// clause-002.changes
TEST_F(ThreeMonths, AreCountedOnThroughUpgradePauseAndDowngrade) {
  renew_now();
  EXPECT_EQ(left(), 1);
  wait(24h * 5);
  move_to("large");
  EXPECT_EQ(left(), 1) << "upgrade";
  EXPECT_LT(step.lines.back().amount, 0) << "the rest of the month is discounted too";
  wait(24h * 3);
  step = pause(step.subscription, now).value();
  EXPECT_THAT(step.lines, IsEmpty());
  wait(24h * 60);
  step = resume(step.subscription, now).value();
  EXPECT_EQ(left(), 1) << "pause";
  move_to("small");
  EXPECT_EQ(left(), 1) << "downgrade";
  renew_now();
  EXPECT_EQ(left(), 0);
  EXPECT_EQ(total(), 999 - 500) << "the third";
  renew_now();
  EXPECT_EQ(total(), 999) << "the fourth";
}

TEST_F(ThreeMonths, WaitWhileThePlanIsAnnual) {
  renew_now();
  wait(24h * 10);
  move_to("shop", Cycle::Annual);
  EXPECT_EQ(left(), 1);
  EXPECT_THAT(step.lines, SizeIs(2)) << "credit and charge, no discount";
  renew_now();
  EXPECT_EQ(total(), 19'000);
  wait(24h);
  move_to("shop");
  EXPECT_EQ(left(), 0);
}

TEST_F(ThreeMonths, EndOnTheSameDayOfEachMonth) {
  auto s = start(*list.find("shop"), Cycle::Monthly, {}, at("2027-01-31T08:00:00Z")).subscription;
  std::vector<std::string> ends;
  for (int i = 0; i < 4; ++i) {
    ends.push_back(base::to_iso_offset(s.period.ends).substr(0, 10));
    s = renew(s, *list.find("shop"), s.period.ends)->subscription;
  }
  EXPECT_THAT(ends, ElementsAre("2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"));
}

TEST_F(ThreeMonths, CannotBeTurnedBackOrSkipped) {
  const auto& s = step.subscription;
  const auto& shop = *list.find("shop");
  EXPECT_EQ(renew(s, shop, now).error(), StepFault::NotOver);
  EXPECT_EQ(change(s, shop, Cycle::Annual, now - 1s).error(), StepFault::Early);
  EXPECT_EQ(change(s, shop, Cycle::Annual, s.period.ends).error(), StepFault::Over);
  EXPECT_EQ(resume(s, now).error(), StepFault::NotPaused);
  const auto paused = pause(s, now)->subscription;
  EXPECT_EQ(change(paused, shop, Cycle::Annual, now).error(), StepFault::Paused);
  const auto ended = end(paused, now + 24h)->subscription;
  EXPECT_EQ(renew(ended, shop, s.period.ends).error(), StepFault::Ended);
}

// Written anew here, from the outside: which plan was in force when, at which price, in which
// period. Nothing of it is read from the lines.
struct Used {
  double exact = 0;        // as a fraction of a cent
  std::int64_t cents = 0;  // each stretch from its period's beginning, rounded down
  int stretches = 0;

  void add(std::int64_t net, base::Instant begins, base::Instant ends, base::Instant a,
           base::Instant b) {
    const auto length = std::chrono::duration<double>(ends - begins).count();
    exact += static_cast<double>(net) * std::chrono::duration<double>(b - a).count() / length;
    const auto until = [&](base::Instant t) {
      const auto whole = (ends - begins) / 1s;
      return net * ((t - begins) / 1s) / whole;
    };
    cents += until(b) - until(a);
    ++stretches;
  }
};

// One life of a subscription: renewed, changed, paused and ended at random moments.
void live_at_random(std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::int64_t n) {
    return std::uniform_int_distribution<std::int64_t>(0, n - 1)(random);
  };
  std::vector<Tariff> tariffs;
  for (const auto* id : {"a", "b", "c"})
    tariffs.push_back({id, id, below(100'000), below(1'000'000)});
  Offer offer{"o",
              "o",
              {},
              {},
              {},
              below(2) == 0 ? Cycle::Monthly : Cycle::Annual,
              static_cast<int>(below(100)) + 1,
              static_cast<int>(below(4)) + 1};
  base::Instant now = at("2026-01-31T00:00:00Z") + std::chrono::seconds(below(400 * 86'400));
  const auto cycle = [&] { return below(2) == 0 ? Cycle::Monthly : Cycle::Annual; };
  auto step = start(tariffs[static_cast<std::size_t>(below(3))], cycle(), offer, now);
  auto& s = step.subscription;
  std::int64_t billed = *sum_of(step.lines);
  Used used;
  // What is in force since when; the net price of a whole period, from price list and offer.
  auto since = now;
  auto net = [&](bool is_discounted) {
    const auto& tariff = *std::ranges::find(tariffs, s.tariff, &Tariff::id);
    const auto price = tariff.price(s.cycle);
    return is_discounted ? price - (price * offer.percent_off + 50) / 100 : price;
  };
  bool is_discounted = s.cycle == offer.cycle;
  const auto use_until = [&](base::Instant t) {
    used.add(net(is_discounted), s.period.begins, s.period.ends, since, t);
    since = t;
  };
  int left = is_discounted ? offer.periods - 1 : 0;
  const auto take = [&](Stepped next) {
    ASSERT_TRUE(next) << describe(next.error());
    for (const auto& line : next->lines)
      EXPECT_TRUE(line.kind == LineKind::Charge ? line.amount >= 0 : line.amount <= 0);
    step = std::move(*next);
    billed += sum_of(step.lines).value_or(0);
  };
  const auto open_period = [&] {
    is_discounted = left > 0 && s.cycle == offer.cycle;
    if (is_discounted) --left;
    EXPECT_EQ(s.discounts_left, left);
  };
  for (int i = 0; i < 30; ++i) {
    const auto rest = (s.period.ends - now) / 1s;
    // Now and then in the same second as the last step, or the period's last one.
    const auto in = below(8) == 0 ? 0 : below(8) == 0 ? rest - 1 : below(rest);
    const auto what = below(5);
    if (what == 0) {
      now = s.period.ends;
      use_until(now);
      take(renew(s, *std::ranges::find(tariffs, s.tariff, &Tariff::id), now));
      open_period();
    } else if (what == 1) {
      now += std::chrono::seconds(in);
      use_until(now);
      take(pause(s, now));
      now += std::chrono::seconds(below(90 * 86'400));
      take(resume(s, now));
      since = now;
    } else {
      now += std::chrono::seconds(in);
      use_until(now);
      const auto before = s.cycle;
      const auto other = what == 2 ? before : cycle();
      take(change(s, tariffs[static_cast<std::size_t>(below(3))], other, now));
      if (s.cycle != before) open_period();
    }
    if (::testing::Test::HasFailure()) return;
  }
  use_until(now);
  take(end(s, now));
  EXPECT_EQ(billed, used.cents) << "seed " << seed;
  EXPECT_LE(std::abs(static_cast<double>(billed) - used.exact), used.stretches)
      << "no stretch is more than a cent from its exact price; seed " << seed;
}

// clause-003.sums
TEST(Proration, CreditsAndChargesAreThePriceOfTheTimeUsedOverRandomChanges) {
  for (std::uint32_t seed = 1; seed <= 3'000 && !::testing::Test::HasFailure(); ++seed)
    live_at_random(seed);
}

// clause-003.sums
TEST(Proration, GivesBackWhatWasNotUsedToTheCent) {
  const auto list = prices();
  const auto now = at("2026-04-01T00:00:00Z");
  const auto monthly = start(*list.find("shop"), Cycle::Monthly, {}, now);
  const auto half = change(monthly.subscription, *list.find("shop"), Cycle::Annual, now + 24h * 15);
  ASSERT_TRUE(half);
  ASSERT_THAT(half->lines, SizeIs(2));
  EXPECT_EQ(half->lines[0].amount, -950) << "half of thirty days";
  EXPECT_EQ(half->lines[1].amount, 19'000);
  const auto at_once = change(monthly.subscription, *list.find("shop"), Cycle::Annual, now);
  EXPECT_EQ(sum_of(at_once->lines), 19'000 - 1'900);
  const auto ended = end(half->subscription, now + 24h * 15);
  EXPECT_EQ(sum_of(ended->lines), -19'000) << "nothing was used";
}

}  // namespace
}  // namespace billing
