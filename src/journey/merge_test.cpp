#include "journey/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "journey/reports_for_tests.h"

using journey::Journey, journey::Report, journey::Scan, journey::Status;
using namespace journey::testing;

namespace {

const journey::Context kUps{"ups", "1Z1", "", ""};

Journey told(const std::vector<Report>& reports) {
  Journey j;
  int second = 1000;
  for (const auto& r : reports) journey::merge(j, kUps, r, heard(second += 60));
  return j;
}

// The status as the API writes it.
std::string stands(const Journey& j) {
  const auto s = journey::standing(j);
  return s.substatus == 0 ? std::string(journey::name(s.status))
                          : journey::substatus_name(s.status, s.substatus);
}

std::vector<std::string> texts(const journey::Leg& leg) {
  std::vector<std::string> out;
  for (const auto& c : leg.checkpoints) out.push_back(c.text);
  return out;
}

using Texts = std::vector<std::string>;

const auto kLabel = scan("2026-03-01T09:00:00", "inforeceived001", "Label made");
const auto kPicked = scan("2026-03-02T18:00:00", "transit001", "Picked up");
const auto kOut = scan("2026-03-04T08:00:00", "pickup001", "Out for delivery");
const auto kDelivered = scan("2026-03-04T11:30:00", "delivered001", "Delivered");

TEST(Merge, ShowsTheNewestFirstWhateverTheOrderGiven) {
  for (const auto& scans : {std::vector{kLabel, kPicked, kOut}, std::vector{kOut, kPicked, kLabel},
                            std::vector{kPicked, kOut, kLabel}}) {
    const auto j = told({report("ups", scans)});
    EXPECT_EQ(texts(j.origin), (Texts{"Out for delivery", "Picked up", "Label made"}));
    EXPECT_EQ(stands(j), "pickup001");
  }
}

TEST(Merge, OfTheSameReportAgainChangesNothing) {
  Journey j;
  const auto r = report("ups", {kPicked, kLabel});
  const auto first = journey::merge(j, kUps, r, heard(1000));
  EXPECT_TRUE(first.changed);
  EXPECT_EQ(first.new_events, 2);
  const auto again = journey::merge(j, kUps, r, heard(5000));
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.new_events, 0);
}

TEST(Merge, OfAnEmptyReportLeavesAnEmptyJourney) {
  Journey j;
  EXPECT_FALSE(journey::merge(j, kUps, report("ups", {}), heard(1)).changed);
  EXPECT_EQ(j, Journey{});
  EXPECT_EQ(stands(j), "pending");
}

// Clients of the API read whole seconds, and an offset in digits.
TEST(Merge, ShowsTimesInWholeSeconds) {
  const auto j = told({report("ups", {scan("2026-03-01T09:00:00.125+01:00", "transit001", "a"),
                                      scan("2026-03-01T07:00:00.9Z", "transit001", "b"),
                                      scan("2026-03-01T06:00:00", "transit001", "c")})});
  std::vector<std::string> dates;
  for (const auto& c : j.origin.checkpoints) dates.push_back(c.date);
  EXPECT_THAT(
      dates, testing::UnorderedElementsAre("2026-03-01T09:00:00+01:00", "2026-03-01T07:00:00+00:00",
                                           "2026-03-01T06:00:00"));
  auto promised = report("ups", {kPicked});
  promised.estimate = "2026-03-05T18:00:00.000Z";
  EXPECT_EQ(told({promised}).scheduled_delivery_date, "2026-03-05T18:00:00+00:00");
}

TEST(Merge, KeepsEqualTimesInTheCarriersOrder) {
  const auto a = scan("2026-03-02T18:00:00", "transit001", "first");
  const auto b = scan("2026-03-02T18:00:00", "transit002", "second");
  auto r = report("ups", {kOut, b, a});  // newest first, by the times
  EXPECT_EQ(texts(told({r}).origin), (Texts{"Out for delivery", "second", "first"}));
  r = report("ups", {a, b});
  r.order = Report::Order::OldestFirst;
  EXPECT_EQ(texts(told({r}).origin), (Texts{"second", "first"}));
}

TEST(Merge, KnowsAnEventByItsWordsWhateverTheirCase) {
  auto shouted = kPicked;
  shouted.description = "PICKED UP.";
  const auto j = told({report("ups", {kPicked}), report("ups", {shouted})});
  EXPECT_EQ(texts(j.origin), (Texts{"PICKED UP."}));  // the later version
}

