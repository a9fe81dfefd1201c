#include "personal/key_cache.h"

#include <gtest/gtest.h>

#include <thread>

#include "personal/wrap.h"

namespace {

using namespace personal;

Key key_of(int n) {
  Key key;
  key.data()[0] = static_cast<std::uint8_t>(n);
  key.data()[31] = static_cast<std::uint8_t>(n >> 8);
  return key;
}
int number_of(const Key& key) { return key.data()[0] | key.data()[31] << 8; }

void put(KeyCache& cache, std::int64_t slot) {
  const SlotId id{1, slot};
  cache.put(id, key_of(static_cast<int>(slot)), cache.ticket(id));
}

struct KeyCacheTest : ::testing::Test {
  void SetUp() override { start_sodium(); }
  base::ManualClock clock;
};

TEST_F(KeyCacheTest, KeepsTheMostRecentlyUsedWithinItsBound) {
  KeyCache cache({.keys = 1600, .age = {}}, clock);
  for (int slot = 1; slot <= 10'000; ++slot) {
    put(cache, slot);
    EXPECT_TRUE(cache.has({1, 1})) << "used all the time";
  }
  int kept = 0;
  for (int slot = 1; slot <= 10'000; ++slot) {
    Key key;
    if (!cache.get({1, slot}, key)) continue;
    EXPECT_EQ(number_of(key), slot & 0xffff);
    ++kept;
  }
  EXPECT_LE(kept, 1600);
  EXPECT_GT(kept, 1200);
  EXPECT_TRUE(cache.has({1, 10'000}));
  EXPECT_FALSE(cache.has({2, 10'000})) << "another account's";
}

// clause-046.backup
TEST_F(KeyCacheTest, AKeyReadBeforeItWasForgottenIsNotKeptAfter) {
  KeyCache cache({}, clock);
  const SlotId id{1, 5};
  const auto before = cache.ticket(id);  // another thread reads the store, slowly
  const std::int64_t forgotten[] = {5};
  cache.forget(1, forgotten);
  cache.put(id, key_of(5), before);
  EXPECT_FALSE(cache.has(id));
  cache.put(id, key_of(5), cache.ticket(id));
  EXPECT_TRUE(cache.has(id));
}

TEST_F(KeyCacheTest, ForgetsByAge) {
  KeyCache cache({.keys = 100, .age = std::chrono::seconds(60)}, clock);
  put(cache, 5);
  clock.advance(std::chrono::seconds(59));
  EXPECT_TRUE(cache.has({1, 5}));
  clock.advance(std::chrono::seconds(1));
  EXPECT_FALSE(cache.has({1, 5})) << "from when it was read, not from when it was used";
}

TEST_F(KeyCacheTest, ServesManyThreads) {
  KeyCache cache({.keys = 64, .age = {}}, clock);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5000; ++i) {
        const std::int64_t slot = (i * 7 + t) % 300 + 1;
        Key key;
        if (cache.get({1, slot}, key)) {
          EXPECT_EQ(number_of(key), slot);
        }
        put(cache, slot);
        if (i % 50 == 0) cache.forget(1, std::span(&slot, 1));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
