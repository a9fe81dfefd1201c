#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shipments/testing.h"

namespace {

using shipments::Filter;
using shipments::testing::kAccount, shipments::testing::World;
using store::testing::Engine;
using ::testing::AnyOf, ::testing::IsEmpty, ::testing::SizeIs;

struct ListOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    world->add_account(8);
  }
  // Seven of each instant, and somebody else's beside them.
  void fill(int count) {
    world->main->write_now([&](store::Tx& tx) {
      for (int i = 0; i < count; ++i) {
        if (i % 7 == 0) world->clock.advance(std::chrono::seconds(1));
        const auto head = world->head(fmt::format("9400{:06}", i), i % 3 == 0 ? "usps" : "ups");
        world->repository->insert(tx, head, {}, world->clock.now());
        const auto other = world->head(fmt::format("9400{:06}", i), "ups", 8);
        world->repository->insert(tx, other, {}, world->clock.now());
      }
      return 0;
    });
  }
  std::vector<std::string> page(const Filter& filter, int number, int size) {
    std::vector<std::string> numbers;
    world->main->read_now([&](store::Tx& tx) {
      numbers.clear();
      for (const auto& one : world->repository->list(tx, kAccount, filter, {number, size}))
        numbers.push_back(one.head.tracking_number);
      return 0;
    });
    return numbers;
  }
  std::vector<std::string> all_pages(const Filter& filter, int size) {
    std::vector<std::string> all;
    for (int number = 1;; ++number) {
      const auto some = page(filter, number, size);
      all.insert(all.end(), some.begin(), some.end());
      if (std::ssize(some) < size) return all;
    }
  }
  std::unique_ptr<World> world;
};
INSTANTIATE_TEST_SUITE_P(, ListOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

// Near pages are read through, far ones are found by age: nobody can tell where that begins.
TEST_P(ListOn, PageByPageIsEachShipmentOnceHoweverFarDown) {
  fill(1'500);
  Filter everything, window, some;
  window.created_max = world->clock.now() - std::chrono::seconds(20);
  window.created_min = world->clock.now() - std::chrono::seconds(200);
  some.courier_codes = {"usps"};
  const auto whole = page(everything, 1, 2'000);
  ASSERT_THAT(whole, SizeIs(1'500));
  EXPECT_THAT(whole.front(), AnyOf("9400001498", "9400001499")) << "of the last instant";
  for (const int size : {10, 99, 200}) {
    EXPECT_EQ(all_pages(everything, size), whole) << size;
    EXPECT_EQ(all_pages(window, size), page(window, 1, 2'000)) << size;
    EXPECT_EQ(all_pages(some, size), page(some, 1, 2'000)) << size;
  }
  EXPECT_THAT(page(everything, 151, 10), IsEmpty());
  EXPECT_THAT(page(everything, 20'000, 200), IsEmpty());
}

}  // namespace