TEST(Merge, TakesTheCarriersCorrectionOfAnEventWithAnId) {
  auto wrong = kDelivered;
  wrong.id = "77";
  auto right = scan("2026-03-04T11:30:00", "undelivered002", "Nobody at home");
  right.id = "77";
  EXPECT_EQ(stands(told({report("ups", {wrong}), report("ups", {right})})), "undelivered002");
}

TEST(Merge, TakesBackWhatTheCarrierCancels) {
  auto wrong = kDelivered;
  wrong.id = "77";
  auto sorry = scan("2026-03-04T15:00:00", "note", "Scanned in error");
  sorry.cancels = "77";
  const auto j = told({report("ups", {kOut, wrong}), report("ups", {sorry})});
  EXPECT_EQ(stands(j), "pickup001");
  ASSERT_EQ(j.aside.size(), 1U);
  EXPECT_EQ(j.aside[0].role, journey::Role::Cancelled);
  // The cancellation may even arrive first.
  EXPECT_EQ(stands(told({report("ups", {sorry}), report("ups", {kOut, wrong})})), "pickup001");
}

// An answer that lists all the carrier has.
Report whole(std::vector<Scan> scans) {
  auto r = report("ups", std::move(scans));
  r.is_whole = true;
  return r;
}

TEST(Merge, TakesBackWhatTheCarrierListsNoMore) {
  const auto again = scan("2026-03-05T08:30:00", "pickup001", "On the van");
  auto j = told({whole({kPicked, kOut, kDelivered}), whole({kPicked, kOut, again})});
  EXPECT_EQ(stands(j), "pickup001") << "it was another's parcel";
  EXPECT_EQ(texts(j.origin), (Texts{"On the van", "Out for delivery", "Picked up"}));
  // Listed once more, it was true after all.
  journey::merge(j, kUps, whole({kPicked, kOut, kDelivered, again}), heard(5000));
  EXPECT_EQ(stands(j), "delivered001");
  EXPECT_EQ(texts(j.origin).size(), 4U);
}

TEST(Merge, TakesATimeThatWasPutRightOnce) {
  auto right = kOut;
  right.time = "2026-03-04T07:15:00";
  const auto j = told({whole({kPicked, kOut}), whole({kPicked, right, kDelivered})});
  EXPECT_EQ(texts(j.origin), (Texts{"Delivered", "Out for delivery", "Picked up"}));
  EXPECT_EQ(j.origin.checkpoints.at(1).date, right.time);
}

TEST(Merge, MissesNothingThatMayOnlyBeLateOrLongAgo) {
  // The answer of a machine that lags, or of one that forgets the beginning.
  auto j = told({whole({kLabel, kPicked, kOut, kDelivered}), whole({kPicked, kOut})});
  EXPECT_EQ(stands(j), "delivered001");
  EXPECT_EQ(texts(j.origin).size(), 4U);
  // One event told by itself says nothing of the others.
  j = told({whole({kPicked, kOut}), report("ups", {kDelivered}), report("ups", {kPicked})});
  EXPECT_EQ(texts(j.origin).size(), 3U);
  // Nor does another's list, nor one of another piece.
  auto bpost = report("bpost", {kPicked, kDelivered});
  bpost.is_whole = true;
  auto first = kPicked, second = kDelivered;
  first.piece = second.piece = "2";
  j = told({whole({kPicked, kOut, kDelivered}), bpost, whole({first, second})});
  EXPECT_EQ(texts(j.origin).size(), 5U);
}

TEST(Merge, LetsTheWordOnTheWholeGoWithTheDeliveryItWasMadeOf) {
  const auto again = scan("2026-03-05T08:30:00", "pickup001", "On the van");
  auto before = whole({kPicked, kOut, kDelivered}), after = whole({kPicked, kOut, again});
  before.verdict = known("delivered001");
  before.status_words = "Delivered";
  after.verdict = known("pickup001");
  after.status_words = "On the van";
  EXPECT_EQ(stands(told({before, after})), "pickup001");
}

TEST(Merge, StoresNothingWhenTheSameListComesAgain) {
  Journey j;
  journey::merge(j, kUps, whole({kPicked, kOut, kDelivered}), heard(1000));
  EXPECT_FALSE(journey::merge(j, kUps, whole({kPicked, kOut, kDelivered}), heard(2000)).changed);
  const auto again = scan("2026-03-05T08:30:00", "pickup001", "On the van");
  EXPECT_TRUE(journey::merge(j, kUps, whole({kPicked, again}), heard(3000)).changed);
  EXPECT_FALSE(journey::merge(j, kUps, whole({kPicked, again}), heard(4000)).changed);
  Journey back;
  ASSERT_TRUE(journey::decode(journey::encode(j), back));
  EXPECT_EQ(back, j);
  EXPECT_TRUE(journey::merge(back, kUps, whole({kPicked, kDelivered, again}), heard(5000)).changed);
  EXPECT_EQ(stands(back), "delivered001");
}

