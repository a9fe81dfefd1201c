#include "accounts/inactivity.h"

#include "accounts/accounts.h"
#include "accounts/testing.h"

namespace {

using namespace accounts;
using namespace accounts::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre, ::testing::IsEmpty, ::testing::SizeIs;

constexpr std::chrono::hours kDay{24};

struct InactivityOn : OnBoth {
  void SetUp() override {
    OnBoth::SetUp();
    if (!house) return;
    inactivity = std::make_unique<Inactivity>(*house->context, *house->people);
    ann = house->join("ann@example.com");
    house->enter(ann.person_id);
    house->mail();
  }
  std::unique_ptr<Inactivity> inactivity;
  SignUps::Joined ann;
};

// clause-044.walk
TEST_P(InactivityOn, IsWarnedOnTheDayAndErasedOnTheDaySaid) {
  house->clock.advance(729 * kDay);
  EXPECT_EQ(inactivity->walk().warned, 0);
  house->clock.advance(1 * kDay);
  EXPECT_EQ(inactivity->walk().warned, 1);
  const auto mail = house->mail();
  ASSERT_THAT(mail, SizeIs(1));
  EXPECT_EQ(mail[0].kind, "account-inactive-warning");
  EXPECT_EQ(inactivity->walk().warned, 0);  // once
  house->clock.advance(29 * kDay);
  EXPECT_EQ(inactivity->walk().erased, 0);
  EXPECT_EQ(house->count("people"), 1);
  house->clock.advance(1 * kDay);
  const auto last = inactivity->walk();
  EXPECT_EQ(last.erased, 1);
  EXPECT_THAT(last.closed_accounts, ElementsAre(ann.account_id));
  EXPECT_EQ(house->count("people"), 0);
}

// clause-044.cancels
TEST_P(InactivityOn, IsTakenBackByASignIn) {
  house->clock.advance(730 * kDay);
  ASSERT_EQ(inactivity->walk().warned, 1);
  house->clock.advance(29 * kDay);
  house->enter(ann.person_id);
  house->clock.advance(5 * kDay);
  const auto walk = inactivity->walk();
  EXPECT_EQ(walk.erased + walk.warned, 0);
  EXPECT_EQ(house->count("people"), 1);
  EXPECT_FALSE(house->run(house->people->find(ann.person_id))->delete_at);
}

TEST_P(InactivityOn, AnAccountWhoseKeysAreInUseIsAlive) {
  Accounts accounts(*house->main, *house->vault, *house->ledger, house->clock);
  const auto key = accounts.create_key(ann.account_id, "shop", kAllScopes, std::nullopt);
  ASSERT_TRUE(key);
  house->clock.advance(700 * kDay);
  house->main->write_now([&](store::Tx& tx) {
    return tx.execute("UPDATE api_keys SET last_used_at = $1", house->clock.now());
  });
  house->clock.advance(100 * kDay);
  EXPECT_EQ(inactivity->walk().warned, 0);
  EXPECT_THAT(house->mail(), IsEmpty());
}

// Asked for by its owner: the same schedule, and the same way back.
TEST_P(InactivityOn, DeletionThatWasAskedForCanBeTakenBack) {
  const auto before = house->enter(ann.person_id);
  house->mail();
  house->run(house->people->erase_later(ann.person_id, 14));
  EXPECT_EQ(house->mail().at(0).kind, "account-deletion-scheduled");
  EXPECT_FALSE(house->run(house->sessions->find(before.token)));
  house->clock.advance(13 * kDay);
  EXPECT_EQ(inactivity->walk().erased, 0);
  house->enter(ann.person_id);
  house->clock.advance(2 * kDay);
  EXPECT_EQ(inactivity->walk().erased, 0);
  house->run(house->people->erase_later(ann.person_id, 14));
  house->clock.advance(14 * kDay);
  EXPECT_EQ(inactivity->walk().erased, 1);
}

MILEPOST_ON_BOTH(InactivityOn);

}  // namespace
