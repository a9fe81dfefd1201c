#include "insight/carrier_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/time.h"
#include "insight/reports.h"
#include "insight/testing.h"
#include "personal/restrictions.h"
#include "shipments/packed_events.h"
#include "shipments/testing.h"

namespace insight {
namespace {

using journey::Milestone, journey::Status;
using shipments::testing::World;
using store::testing::Engine;
using namespace std::chrono_literals;
using ::testing::HasSubstr, ::testing::SizeIs;

base::Instant day(int month, int date) {
  return std::chrono::sys_days(std::chrono::year(2026) /
                               std::chrono::month(static_cast<unsigned>(month)) /
                               std::chrono::day(static_cast<unsigned>(date)));
}
const Quarter kQuarter = *Quarter::parse("2026-Q1");

struct Parcel {
  std::string courier = "dhl", from = "NL", to = "DE";
  int took = 2;  // days; -1: never arrived
  std::string person = {};
  shipments::Source source = shipments::Source::Api;
  base::Instant handed_over = day(2, 2);  // a Monday
};

shipments::Event event(base::Instant at, Status status, Milestone milestone) {
  shipments::Event e;
  e.status = status;
  e.milestone = milestone;
  e.happened = base::to_iso_offset(at).substr(0, 19) + "+01:00";
  e.learnt_at = at;
  e.source = "x";
  return e;
}

class CarrierFiguresOn : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world_ = std::make_unique<World>(GetParam());
    world_->clock.set(day(2, 1));
  }
  // Enters parcels of different people, as ingest leaves them.
  void enter(const Parcel& parcel, int count) {
    world_->main->write_now([&](store::Tx& tx) {
      for (int i = 0; i < count; ++i) enter(tx, parcel, next_ + i);
      return 0;
    });
    next_ += count;
  }
  void enter(store::Tx& tx, const Parcel& parcel, int number) {
    auto head = world_->head("N" + std::to_string(number), parcel.courier);
    head.origin_country = parcel.from;
    head.destination_country = parcel.to;
    head.source = parcel.source;
    head.subject = number + 1;
    head.email_hash = parcel.person.empty() ? "hash of " + std::to_string(number) : parcel.person;
    head.status = parcel.took < 0 ? Status::Transit : Status::Delivered;
    world_->repository->insert(tx, head, {}, world_->clock.now());
    std::vector<shipments::Event> events{
        event(parcel.handed_over, Status::Transit, Milestone::Pickup)};
    if (parcel.took >= 0)
      events.push_back(event(parcel.handed_over + std::chrono::days(parcel.took), Status::Delivered,
                             Milestone::Delivery));
    tx.execute("UPDATE shipments SET events = $3 WHERE account_id = $1 AND id = $2",
               head.account_id, store::Blob{head.id.bytes()},
               store::Blob{shipments::pack_events({}, events)});
  }
  CarrierFigures silent_figures(Grouping grouping) {
    SeededRandomness chance(1);
    auto gate = GateForTest::silent(*world_->main, world_->clock, chance);
    return ask_carrier_figures(gate, kQuarter, grouping, world_->clock.now()).value();
  }