TEST(Merge, SetsAnUpstreamsCopiesAside) {
  auto copy =
      report("17track", {scan("2026-03-04T11:30:00", "delivered001", "Delivered, thank you"),
                         scan("2026-03-03T07:00:00", "transit002", "At the hub")});
  copy.is_repeating = true;
  for (const auto& reports : {std::vector{copy, report("ups", {kDelivered, kPicked})},
                              std::vector{report("ups", {kDelivered, kPicked}), copy}}) {
    const auto j = told(reports);
    EXPECT_EQ(texts(j.origin), (Texts{"Delivered", "At the hub", "Picked up"}));
    ASSERT_EQ(j.aside.size(), 1U);
    EXPECT_EQ(j.aside[0].role, journey::Role::Repeated);
  }
}

Report copied(std::string upstream, std::vector<journey::Scan> scans) {
  auto r = report(std::move(upstream), std::move(scans));
  r.is_repeating = true;
  return r;
}

journey::Scan at(journey::Scan s, std::string city, std::string country) {
  s.place.city = std::move(city);
  s.place.country = std::move(country);
  return s;
}

TEST(Merge, KnowsACopyWhoseClockIsInAnotherZone) {
  const auto own = at(scan("2026-03-04T11:30:00", "delivered001", "Bezorgd"), "Utrecht", "NL");
  const auto in_utc =
      copied("17track", {scan("2026-03-04T10:30:20Z", "delivered001", "Delivered")});
  EXPECT_EQ(texts(told({report("postnl", {own}), in_utc}).destination).size() +
                texts(told({report("postnl", {own}), in_utc}).origin).size(),
            1U);
}

// Upstreams that take the local hour for UTC are common.
TEST(Merge, KnowsACopyWithTheRightHourInTheWrongZone) {
  const auto own = scan("2026-03-04T11:30:00+01:00", "delivered001", "Delivered");
  const auto copy = copied("17track", {scan("2026-03-04T11:30:00Z", "delivered001", "Zugestellt")});
  EXPECT_EQ(texts(told({report("ups", {own}), copy}).origin), (Texts{"Delivered"}));
}

TEST(Merge, KnowsACopyThatTellsTheDeliveryMoreFinely) {
  const auto copy =
      copied("17track", {scan("2026-03-04T11:30:00", "delivered003", "Signed by the recipient")});
  const auto j = told({report("ups", {kDelivered}), copy});
  EXPECT_EQ(texts(j.origin), (Texts{"Delivered"}));
}

TEST(Merge, KnowsACopyOfAScanInTheSameTownUnderAnotherName) {
  const auto own = at(scan("2026-03-03T07:00:00", "transit002", "At the hub"), "Leipzig", "DE");
  const auto copy = copied(
      "ship24", {at(scan("2026-03-03T07:00:30", "transit001", "In transit"), "LEIPZIG", "")});
  EXPECT_EQ(texts(told({report("ups", {own}), copy}).origin), (Texts{"At the hub"}));
  // In two towns they are two.
  const auto elsewhere =
      copied("ship24", {at(scan("2026-03-03T07:00:30", "transit001", "In transit"), "Halle", "")});
  EXPECT_EQ(texts(told({report("ups", {own}), elsewhere}).origin).size(), 2U);
}

TEST(Merge, KeepsOneOfTheCopiesOfTwoUpstreams) {
  const auto first = copied("17track", {kOut}), second = copied("ship24", {kOut});
  for (const auto& reports : {std::vector{first, second}, std::vector{second, first}})
    EXPECT_EQ(texts(told(reports).origin), (Texts{"Out for delivery"}));
}

// An attempt and a delivery in the same minute are two events, whoever tells them.
TEST(Merge, DoesNotTakeADifferentEventOfTheSameMinuteForACopy) {
  const auto copy = copied("17track", {scan("2026-03-04T11:30:00", "undelivered002", "Absent")});
  EXPECT_EQ(texts(told({report("ups", {kDelivered}), copy}).origin).size(), 2U);
}

