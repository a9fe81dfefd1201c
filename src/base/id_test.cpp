#include "base/id.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <thread>
#include <vector>

#include "base/random.h"

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

TEST(Random, IsDifferentEachTimeFromTheStoreOfAThreadToo) {
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    std::array<std::uint8_t, 24> bytes{};
    base::take_random(bytes);
    seen.emplace(bytes.begin(), bytes.end());
  }
  std::thread([&] {
    std::array<std::uint8_t, 24> bytes{};
    base::take_random(bytes);
    seen.emplace(bytes.begin(), bytes.end());
  }).join();
  EXPECT_EQ(seen.size(), 2001U);
  std::vector<std::uint8_t> large(10'000);  // more than is in store
  base::take_random(large);
  EXPECT_GT(std::set<std::uint8_t>(large.begin(), large.end()).size(), 200U);
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
