#include "reviews/review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shipments/testing.h"

namespace {

using reviews::Content, reviews::RecipientOf, reviews::ReviewRefusal, reviews::Reviews;
using shipments::testing::kAccount;
using store::testing::Engine;
using ::testing::SizeIs;

struct ReviewsOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<shipments::testing::World>(GetParam());
    reviews = std::make_unique<Reviews>(*world->vault, world->clock);
    parcel = world->add_named("1Z999AA10123456784", "Ann Example");
  }
  template <class F>
  auto with(F work) {
    return world->main->write_now([&](store::Tx& tx) { return work(tx); });
  }
  void deliver(const base::Id& id) {
    with([&](store::Tx& tx) {
      tx.execute("UPDATE shipments SET status = $3 WHERE account_id = $1 AND id = $2", kAccount,
                 store::Blob{id.bytes()}, static_cast<std::int64_t>(journey::Status::Delivered));
    });
  }
  RecipientOf author(const base::Id& id) {
    return RecipientOf::read_token(*world->vault,
                                   RecipientOf::write_token(*world->vault, kAccount, id))
        .value();
  }
  Reviews::Outcome write(int stars = 4, const std::string& text = "Left with a neighbour.") {
    return with([&](store::Tx& tx) { return reviews->write(tx, author(parcel), stars, text); });
  }
  std::size_t shown() {
    return with([&](store::Tx& tx) { return reviews->shown(tx, kAccount, 10).size(); });
  }

  std::unique_ptr<shipments::testing::World> world;
  std::unique_ptr<Reviews> reviews;
  base::Id parcel;
};

// clause-027.once
TEST_P(ReviewsOn, OnlyTheRecipientOfADeliveredParcelWritesOneAndOnce) {
  ASSERT_FALSE(write());
  EXPECT_EQ(write().error(), ReviewRefusal::NotDelivered);
  deliver(parcel);
  for (const int stars : {0, 6}) EXPECT_EQ(write(stars).error(), ReviewRefusal::Stars);
  ASSERT_TRUE(write());
  EXPECT_EQ(write().error(), ReviewRefusal::Already);
  // A link that was not given: every digit of it counts.
  const auto token = RecipientOf::write_token(*world->vault, kAccount, parcel);
  EXPECT_TRUE(RecipientOf::read_token(*world->vault, token));
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto other = token;
    other[i] = other[i] == '0' ? '1' : '0';
    EXPECT_FALSE(RecipientOf::read_token(*world->vault, other)) << i;
  }
  EXPECT_FALSE(RecipientOf::read_token(*world->vault, token.substr(1)));
}

TEST_P(ReviewsOn, AReviewIsShownWhenSomebodyReadItAndWaitsAgainWhenItChanged) {
  deliver(parcel);
  const auto id = write()->id;
  EXPECT_EQ(shown(), 0U);
  EXPECT_TRUE(with([&](store::Tx& tx) { return reviews->approve(tx, kAccount, id); }));
  EXPECT_EQ(shown(), 1U);
  EXPECT_FALSE(with([&](store::Tx& tx) { return reviews->approve(tx, kAccount + 1, id); }));
  const auto edited =
      with([&](store::Tx& tx) { return reviews->edit(tx, author(parcel), 1, "Wet."); });
  ASSERT_TRUE(edited);
  EXPECT_EQ(edited->state, Content::Waiting);
  EXPECT_EQ(shown(), 0U);
}

// clause-027.erasure: no row, no key and no count; what the release gate let out is not of this
// room
TEST_P(ReviewsOn, ErasingAReviewLeavesNothingOfIt) {
  deliver(parcel);
  const auto review = *write(5);
  with([&](store::Tx& tx) { EXPECT_TRUE(reviews->approve(tx, kAccount, review.id)); });
  const auto rating = [&] {
    return with([&](store::Tx& tx) { return reviews->rating(tx, kAccount); });
  };
  EXPECT_EQ(rating().reviews, 1);
  EXPECT_EQ(rating().stars, 5);
  EXPECT_TRUE(reviews->erase(*world->main, author(parcel)));
  EXPECT_EQ(rating().reviews, 0);
  EXPECT_EQ(rating().stars, 0);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM reviews"), 0);
  EXPECT_THAT(world->vault->forgotten_among(kAccount, std::span(&review.subject, 1)), SizeIs(1));
  EXPECT_FALSE(reviews->erase(*world->main, author(parcel)));
}