TEST(Merge, LetsAnUpstreamTellOfAReturnTheCarrierDoesNotKnowYet) {
  const auto back = copied(
      "17track", {scan("2026-03-05T09:00:00", "exception011", "Being returned to the sender")});
  EXPECT_EQ(stands(told({report("ups", {kPicked, kOut}), back})), "exception011");
}

TEST(Merge, JoinsWhatAnImportShowedWithWhatTheCarrierSays) {
  Journey j;
  j.origin.courier_code = "ups";
  j.origin.checkpoints = {
      {"2026-03-02T18:00:00", Status::Transit, 1, "Picked up", "", "", "", "", "", ""}};
  EXPECT_EQ(stands(j), "transit001");
  auto coded = kPicked;
  coded.raw_code = "OR";
  journey::merge(j, kUps, report("ups", {kDelivered, coded}), heard(9));
  EXPECT_EQ(texts(j.origin), (Texts{"Delivered", "Picked up"}));
  EXPECT_EQ(j.origin.checkpoints[1].raw_status, "OR");
}

TEST(Merge, KeepsExpectedStepsAndNotesOutOfTheState) {
  auto step = scan("2026-03-05T12:00:00", "delivered001", "Parcel delivered");
  step.kind = journey::Scan::Kind::Expected;
  auto picture = scan("2026-03-04T09:00:00", "delivered001", "Signature image recorded");
  picture.kind = journey::Scan::Kind::Note;
  const auto j = told({report("ups", {step, picture, kOut})});
  EXPECT_EQ(stands(j), "pickup001");
  EXPECT_EQ(texts(j.origin), (Texts{"Signature image recorded", "Out for delivery"}));
  EXPECT_EQ(j.latest_checkpoint_time, kOut.time);
  ASSERT_EQ(j.aside.size(), 1U);
  EXPECT_EQ(j.aside[0].role, journey::Role::Expected);
}

TEST(Merge, CountsWhatNobodyUnderstands) {
  Journey j;
  const auto odd = scan("2026-03-04T09:00:00", "unknown", "Floop");
  const auto m = journey::merge(j, kUps, report("ups", {odd, kPicked}), heard(1));
  EXPECT_EQ(m.unknown_events, 1);
  EXPECT_EQ(j.unknown_checkpoints, 1);
  EXPECT_EQ(stands(j), "transit001");
  EXPECT_EQ(j.latest_event, "Floop,2026-03-04 09:00");
}

TEST(Merge, KeepsWhatCouldNotBeReadWithItsText) {
  auto r = report("ups", {kPicked});
  r.quarantined = {{"<scan when='31.02.2026'/>", "time: '31.02.2026' is no date"}};
  const auto j = told({r, r});
  ASSERT_EQ(j.unread.size(), 1U);
  EXPECT_EQ(j.unread[0].raw, "<scan when='31.02.2026'/>");
  EXPECT_EQ(stands(j), "transit001");
}

TEST(Merge, JudgesAnewWhatItKept) {
  auto j = told({report("ups", {scan("2026-03-04T09:00:00", "unknown", "Afgeleverd")})});
  const auto judge = [](const journey::Source&, const journey::Checkpoint& c) {
    return c.text == "Afgeleverd" ? known("delivered001") : journey::Verdict{};
  };
  EXPECT_TRUE(journey::rejudge(j, kUps, judge));
  EXPECT_EQ(stands(j), "delivered001");
  EXPECT_FALSE(journey::rejudge(j, kUps, judge));
}

TEST(Merge, FollowsTheNumberOfThePartner) {
  auto r = report("ups", {kPicked});
  r.next_courier = "bpost";
  r.next_number = "CD1";
  auto j = told({r});
  EXPECT_EQ(journey::follow_up(j, kUps), (journey::FollowUp{"bpost", "CD1"}));
  EXPECT_EQ(j.exchange_number, "CD1");
  EXPECT_EQ(j.destination_track_number, "CD1");
  journey::merge(j, kUps, report("bpost", {kDelivered}), heard(9000));
  EXPECT_EQ(j.destination.courier_code, "bpost");
  EXPECT_EQ(j.destination.reference_number, "CD1");
  EXPECT_EQ(texts(j.destination), (Texts{"Delivered"}));
  EXPECT_EQ(texts(j.origin), (Texts{"Picked up"}));
  EXPECT_EQ(stands(j), "delivered001");
  auto own = report("ups", {kPicked});
  own.next_number = kUps.tracking_number;
  EXPECT_FALSE(journey::follow_up(told({own}), kUps));
}

