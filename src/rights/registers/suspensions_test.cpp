#include "rights/registers/suspensions.h"

#include "rights/testing.h"

namespace {

using rights::Human, rights::Kind, rights::SuspensionError, rights::SuspensionGround;
using rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::SizeIs;

struct SuspensionsOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    suspensions.emplace(rights::Suspensions::Parts{*world->vault, *world->ledger, world->letters,
                                                   world->clock, world->desk});
  }
  static Human human() {
    const rights::Recognition door([](const std::string&, const std::string&, const std::string&) {
      return std::optional<std::int64_t>(5);
    });
    return door.recognise("boss@example.com", "secret").value();
  }
  template <class F>
  auto write(F work) {
    return world->main->write_now(work);
  }
  std::unique_ptr<World> world;
  std::optional<rights::Suspensions> suspensions;
};

TEST_P(SuspensionsOn, AreReasonedToldByALetterAndAppealable) {
  const auto by = human();
  EXPECT_EQ(write([&](store::Tx& tx) {
              return suspensions->suspend(tx, kShop, SuspensionGround::Counting, " ", by).error();
            }),
            SuspensionError::NoReason);
  EXPECT_TRUE(write([&](store::Tx& tx) {
    return suspensions
        ->suspend(tx, kShop, SuspensionGround::Counting, "4,000 numbers in a row on 2 January.", by)
        .has_value();
  }));
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM accounts WHERE suspended_at IS NOT NULL"), 1);
  const auto letters = world->take_letters();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].kind, "account-suspended");
  EXPECT_EQ(letters[0].to, "shop7@example.com");
  EXPECT_EQ(letters[0].values.at("reason"), "4,000 numbers in a row on 2 January.");
  EXPECT_THAT(letters[0].values.at("link"), HasSubstr("/account/appeal"));

  const auto appealed = write([&](store::Tx& tx) {
    return suspensions->appeal(tx, kShop, "ann@example.com", "en", "It was our own stock.");
  });
  ASSERT_TRUE(appealed);
  EXPECT_EQ(appealed->kind, Kind::Appeal);
  EXPECT_EQ(appealed->account_id, 0) << "the operator answers, not the account itself";
  EXPECT_EQ(world->take_letters().at(0).kind, "rights-acknowledged");
  EXPECT_EQ(write([&](store::Tx& tx) {
              return suspensions->appeal(tx, kShop, "ann@example.com", "en", "Again.").error();
            }),
            SuspensionError::Asked);

  EXPECT_TRUE(write([&](store::Tx& tx) {
    return suspensions->lift(tx, kShop, "You were right.", by).has_value();
  }));
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM accounts WHERE suspended_at IS NOT NULL"), 0);
  EXPECT_EQ(world->take_letters().at(0).kind, "account-resumed");
  EXPECT_FALSE(write([&](store::Tx& tx) { return suspensions->standing(tx, kShop, {}); }));
}

TEST_P(SuspensionsOn, SayToTheAccountWhatStandsAndWhy) {
  const auto by = human();
  EXPECT_FALSE(write([&](store::Tx& tx) { return suspensions->standing(tx, kShop, {}); }));
  write([&](store::Tx& tx) {
    return suspensions->suspend(tx, kShop, SuspensionGround::Scraping, "Every page, twice.", by)
        .has_value();
  });
  const auto stands = write([&](store::Tx& tx) { return suspensions->standing(tx, kShop, {}); });
  ASSERT_TRUE(stands);
  EXPECT_EQ(stands->reason, "Every page, twice.");
  EXPECT_EQ(stands->ground, SuspensionGround::Scraping);
  EXPECT_EQ(write([&](store::Tx& tx) {
              return suspensions->suspend(tx, kShop, SuspensionGround::Terms, "x", by).error();
            }),
            SuspensionError::Already);
  EXPECT_EQ(write([&](store::Tx& tx) {
              return suspensions->suspend(tx, 99, SuspensionGround::Terms, "x", by).error();
            }),
            SuspensionError::NoSuchAccount);
}

INSTANTIATE_TEST_SUITE_P(, SuspensionsOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
