#include "channels/channel.h"

#include <gtest/gtest.h>

namespace channels {
namespace {

TEST(Channel, NamesAreFoundAgain) {
  for (const auto word : kChannelNames) {
    const auto channel = find_channel(word);
    ASSERT_TRUE(channel) << word;
    EXPECT_EQ(name(*channel), word);
  }
  EXPECT_FALSE(find_channel("fax"));
}

TEST(Channel, AStatusSaysWhetherToTryAgain) {
  using Kind = Outcome::Kind;
  const struct {
    int status;
    Kind kind;
  } cases[] = {{200, Kind::Accepted}, {201, Kind::Accepted}, {204, Kind::Accepted},
               {301, Kind::Refused},  {400, Kind::Refused},  {401, Kind::Refused},
               {404, Kind::Gone},     {408, Kind::Later},    {410, Kind::Gone},
               {413, Kind::Refused},  {429, Kind::Later},    {500, Kind::Later},
               {503, Kind::Later}};
  for (const auto& [status, kind] : cases) {
    const auto outcome = outcome_of_status(status);
    EXPECT_EQ(name(outcome.kind), name(kind)) << status;
    EXPECT_EQ(outcome.code, "http " + std::to_string(status));
    EXPECT_FALSE(outcome.retry_after);
  }
}

TEST(Channel, WhatTheOtherSideAsksForIsHeardWithinReason) {
  using std::chrono::seconds;
  EXPECT_EQ(outcome_of_status(429, "120").retry_after, seconds(120));
  EXPECT_EQ(outcome_of_status(503, " 0 ").retry_after, seconds(0));
  EXPECT_EQ(outcome_of_status(503, "999999999").retry_after, seconds(86'400));
  EXPECT_FALSE(outcome_of_status(503, "-5").retry_after);
  EXPECT_FALSE(outcome_of_status(503, "Fri, 31 Dec 1999 23:59:59 GMT").retry_after);
  EXPECT_FALSE(outcome_of_status(200, "120").retry_after);
}

}  // namespace
}  // namespace channels