TEST(Merge, KeepsEveryEstimateAndCountsTheLast) {
  Journey j;
  int second = 100;
  for (const char* day : {"2026-03-05", "2026-03-06", "2026-03-05"}) {
    auto r = report("ups", {kPicked});
    r.estimate = day;
    EXPECT_TRUE(journey::merge(j, kUps, r, heard(second += 100)).changed);
  }
  EXPECT_EQ(j.scheduled_delivery_date, "2026-03-05");
  ASSERT_EQ(j.estimates.size(), 2U);
  EXPECT_EQ(j.estimates[1].from, "2026-03-06");
  EXPECT_EQ(j.estimates[1].first_heard, 300);
}

TEST(Merge, ShowsWhatIsSaidOfTheWhole) {
  auto r = report("ups", {kDelivered, kOut, kPicked, kLabel});
  r.weight = "12.10";
  r.weight_unit = "LBS";
  r.signed_by = "SMITH";
  r.destination.city = "Gent";
  r.pieces = "1";
  const auto j = told({r});
  EXPECT_EQ(j.weight, "12.10LBS");
  EXPECT_EQ(j.weight_kg, "5.49");
  EXPECT_EQ(j.signed_by, "SMITH");
  EXPECT_EQ(j.destination_city, "Gent");
  EXPECT_EQ(j.transit_time, 2);
  EXPECT_EQ(j.origin.milestones[0], kLabel.time);
  EXPECT_EQ(j.origin.milestones[1], kPicked.time);
  EXPECT_EQ(j.origin.milestones[2], kOut.time);
  EXPECT_EQ(j.origin.milestones[3], kDelivered.time);
  EXPECT_EQ(j.latest_event, "Delivered,2026-03-04 11:30");
}

TEST(Merge, PrefersTheCarriersOwnWordToAnUpstreams) {
  auto own = report("ups", {kPicked});
  own.signed_by = "SMITH";
  auto upstream = report("17track", {kPicked});
  upstream.is_repeating = true;
  upstream.signed_by = "somebody";
  EXPECT_EQ(told({own, upstream}).signed_by, "SMITH");
}

// Any order of arrival, any repetition: the same journey.
// clause-053.orders
TEST(Merge, EndsTheSameInWhateverOrderReportsArrive) {
  Storyteller teller(20260301);
  for (int story = 0; story < 300; ++story) {
    auto reports = teller.story(1 + teller.below(6));
    Journey expected;
    for (const auto& r : reports) journey::merge(expected, kUps, r.report, r.at);
    for (int order = 0; order < 20; ++order) {
      std::ranges::shuffle(reports, teller.random());
      Journey j;
      for (const auto& r : reports) {
        journey::merge(j, kUps, r.report, r.at);
        if (teller.below(4) == 0) journey::merge(j, kUps, reports[0].report, reports[0].at);
      }
      ASSERT_EQ(journey::encode(j), journey::encode(expected)) << "story " << story;
    }
  }
}

TEST(Merge, SurvivesStorageAtEveryStep) {
  Storyteller teller(7);
  for (int story = 0; story < 100; ++story) {
    Journey kept, stored;
    for (const auto& r : teller.story(5)) {
      journey::merge(kept, kUps, r.report, r.at);
      journey::merge(stored, kUps, r.report, r.at);
      Journey back;
      ASSERT_TRUE(journey::decode(journey::encode(stored), back));
      ASSERT_EQ(back, stored);
      stored = back;
    }
    ASSERT_EQ(kept, stored);
  }
}

// clause-053.finished
TEST(Merge, NeverMovesAFinishedShipmentBackwards) {
  Storyteller teller(99);
  for (int story = 0; story < 300; ++story) {
    Journey j;
    bool is_finished = false;
    for (auto& r : teller.story(6)) {
      r.report.is_whole = false;  // no corrections, no pieces that are still to come
      for (auto& s : r.report.scans) {
        s.cancels.clear();
        s.id.clear();
        s.piece.clear();
      }
      journey::merge(j, kUps, r.report, r.at);
      const auto now = journey::standing(j);
      const bool is_return = now.status == Status::Exception && now.substatus >= 10;
      if (is_finished) {
        ASSERT_TRUE(now.status == Status::Delivered || is_return) << stands(j);
      }
      is_finished = is_finished || now.status == Status::Delivered ||
                    (now.status == Status::Exception && now.substatus == 10);
    }
  }
}

}  // namespace