  std::unique_ptr<World> world_;
  int next_ = 0;
};
INSTANTIATE_TEST_SUITE_P(, CarrierFiguresOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

// clause-049.answers
TEST_P(CarrierFiguresOn, GiveTheKnownAnswerToAKnownDataSet) {
  enter({.took = 1}, 30);
  enter({.took = 2}, 60);
  enter({.took = 7}, 60);  // Monday to Monday: five working days
  enter({.courier = "ups", .took = 4}, 100);
  enter({.courier = "gls", .took = -1}, 90);
  enter({.courier = "gls", .took = 1}, 10);
  world_->clock.set(day(5, 10));
  const auto all = silent_figures(Grouping::Carrier);
  ASSERT_THAT(all.figures, SizeIs(3));
  const auto& dhl = all.figures.at(0);
  EXPECT_EQ(dhl.carrier, "dhl");
  EXPECT_EQ(dhl.parcels, 150);
  EXPECT_NEAR(dhl.calendar.mean, (30 * 1 + 60 * 2 + 60 * 7) / 150.0, 1e-9);
  EXPECT_NEAR(dhl.working.mean, (30 * 1 + 60 * 2 + 60 * 5) / 150.0, 1e-9);
  EXPECT_EQ(dhl.calendar.median.days, 2);
  EXPECT_EQ(dhl.calendar.p90.days, 7);
  EXPECT_EQ(dhl.working.p90.days, 5);
  EXPECT_EQ(all.figures.at(1).carrier, "ups");
  EXPECT_NEAR(all.figures.at(1).calendar.mean, 4, 1e-9);
  // Of the third, nine in ten never came: slow, however quick the tenth was.
  EXPECT_EQ(all.figures.at(2).carrier, "gls");
  EXPECT_NEAR(all.figures.at(2).calendar.never, 0.9, 1e-9);
  EXPECT_NEAR(all.figures.at(2).calendar.mean, 1 + 30 * 0.9, 1e-9);
}

TEST_P(CarrierFiguresOn, AreToldByLane) {
  enter({.took = 2}, 400);
  enter({.to = "FR", .took = 5}, 400);
  enter({.courier = "ups", .to = "FR", .took = 3}, 400);
  enter({.to = "", .took = 9}, 400);
  world_->clock.set(day(5, 10));
  const auto french = of_lane(silent_figures(Grouping::Lane), "NL-FR");
  ASSERT_THAT(french.figures, SizeIs(2));
  EXPECT_EQ(french.figures[0].carrier, "ups");
  EXPECT_EQ(french.figures[0].rank_to, 1);
  EXPECT_EQ(french.figures[1].rank_from, 2);
  EXPECT_NEAR(french.figures[1].calendar.mean, 5, 1e-9);
}

TEST_P(CarrierFiguresOn, LeaveOutWhoIsRestrictedUnknownOrReadInAMailbox) {
  enter({.took = 2}, 120);
  enter({.took = 20, .source = shipments::Source::Mailbox}, 50);
  enter({.took = 20, .person = "one who orders every day"}, 80);
  const int restricted = next_;
  enter({.took = 20}, 1);
  world_->main->write_now([&](store::Tx& tx) {
    personal::Restrictions::place(tx, shipments::testing::kAccount, restricted + 1, "objection",
                                  world_->clock.now());
    tx.execute("UPDATE shipments SET email_hash = NULL WHERE tracking_number = 'N0'");
    return 0;
  });
  world_->clock.set(day(5, 10));
  const auto all = silent_figures(Grouping::Carrier);
  ASSERT_THAT(all.figures, SizeIs(1));
  EXPECT_EQ(all.figures[0].parcels, 119 + 1);
}

// clause-049.bound
TEST_P(CarrierFiguresOn, SayOnWhichTermsTheyWereMade) {
  enter({.took = 2}, 200);
  world_->clock.set(day(5, 10));
  const auto all = silent_figures(Grouping::Carrier);
  const auto json = to_json(all);
  for (const char* part : {"\"from\":\"2026-01-01\"", "\"until\":\"2026-03-31\"", "\"epsilon\":1",
                           "\"parcels_noise_95\":", "\"mean_noise_95\":", "\"parcels\":200",
                           "\"smallest_group\":20", "\"delta\":1e-06"})
    EXPECT_THAT(json, HasSubstr(part));
  EXPECT_GT(all.figures.at(0).calendar.mean_noise, 0);
  EXPECT_GT(all.parcels_noise, 0);
  EXPECT_THAT(small_print(all), SizeIs(3));
}

TEST_P(CarrierFiguresOn, WaitUntilTheQuarterIsOldEnough) {
  Gate gate(*world_->main, world_->clock);
  enter({.took = 2}, 200);
  world_->clock.set(day(4, 20));
  const auto early = ask_carrier_figures(gate, kQuarter, Grouping::Carrier, world_->clock.now());
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error(), NoFigures::NotRipe);
  world_->clock.set(day(5, 10));
  ASSERT_TRUE(ask_carrier_figures(gate, kQuarter, Grouping::Carrier, world_->clock.now()));
  // Released is released, whatever became of the parcels.
  world_->clock.set(day(11, 10));
  EXPECT_TRUE(ask_carrier_figures(gate, kQuarter, Grouping::Carrier, world_->clock.now()));
}

