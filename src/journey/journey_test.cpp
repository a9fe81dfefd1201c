#include "journey/journey.h"

#include <gtest/gtest.h>

#include "journey/reports_for_tests.h"

using journey::Journey, journey::Status;

namespace {

Journey sample() {
  Journey j;
  j.origin.courier_code = "usps";
  j.origin.milestones[1] = "2023-09-14T23:13:00";
  j.origin.checkpoints = {{"2023-09-15T15:00:00", Status::Transit, 1, "Arrived at Facility",
                           "Laurel,MD,US", "US", "MD", "Laurel", "", "AF"},
                          {"2023-09-14T23:13:00+08:00", Status::InfoReceived, 1,
                           std::string(300, 'x'), "", "", "", "", "", ""}};
  j.destination.reference_number = "R1";
  j.signed_by = "somebody";
  j.transit_time = 400;
  return j;
}

TEST(Journey, IsReadBackAsItWasWritten) {
  Journey back;
  ASSERT_TRUE(journey::decode(journey::encode(sample()), back));
  EXPECT_EQ(back, sample());
}

TEST(Journey, WithNothingInItTakesNoBytes) {
  EXPECT_EQ(journey::encode(Journey{}), "");
  Journey back = sample();
  ASSERT_TRUE(journey::decode("", back));
  EXPECT_EQ(back, Journey{});
}

// What the first version wrote is still in stores.
TEST(Journey, OfTheFirstVersionIsRead) {
  std::string bytes("\x01", 1);
  const auto text = [&](std::string_view t) {
    bytes += static_cast<char>(t.size());
    bytes += t;
  };
  text("usps");
  for (int i = 0; i < 3 + 6 + 5; ++i) text("");  // phone, link, reference, milestones, dates
  bytes += '\1';                                 // one checkpoint
  text("2023-09-15T15:00:00");
  bytes += "\x03\x01";  // transit001
  text("Arrived at Facility");
  for (int i = 0; i < 6; ++i) text("");
  bytes += std::string(15, '\0');  // the other leg, without checkpoints
  bytes += '\0';
  bytes += std::string(19, '\0');  // texts of the whole
  bytes += '\5';                   // days
  Journey j;
  ASSERT_TRUE(journey::decode(bytes, j));
  EXPECT_EQ(j.origin.checkpoints.at(0).text, "Arrived at Facility");
  EXPECT_EQ(j.transit_time, 5);
  Journey back;
  ASSERT_TRUE(journey::decode(journey::encode(j), back));
  EXPECT_EQ(back, j);
}

TEST(Journey, IsRefusedWhenCutOrFollowedBySomething) {
  const auto whole = journey::encode(sample());
  Journey back;
  for (std::size_t n = 1; n < whole.size(); ++n) {
    EXPECT_FALSE(journey::decode(std::string_view(whole).substr(0, n), back)) << n;
  }
  EXPECT_FALSE(journey::decode(whole + "x", back));
}

TEST(Journey, IsReadAsTheVersionBeforeWroteIt) {
  journey::testing::Storyteller teller(3);
  Journey kept;
  for (auto& told : teller.story(5)) {
    told.report.is_whole = false;
    journey::merge(kept, {"ups", "1Z1", "", ""}, told.report, told.at);
  }
  auto bytes = journey::encode(kept);
  ASSERT_EQ(bytes.front(), 3);
  ASSERT_EQ(bytes.back(), 0) << "no listings";
  bytes.front() = 2;
  bytes.pop_back();
  Journey back;
  ASSERT_TRUE(journey::decode(bytes, back));
  EXPECT_EQ(back, kept);
}

}  // namespace
