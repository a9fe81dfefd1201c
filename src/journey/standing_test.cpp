#include <gtest/gtest.h>

#include "journey/merge.h"
#include "journey/reports_for_tests.h"
#include "journey/weight.h"
#include "journey/working_days.h"

using journey::Journey, journey::Report, journey::Scan;
using namespace journey::testing;

namespace {

const journey::Context kUps{"ups", "1Z1", "", ""};

Journey told(const std::vector<Report>& reports) {
  Journey j;
  int second = 1000;
  for (const auto& r : reports) journey::merge(j, kUps, r, heard(second += 60));
  return j;
}

Journey told_at_once(const std::vector<Report>& reports) {
  Journey j;
  for (const auto& r : reports) journey::merge(j, kUps, r, heard(1000));
  return j;
}

std::string stands(const Journey& j) {
  const auto s = journey::standing(j);
  return s.substatus == 0 ? std::string(journey::name(s.status))
                          : journey::substatus_name(s.status, s.substatus);
}

// Events one hour apart, oldest first.
std::vector<Scan> hourly(const std::vector<std::string>& words) {
  std::vector<Scan> out;
  for (const auto& word : words) {
    const auto hour = std::to_string(out.size() + 10);
    out.push_back(scan("2026-03-02T" + hour + ":00:00", word, hour + " " + word));
  }
  return out;
}

TEST(Standing, IsThatOfTheNewestEventUntilItIsOver) {
  const struct {
    std::vector<std::string> words;
    const char* stands;
  } cases[] = {
      {{}, "pending"},
      {{"unknown", "note"}, "pending"},
      {{"inforeceived001"}, "inforeceived001"},
      {{"inforeceived001", "transit001", "transit002"}, "transit002"},
      {{"transit001", "inforeceived001"}, "transit001"},             // late paper
      {{"transit001", "exception006", "transit005"}, "transit005"},  // recovered
      {{"transit001", "undelivered002", "pickup001"}, "pickup001"},
      {{"pickup001", "delivered001", "transit002"}, "delivered001"},
      {{"pickup001", "delivered001", "delivered003"}, "delivered003"},
      {{"delivered003", "delivered001"}, "delivered003"},
      {{"delivered001", "exception011", "transit001"}, "exception011"},
      {{"delivered001", "exception011", "transit001", "exception010"}, "exception010"},
      {{"undelivered002", "exception011", "transit002", "delivered001"}, "exception010"},
      {{"exception010", "transit002", "delivered001"}, "exception010"},
      {{"exception008", "transit001"}, "transit001"},
      {{"pickup001", "unknown"}, "pickup001"},
      {{"notfound", "transit001", "notfound"}, "transit001"},
  };
  for (const auto& c : cases) {
    const auto j = told({report("ups", hourly(c.words))});
    EXPECT_EQ(stands(j), c.stands) << (c.words.empty() ? "" : c.words.back());
  }
}

TEST(Standing, NamesTheTimeOfTheDecisiveEvent) {
  const auto j = told({report("ups", hourly({"transit001", "delivered001", "transit002"}))});
  EXPECT_EQ(journey::standing(j).at, "2026-03-02T11:00:00");
}

// Whose doorstep? A return ends in "delivered" too.
TEST(Standing, OfAParcelThatWentBackAndCameAgainGoesByThePlace) {
  auto r = report("ups", hourly({"transit001", "exception011", "delivered001"}));
  r.origin.country = "US";
  r.destination.country = "BE";
  r.scans[2].place.country = "BE";
  EXPECT_EQ(stands(told({r})), "delivered001");
  r.scans[2].place.country = "US";
  EXPECT_EQ(stands(told({r})), "exception010");
}

TEST(Standing, OfSeveralPiecesIsDeliveredWithTheLast) {
  auto scans = hourly({"transit001", "transit001", "delivered001", "pickup001"});
  for (std::size_t i = 0; i < scans.size(); ++i) scans[i].piece = i % 2 == 0 ? "A" : "B";
  auto j = told({report("ups", scans)});
  EXPECT_EQ(stands(j), "pickup001");
  EXPECT_EQ(j.pieces_seen, 2);
  EXPECT_EQ(j.pieces_delivered, 1);
  auto last = scan("2026-03-02T18:00:00", "delivered003", "Signed");
  last.piece = "B";
  journey::merge(j, kUps, report("ups", {last}), heard(9000));
  EXPECT_EQ(stands(j), "delivered003");
  EXPECT_EQ(journey::standing(j).at, "2026-03-02T18:00:00");
  EXPECT_EQ(j.pieces_delivered, 2);
}

TEST(Standing, OfSeveralPiecesOfWhichOneGoesBackIsThatOfTheOneUnderWay) {
  auto scans = hourly({"transit001", "transit001", "delivered001", "exception009", "exception011"});
  for (std::size_t i = 0; i < scans.size(); ++i) scans[i].piece = i == 1 || i > 2 ? "B" : "A";
  EXPECT_EQ(stands(told({report("ups", scans)})), "exception011");
  auto back = scan("2026-03-09T18:00:00", "exception010", "Back at the sender");
  back.piece = "B";
  scans.push_back(back);
  const auto j = told({report("ups", scans)});
  EXPECT_EQ(stands(j), "exception010");
  EXPECT_EQ(j.pieces_delivered, 1);
}

TEST(Standing, OfAParcelCollectedAtTheShopAfterItLayThereIsCollected) {
  EXPECT_EQ(stands(told({report(
                "ups", hourly({"undelivered002", "pickup002", "pickup002", "delivered002"}))})),
            "delivered002");
}

TEST(Standing, OfARefusedParcelThatComesHomeIsReturnedThoughTheScanSaysDelivered) {
  EXPECT_EQ(stands(told({report("ups", hourly({"pickup001", "exception009", "exception011",
                                               "transit002", "pickup001", "delivered003"}))})),
            "exception010");
}

TEST(Standing, WaitsForPiecesThatNobodyScannedYet) {
  auto scans = hourly({"transit001", "transit001", "delivered001", "delivered001"});
  for (std::size_t i = 0; i < scans.size(); ++i) scans[i].piece = i % 2 == 0 ? "A" : "B";
  auto r = report("ups", scans);
  r.pieces = "3";
  EXPECT_EQ(stands(told({r})), "transit001");
  r.pieces = "2";
  EXPECT_EQ(stands(told({r})), "delivered001");
}

TEST(Standing, TakesTheCarriersSummaryUntilThereIsNews) {
  auto r = report("ups", hourly({"transit001", "unknown"}));
  r.verdict = known("exception006");
  r.status_words = "Held by customs";
  auto j = told({r});
  EXPECT_EQ(stands(j), "exception006");
  EXPECT_EQ(j.status_info, "Held by customs");
  journey::merge(j, kUps, report("ups", hourly({"transit001", "unknown", "transit005"})),
                 heard(9000));
  EXPECT_EQ(stands(j), "transit005");
}

TEST(Standing, TakesTheCarriersWordThatItIsDelivered) {
  auto r = report("ups", hourly({"transit001"}));
  r.verdict = known("delivered001");
  auto j = told({r});
  EXPECT_EQ(stands(j), "delivered001");
  journey::merge(j, kUps, report("ups", hourly({"transit001", "transit002"})), heard(9000));
  EXPECT_EQ(stands(j), "delivered001");
  auto only = report("ups", {});
  only.verdict = known("inforeceived001");
  EXPECT_EQ(stands(told({only})), "inforeceived001");
}

// FedEx lists a pick-up at midnight without zone among events that have one.
TEST(Order, PutsATimeWithoutZoneWhereTheCarrierListsIt) {
  const auto j =
      told({report("ups", {scan("2026-01-03T10:00:00-05:00", "transit002", "hub"),
                           scan("2026-01-03T00:00:00", "transit001", "picked up"),
                           scan("2026-01-02T21:12:00-06:00", "inforeceived001", "label")})});
  ASSERT_EQ(j.origin.checkpoints.size(), 3U);
  EXPECT_EQ(j.origin.checkpoints[1].text, "picked up");
  EXPECT_EQ(j.origin.checkpoints[1].date, "2026-01-03T00:00:00");  // as written
}

TEST(Order, GoesByTheInstantNotByTheClockOnTheWall) {
  auto in_tokyo = scan("2026-01-03T08:00:00+09:00", "transit007", "left Tokyo");
  auto in_la = scan("2026-01-02T20:00:00-08:00", "transit004", "in Los Angeles");
  const auto j = told({report("ups", {in_tokyo, in_la})});
  EXPECT_EQ(j.origin.checkpoints[0].text, "in Los Angeles");
}

TEST(Order, UsesTheZoneOfThePlaceWhenItIsTheOnlyOne) {
  auto in_tokyo = scan("2026-01-03T08:00:00", "transit007", "left Tokyo");
  in_tokyo.place.country = "JP";
  auto in_la = scan("2026-01-02T20:00:00", "transit004", "in Los Angeles");
  in_la.place = {"Los Angeles, CA, US", "Los Angeles", "CA", "", "US"};
  const auto j = told({report("ups", {in_tokyo, in_la})});
  EXPECT_EQ(j.origin.checkpoints[0].text, "in Los Angeles");
  EXPECT_EQ(j.origin.checkpoints[0].derived_offset, -480);
  EXPECT_EQ(j.origin.checkpoints[0].date, "2026-01-02T20:00:00");  // nothing is added to it
}

// Two neighbours at one position and instant with different offsets: once it was chance whose
// offset a clock without one took.
TEST(Order, TakesItsOffsetFromEqualNeighboursByRule) {
  const auto here = report("ups", {scan("2026-03-02T15:00:00Z", "pickup001", "here")});
  const auto there = report("ups", {scan("2026-03-02T10:00:00-05:00", "transit001", "there")});
  auto clocks = report("ups", {scan("2026-03-04T15:00:00", "note", "b"),
                               scan("2026-03-04T13:00:00", "transit002", "a")});
  for (const auto& reports : {std::vector{here, there, clocks}, std::vector{there, clocks, here}}) {
    Journey j;
    for (const auto& r : reports) journey::merge(j, kUps, r, heard(1000));
    EXPECT_EQ(j, told_at_once({here, there, clocks}));
  }
}

TEST(Order, PutsADayWithoutHourAfterWhatTheCarrierListsBefore) {
  const auto j = told({report("ups", {scan("2026-01-03", "delivered001", "Delivered"),
                                      scan("2026-01-03T09:00:00+01:00", "pickup001", "Out")})});
  EXPECT_EQ(j.origin.checkpoints[0].text, "Delivered");
}

TEST(WorkingDays, LeaveOutTheWeekendOfTheCountry) {
  using namespace std::chrono;
  const sys_days friday = 2026y / March / 6, monday = 2026y / March / 9;
  EXPECT_EQ(journey::working_days_between(friday, monday, "BE"), 1);
  EXPECT_EQ(journey::working_days_between(friday, monday, "EG"), 2);  // Sunday and Monday
  EXPECT_EQ(journey::working_days_between(friday, monday, "IN"), 2);  // Saturday and Monday
  EXPECT_EQ(journey::working_days_between(friday, friday + days(14), ""), 10);
  EXPECT_EQ(journey::working_days_between(monday, friday, "BE"), 0);
  EXPECT_TRUE(journey::is_weekend(Friday, "SA"));
  EXPECT_FALSE(journey::is_weekend(Friday, "AE"));  // since 2022
}

TEST(Weight, BecomesKilograms) {
  const struct {
    const char *written, *kilograms;
  } cases[] = {{"12.10LBS", "5.49"}, {"17.0 KGS", "17"}, {"1,5 kg", "1.5"}, {"350 g", "0.35"},
               {"16oz", "0.45"},     {"12", ""},         {"", ""},          {"kg", ""},
               {"0.0KG", ""},        {"2 stone", ""}};
  for (const auto& c : cases) EXPECT_EQ(journey::kilograms(c.written), c.kilograms) << c.written;
}

TEST(TimeOnTheWay, IsCountedInDaysAndInWorkingDays) {
  auto r = report("ups", {scan("2026-03-06T18:00:00", "transit001", "Picked up"),
                          scan("2026-03-10T11:00:00", "delivered001", "Delivered")});
  r.destination.country = "BE";
  const auto j = told({r});
  EXPECT_EQ(j.transit_time, 4);
  EXPECT_EQ(j.working_days, 2);
}

}  // namespace
