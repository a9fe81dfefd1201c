#include "inbound/mouth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inbound/testing.h"

namespace inbound {
namespace {

using store::testing::Engine;
using testing::kAccount;
using Outcome = Taken::Outcome;

class MouthOn : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { MILEPOST_NEED_ENGINE(); }
  Taken take(std::string bytes, Unknown unknown = Unknown::Ignore,
             std::string connector = "lines") {
    if (!world) world.emplace(GetParam());
    Mouth mouth(world->parts());
    return base::sync_wait(mouth.take(
        {kAccount, std::move(connector), std::move(bytes), shipments::Mouth::Push, unknown}));
  }
  testing::World& in_world() { return world ? *world : world.emplace(GetParam()); }
  std::optional<testing::World> world;
};
INSTANTIATE_TEST_SUITE_P(, MouthOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(MouthOn, GivesEachReportToTheShipmentOfItsNumber) {
  const auto one = in_world().add_shipment("A1234", "acme");
  in_world().add_shipment("B1234", "acme");
  const auto taken = take("A1234 DLV 2026-05-07\nC1234 DLV 2026-05-07");
  EXPECT_EQ(taken.outcome, Outcome::Accepted);
  EXPECT_EQ(taken.shipments, 2);
  EXPECT_EQ(taken.matched, 1);
  EXPECT_EQ(taken.unknown_numbers, 1) << "ignored, and counted";
  EXPECT_EQ(taken.changed, 1);
  ASSERT_EQ(world->taken.size(), 1U);
  EXPECT_EQ(world->taken[0].id, one);
  EXPECT_EQ(world->taken[0].source, "lines");
  EXPECT_EQ(world->taken[0].heard_at, testing::kStart);
  EXPECT_EQ(world->taken[0].raw, "") << "it holds others' shipments too";
}

TEST_P(MouthOn, TakesTheSameDocumentOnceAndAnswersAsTaken) {
  in_world().add_shipment("A1234", "acme");
  EXPECT_EQ(take("A1234 DLV 2026-05-07").outcome, Outcome::Accepted);
  const auto again = take("A1234 DLV 2026-05-07");
  EXPECT_EQ(again.outcome, Outcome::Replayed);
  EXPECT_EQ(world->taken.size(), 1U);
  world->clock.advance(kRemembered + std::chrono::hours(1));
  EXPECT_EQ(world->seen.sweep(world->clock.now()), 1);
  const auto later = take("A1234 DLV 2026-05-07");
  EXPECT_EQ(later.outcome, Outcome::Accepted);
  EXPECT_EQ(later.changed, 0) << "ingest knows it still";
}

TEST_P(MouthOn, OffersADocumentAgainWhoseNumbersWereNotKnownYet) {
  EXPECT_EQ(take("A1234 DLV 2026-05-07").unknown_numbers, 1);
  world->add_shipment("A1234", "acme");
  const auto again = take("A1234 DLV 2026-05-07");
  EXPECT_EQ(again.outcome, Outcome::Accepted);
  EXPECT_EQ(again.changed, 1);
}

TEST_P(MouthOn, RejectsWhatItCannotReadAndTakesNothingOfIt) {
  in_world().add_shipment("A1234", "acme");
  const auto taken = take("A1234 DLV 2026-05-07\n! broken");
  EXPECT_EQ(taken.outcome, Outcome::Rejected);
  ASSERT_EQ(taken.complaints.size(), 1U);
  EXPECT_EQ(taken.complaints[0].code, "unreadable");
  EXPECT_EQ(taken.complaints[0].what, "not a line, at byte 0");
  EXPECT_TRUE(world->taken.empty());
  EXPECT_EQ(take("A1234").complaints.at(0).code, "nothing_said");
  EXPECT_EQ(take(" DLV 2026-05-07").complaints.at(0).code, "no_number");
  EXPECT_EQ(take("x", Unknown::Ignore, "nobody").complaints.at(0).code, "no_connector");
  EXPECT_EQ(to_json(taken),
            R"({"accepted":false,"replayed":false,"errors":[{"code":"unreadable","what":)"
            R"("not a line, at byte 0","where":null}],"remarks":[]})");
}

TEST_P(MouthOn, TellsOfOneBadEventAndTakesTheOthers) {
  in_world().add_shipment("A1234", "acme");
  const auto taken = take("A1234 DLV 2026-05-07\nA1234 ?31.02.2026");
  EXPECT_EQ(taken.outcome, Outcome::Accepted);
  ASSERT_EQ(taken.complaints.size(), 1U);
  EXPECT_EQ(taken.complaints[0].code, "bad_event");
  EXPECT_EQ(taken.complaints[0].where, "?31.02.2026");
}

TEST_P(MouthOn, PrefersTheDocumentsCourierAmongShipmentsOfOneNumber) {
  in_world().add_shipment("A1234", "other");
  const auto ours = world->add_shipment("A1234", "acme");
  take("A1234 DLV 2026-05-07");
  ASSERT_EQ(world->taken.size(), 1U);
  EXPECT_EQ(world->taken[0].id, ours);
}

TEST_P(MouthOn, TakesTheOnlyShipmentOfANumberWhoeverItsCourierWasThoughtToBe) {
  const auto only = in_world().add_shipment("A1234", "other");
  take("A1234 DLV 2026-05-07");
  ASSERT_EQ(world->taken.size(), 1U);
  EXPECT_EQ(world->taken[0].id, only);
  world->add_shipment("B1234", "other");
  world->add_shipment("B1234", "another");
  EXPECT_EQ(take("B1234 DLV 2026-05-07").unknown_numbers, 1) << "of two, none is guessed";
  EXPECT_EQ(take("B1234 DLV 2026-05-07", Unknown::Ignore, "standard").matched, 1)
      << "a standard's document is about whoever carries the number";
  ASSERT_EQ(world->taken.size(), 3U);
  const std::set<std::string> said{world->taken[1].report.courier_code,
                                   world->taken[2].report.courier_code};
  EXPECT_EQ(said, (std::set<std::string>{"another", "other"})) << "each as its own courier says it";
}

TEST_P(MouthOn, FindsAnAirWaybillHoweverTheShopTypedIt) {
  in_world().add_shipment("17612345675", "acme");
  EXPECT_EQ(take("176-12345675 DLV --05-07T06:40:00").matched, 1);
  EXPECT_EQ(world->taken.at(0).report.scans.at(0).time, "2026-05-07T06:40:00")
      << "and gives the date its year";
  EXPECT_EQ(world->taken[0].raw, "176-12345675 DLV --05-07T06:40:00");
}

TEST_P(MouthOn, KeepsAccountsApart) {
  in_world().add_account(2002);
  world->add_shipment("A1234", "acme", 2002);
  EXPECT_EQ(take("A1234 DLV 2026-05-07").unknown_numbers, 1);
  EXPECT_TRUE(world->taken.empty());
}

TEST_P(MouthOn, OpensShipmentsForUnknownNumbersWhereTheDoorSaysSo) {
  const auto taken = take("A1234 DLV 2026-05-07", Unknown::Create);
  EXPECT_EQ(taken.created, 1);
  EXPECT_EQ(taken.changed, 1);
  world->may_open = false;
  EXPECT_EQ(take("B1234 DLV 2026-05-07", Unknown::Create).unknown_numbers, 1)
      << "the plan allows no more";
}

TEST_P(MouthOn, IsOfferedAgainWhatTheStoreCouldNotTake) {
  in_world().add_shipment("A1234", "acme");
  world->is_broken = true;
  EXPECT_THROW(take("A1234 DLV 2026-05-07"), store::StoreError);
  world->is_broken = false;
  EXPECT_EQ(take("A1234 DLV 2026-05-07").outcome, Outcome::Accepted) << "not remembered as taken";
}

}  // namespace
}  // namespace inbound
