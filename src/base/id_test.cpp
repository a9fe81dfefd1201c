#include "base/id.h"

#include <gtest/gtest.h>

#include <set>

using base::Id;

TEST(Id, IsOrderedByTimeAndNeverTwiceTheSame) {
  base::ManualClock clock;
  Id before = Id::make(clock.now());
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    clock.advance(std::chrono::milliseconds(1));
    const Id id = Id::make(clock.now());
    EXPECT_LT(before.bytes(), id.bytes());
    EXPECT_TRUE(seen.insert(id.hex()).second);
    before = id;
  }
}

TEST(Id, IsReadFromItsHexAndRefusedOtherwise) {
  const auto id = Id::parse("9A73B452e03c2c724414f3859fad1c2c");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->hex(), "9a73b452e03c2c724414f3859fad1c2c");
  EXPECT_EQ(Id::from_bytes(id->bytes()), id);
  for (const char* wrong :
       {"", "9a73", "9a73b452e03c2c724414f3859fad1c2g", "9a73b452e03c2c724414f3859fad1c2c0"}) {
    EXPECT_FALSE(Id::parse(wrong)) << wrong;
  }
}