// ---- Reports

class ReportsOn : public CarrierFiguresOn {
 protected:
  ReportInput input(Audience audience, personal::Source worst) {
    std::vector<Row> rows;
    for (int i = 0; i < 500; ++i)
      rows.push_back({"p" + std::to_string(i), "dhl", {2, 2}, personal::Label(worst)});
    auto question = transit_question(kQuarter, Grouping::Carrier);
    question.audience = audience;
    Gate gate(*world_->main, world_->clock);
    return {kQuarter, {gate.ask(question, [&](store::Tx&) { return rows; }).value()}};
  }
  base::Result<Report, ReportRefused> make(const ReportInput& input) {
    return world_->main->write_now(
        [&](store::Tx& tx) { return make_report(tx, input, key_, world_->clock.now()); });
  }
  MicroEpsilon spent() {
    return world_->main->read_now([](store::Tx& tx) { return Gate::budgets(tx).at(0).spent; });
  }

  crypto::PrivateKey key_ = crypto::PrivateKey::generate(crypto::KeyKind::Ed25519);
};
INSTANTIATE_TEST_SUITE_P(, ReportsOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(ReportsOn, AreSignedAndSayWhatTheyAreMadeOf) {
  const auto report = make(input(Audience::Report, personal::Source::Carrier));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->name, "carriers 2026-Q1");
  const auto said = read_report(report->signed_text, key_.public_key());
  ASSERT_TRUE(said);
  for (const char* part : {"must not try to find out", "\"epsilon\":1", "\"smallest_group\":20",
                           "\"data_set\":\"transits 2026-Q1\"", "\"carrier\":\"dhl\"", "sha256"})
    EXPECT_THAT(*said, HasSubstr(part));
  auto changed = report->signed_text;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(read_report(changed, key_.public_key()));
  const auto other = crypto::PrivateKey::generate(crypto::KeyKind::Ed25519);
  EXPECT_FALSE(read_report(report->signed_text, other.public_key()));
}

// clause-050.again
TEST_P(ReportsOn, CostNothingWhenTheyAreAskedForAgain) {
  const auto first = make(input(Audience::Report, personal::Source::Carrier)).value();
  const auto cost = spent();
  world_->clock.advance(24h * 30);
  const auto again = make(input(Audience::Report, personal::Source::Carrier)).value();
  EXPECT_EQ(again.signed_text, first.signed_text);
  EXPECT_EQ(again.version, 1);
  EXPECT_EQ(spent(), cost);
  EXPECT_THAT(world_->main->read_now([](store::Tx& tx) { return reports(tx); }), SizeIs(1));
}

// clause-050.tainted clause-074.buyer
TEST_P(ReportsOn, AreRefusedWhenAnythingInThemCameFromAMailbox) {
  const auto refused = make(input(Audience::Internal, personal::Source::Mailbox));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), ReportRefused::Tainted);
  EXPECT_THAT(world_->main->read_now([](store::Tx& tx) { return reports(tx); }), SizeIs(0));
}

// clause-074.buyer
TEST_P(ReportsOn, AreRefusedOfWhatWasReleasedForOurOwnOperation) {
  const auto refused = make(input(Audience::Internal, personal::Source::Carrier));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), ReportRefused::Internal);
}

// ---- Ranks on made-up truth, through the gate with its noise

struct Truth {
  std::string carrier;
  double mean;  // of a geometric time beyond one day
  double lost;
};

