#include "journey/journey.h"

#include <gtest/gtest.h>

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

TEST(Journey, IsRefusedWhenCutOrFollowedBySomething) {
  const auto whole = journey::encode(sample());
  Journey back;
  for (std::size_t n = 1; n < whole.size(); ++n) {
    EXPECT_FALSE(journey::decode(std::string_view(whole).substr(0, n), back)) << n;
  }
  EXPECT_FALSE(journey::decode(whole + "x", back));
}

}  // namespace