// clause-028.takedown
TEST_P(ReviewsOn, WhatIsTakenDownIsHiddenAtOnceAndRestoredOnAppeal) {
  deliver(parcel);
  const auto id = write()->id;
  with([&](store::Tx& tx) { EXPECT_TRUE(reviews->approve(tx, kAccount, id)); });
  const auto take_down = [&](std::string_view reason) {
    return with([&](store::Tx& tx) { return reviews->take_down(tx, kAccount, id, reason); });
  };
  EXPECT_EQ(take_down(" ").error(), ReviewRefusal::NoReason);
  ASSERT_EQ(shown(), 1U);
  ASSERT_TRUE(take_down("It names a neighbour."));
  EXPECT_EQ(shown(), 0U);
  EXPECT_EQ(with([&](store::Tx& tx) { return reviews->rating(tx, kAccount); }).reviews, 0);
  // Its author reads why, and asks for another look.
  const auto seen = with([&](store::Tx& tx) { return reviews->of(tx, author(parcel)); });
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->reason, "It names a neighbour.");
  ASSERT_TRUE(with([&](store::Tx& tx) { return reviews->appeal(tx, author(parcel), ""); }));
  EXPECT_EQ(shown(), 0U);
  ASSERT_TRUE(with([&](store::Tx& tx) { return reviews->restore(tx, kAccount, id); }));
  EXPECT_EQ(shown(), 1U);
  // Taken down for good: neither an appeal nor other words bring it back.
  ASSERT_TRUE(take_down("It names a neighbour."));
  ASSERT_TRUE(with([&](store::Tx& tx) { return reviews->appeal(tx, author(parcel), ""); }));
  ASSERT_TRUE(with([&](store::Tx& tx) { return reviews->uphold(tx, kAccount, id); }));
  EXPECT_FALSE(with([&](store::Tx& tx) { return reviews->appeal(tx, author(parcel), ""); }));
  EXPECT_FALSE(with([&](store::Tx& tx) { return reviews->edit(tx, author(parcel), 5, "Fine"); }));
}

TEST_P(ReviewsOn, AReviewGoesWithItsParcelsTime) {
  deliver(parcel);
  ASSERT_TRUE(write());
  EXPECT_EQ(reviews->sweep(*world->main), 0);
  world->clock.advance(shipments::kLongestKept);
  EXPECT_EQ(reviews->sweep(*world->main), 1);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM reviews"), 0);
}

TEST_P(ReviewsOn, AReviewGoesWithItsParcel) {
  deliver(parcel);
  const auto review = *write();
  with([&](store::Tx& tx) { world->repository->remove(tx, kAccount, parcel); });
  EXPECT_EQ(reviews->sweep(*world->main), 1);
  EXPECT_THAT(world->vault->forgotten_among(kAccount, std::span(&review.subject, 1)), SizeIs(1));
}

TEST_P(ReviewsOn, WhoeverAsksForAnotherLookMaySayWhy) {
  deliver(parcel);
  const auto id = write()->id;
  with(
      [&](store::Tx& tx) { EXPECT_TRUE(reviews->take_down(tx, kAccount, id, "Names somebody.")); });
  with([&](store::Tx& tx) { EXPECT_TRUE(reviews->appeal(tx, author(parcel), " Only a dog. ")); });
  const auto review = with([&](store::Tx& tx) { return *reviews->find(tx, kAccount, id); });
  personal::Access<personal::Purpose::Moderate> access(*world->ledger, {}, kAccount, "test");
  EXPECT_EQ(open(review.answer, access), "Only a dog.");
  EXPECT_EQ(open(review.text, access), "Left with a neighbour.");
}

INSTANTIATE_TEST_SUITE_P(, ReviewsOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
