#include "base/costly.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace {

using namespace std::chrono_literals;

struct Costs : testing::Test {
  // Takes this long, and gives how often it was asked.
  int ask(std::chrono::nanoseconds takes, const std::string& whose = "shop") {
    return costly.get(
        whose,
        [&] {
          now += takes;
          return ++asked;
        },
        [&](int) { return is_worth; });
  }
  std::chrono::nanoseconds now{0};
  int asked = 0;
  bool is_worth = true;
  base::Costly<std::string, int> costly{50, [this] { return now; }};
};

TEST_F(Costs, AnAnswerServesFiftyTimesAsLongAsItTook) {
  EXPECT_EQ(ask(400ms), 1);
  now += 20s - 1ns;
  EXPECT_EQ(ask(400ms), 1);
  now += 1ns;
  EXPECT_EQ(ask(2ms), 2);
  now += 100ms;
  EXPECT_EQ(ask(2ms), 3) << "what is quick is asked nearly every time";
  is_worth = false;
  now += 1s;
  EXPECT_EQ(ask(1s), 4);
  EXPECT_EQ(ask(1s), 5);
}

TEST_F(Costs, EveryoneHasTheirOwn) {
  EXPECT_EQ(ask(1s, "one"), 1);
  EXPECT_EQ(ask(1s, "other"), 2);
  EXPECT_EQ(ask(1s, "one"), 1);
}

TEST_F(Costs, WhatFailedIsNotKept) {
  const auto fail = []() -> int { throw std::runtime_error("no"); };
  EXPECT_THROW(costly.get("shop", fail, [](int) { return true; }), std::runtime_error);
  EXPECT_EQ(ask(1s), 1);
}

}  // namespace
