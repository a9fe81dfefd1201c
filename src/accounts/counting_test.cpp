#include "accounts/counting.h"

#include <gtest/gtest.h>

namespace {

using accounts::Counting, accounts::counted_network;
using Degree = accounts::Counting::Degree;
using namespace std::chrono_literals;

constexpr auto kPeer = "203.0.113.7", kNeighbour = "203.0.113.200", kElsewhere = "198.51.100.9";

// clause-035.trips
TEST(Counting, MeetsWhoeverCountsThroughByDegreesAndForgetsByItself) {
  base::ManualClock clock;
  Counting counting(clock);
  const auto miss = [&](int times) {
    for (int i = 0; i < times; ++i) counting.missed(kPeer);
  };
  miss(9);
  EXPECT_EQ(counting.look(kPeer).degree, Degree::Free) << "everybody mistypes";
  miss(1);
  EXPECT_EQ(counting.look(kPeer).degree, Degree::Slow);
  miss(20);
  EXPECT_EQ(counting.look(kPeer).degree, Degree::Wait);
  EXPECT_EQ(counting.look(kPeer).retry_after, 60s);
  EXPECT_EQ(counting.look(kNeighbour).degree, Degree::Wait) << "the same network";
  EXPECT_EQ(counting.look(kElsewhere).degree, Degree::Free);
  miss(60);
  EXPECT_EQ(counting.look(kPeer).degree, Degree::Refused);
  EXPECT_EQ(counting.look(kPeer).retry_after, 3600s);
  clock.advance(1h);
  EXPECT_EQ(counting.look(kPeer).degree, Degree::Free) << "nothing lasts";
}

TEST(Counting, ForgetsOneMissEveryTwentySeconds) {
  base::ManualClock clock;
  Counting counting(clock);
  for (int i = 0; i < 10; ++i) counting.missed(kPeer);
  clock.advance(20s);
  EXPECT_EQ(counting.look(kPeer).degree, Degree::Free);
  counting.missed(kPeer);
  EXPECT_EQ(counting.look(kPeer).degree, Degree::Slow);
}

TEST(Counting, NeverCountsWhatStandsForEverybody) {
  for (const auto* inside : {"127.0.0.1", "10.1.2.3", "192.168.0.4", "172.20.0.1", "100.64.0.1",
                             "::1", "fd00::1", "fe80::1", "::ffff:10.0.0.1", "", "a proxy"})
    EXPECT_EQ(counted_network(inside), "") << inside;
  EXPECT_EQ(counted_network("::ffff:203.0.113.7"), counted_network(kPeer));
  EXPECT_EQ(counted_network("2001:db8:1:2::9"), counted_network("2001:db8:1:2:ffff::1"));
  EXPECT_NE(counted_network("2001:db8:1:2::9"), counted_network("2001:db8:1:3::9"));
}

TEST(Counting, HoldsNoMoreNetworksThanItsRulesSay) {
  base::ManualClock clock;
  accounts::CountingRules rules;
  rules.most_networks = 3;
  Counting counting(clock, rules);
  for (int i = 0; i < 9; ++i) counting.missed("203.0." + std::to_string(i) + ".1");
  EXPECT_EQ(counting.look(kElsewhere).degree, Degree::Free);
}

}  // namespace