class Ranks : public ::testing::Test {
 protected:
  // Arrivals after 1 + geometric days.
  std::vector<Row> rows(const std::vector<Truth>& truths, int each, std::mt19937_64& dice) {
    std::vector<Row> all;
    for (const auto& truth : truths) {
      std::geometric_distribution<int> late(1 / truth.mean);
      std::bernoulli_distribution is_lost(truth.lost);
      for (int i = 0; i < each; ++i) {
        const int bucket = is_lost(dice) ? kNever : bucket_of_arrival(1 + late(dice));
        all.push_back({truth.carrier + std::to_string(i), truth.carrier, {bucket, bucket}, {}});
      }
    }
    return all;
  }
  // The mean of the first 30 days that is true.
  static double expected(const Truth& truth) {
    double sum = 1, share = 1;  // nobody arrives on day 0
    for (int d = 1; d <= kLongestDays; ++d) {
      share *= 1 - 1 / truth.mean;
      sum += truth.lost + (1 - truth.lost) * share;
    }
    return sum;
  }

  base::ManualClock clock_;
  store::testing::FreshDatabase main_{Engine::Sqlite, store::Schema::Main};
};

// clause-048.ranking
TEST_F(Ranks, AreRightWhereTheySayThatTheyDiffer) {
  const std::vector<Truth> truths{
      {"a", 2.0, 0}, {"b", 2.05, 0}, {"c", 2.6, 0.01}, {"d", 3.5, 0.02}, {"e", 2.0, 0.15}};
  std::mt19937_64 dice(99);
  SeededRandomness chance(98);
  auto gate = GateForTest::seeded(*main_, clock_, chance);
  int pairs = 0, wrong = 0, distant = 0, told = 0;
  double worst = 0;
  for (int run = 0; run < 40; ++run) {
    auto question = transit_question(kQuarter, Grouping::Carrier);
    question.data_set += std::to_string(run);
    const auto sample = rows(truths, 2'000, dice);
    const auto answer = gate.ask(question, [&](store::Tx&) { return sample; });
    const auto all = carrier_figures(kQuarter, answer.value());
    ASSERT_THAT(all.figures, SizeIs(truths.size()));
    const auto truth_of = [&](const CarrierFigure& figure) {
      return expected(*std::find_if(truths.begin(), truths.end(),
                                    [&](const Truth& t) { return t.carrier == figure.carrier; }));
    };
    for (const auto& x : all.figures) {
      worst = std::max(worst, std::abs(x.calendar.mean - truth_of(x)));
      for (const auto& y : all.figures) {
        if (x.rank_to < y.rank_from) {
          ++pairs;
          wrong += truth_of(x) > truth_of(y) ? 1 : 0;
        }
        if (truth_of(y) - truth_of(x) > 0.9) {
          ++distant;
          told += x.rank_to < y.rank_from ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(pairs, 200);
  EXPECT_LE(wrong, pairs / 20);       // a stated difference is wrong at most one time in twenty
  EXPECT_GT(told, distant * 9 / 10);  // and differences that matter are stated
  EXPECT_LT(worst, 1.0);
}

// Two carriers that are equal by construction: neither wins.
TEST_F(Ranks, AreOpenBetweenThoseWhoCannotBeToldApart) {
  const std::vector<Truth> truths{{"a", 2.5, 0}, {"b", 2.5, 0}};
  std::mt19937_64 dice(7);
  SeededRandomness chance(8);
  auto gate = GateForTest::seeded(*main_, clock_, chance);
  int tied = 0;
  for (int run = 0; run < 40; ++run) {
    auto question = transit_question(kQuarter, Grouping::Carrier);
    question.data_set += std::to_string(run);
    const auto sample = rows(truths, 1'500, dice);
    const auto answer = gate.ask(question, [&](store::Tx&) { return sample; });
    const auto all = carrier_figures(kQuarter, answer.value());
    tied += all.figures.at(0).is_tied() && all.figures.at(1).rank_from == 1 ? 1 : 0;
  }
  EXPECT_GE(tied, 36);
}

}  // namespace
}  // namespace insight
