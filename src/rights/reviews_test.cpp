// Reviews, and claims about them, are among what is kept about people: shown and erased.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "personal/restrictions.h"
#include "reviews/claim.h"
#include "rights/access.h"
#include "rights/erasure.h"
#include "rights/testing.h"

namespace {

using rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::Not;

constexpr const char* kAnn = "ann@example.com";
constexpr const char* kBob = "bob@example.com";
constexpr std::string_view kText = "Bob threw my lamp over the hedge";
constexpr std::string_view kClaim = "It names me and I was not there";

struct ReviewedOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    reviews = std::make_unique<reviews::Reviews>(*world->vault, world->clock);
    claims = std::make_unique<reviews::Claims>(*reviews, *world->vault, world->clock);
    const auto parcel = world->add_parcel({"1Z1", "Ann", kAnn, "", "", ""});
    const auto author = reviews::RecipientOf::read_token(
        *world->vault, reviews::RecipientOf::write_token(*world->vault, kShop, parcel));
    world->main->write_now([&](store::Tx& tx) {
      tx.execute("UPDATE shipments SET status = $1",
                 static_cast<std::int64_t>(journey::Status::Delivered));
      review = reviews->write(tx, *author, 1, kText).value();
      EXPECT_TRUE(reviews->approve(tx, kShop, review.id));
      EXPECT_TRUE(claims->file(tx, kShop, review.id, {"Bob Driver", kBob, kClaim, true}));
    });
  }
  rights::Person person(const char* address) {
    return world->main->read_now(
        [&](store::Tx& tx) { return rights::find_person(tx, *world->vault, address); });
  }
  std::string report(const char* address) {
    const auto who = person(address);
    return rights::to_json(world->main->read_now([&](store::Tx& tx) {
      return rights::report_on(tx, *world->vault, *world->ledger, who,
                               {personal::ActorKind::Subject, 0}, world->clock.now());
    }));
  }
  void erase(const char* address) {
    rights::Eraser eraser(*world->main, *world->keys, *world->vault, *world->ledger, world->clock);
    eraser.erase(person(address), rights::decide({}));
  }
  std::int64_t rows(const std::string& table) {
    return world->count("SELECT COUNT(*) FROM " + table);
  }

  std::unique_ptr<World> world;
  std::unique_ptr<reviews::Reviews> reviews;
  std::unique_ptr<reviews::Claims> claims;
  reviews::Review review;
};
INSTANTIATE_TEST_SUITE_P(, ReviewedOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

// Each sees what they said themselves, and neither learns who the other is.
// clause-081b.identity
TEST_P(ReviewedOn, EachSeesTheirOwnWordsAndNothingOfTheOther) {
  const auto ann = report(kAnn), bob = report(kBob);
  EXPECT_THAT(ann, HasSubstr(kText));
  EXPECT_THAT(ann, Not(HasSubstr(kBob)));
  EXPECT_THAT(bob, HasSubstr(kClaim));
  EXPECT_THAT(bob, Not(HasSubstr(kAnn)));
  EXPECT_THAT(bob, Not(HasSubstr(kText)));
}

// clause-027.erasure
TEST_P(ReviewedOn, ErasingTheAuthorTakesTheReviewItsKeyAndItsCount) {
  erase(kAnn);
  EXPECT_EQ(rows("reviews"), 0);
  EXPECT_EQ(world->vault->forgotten_among(kShop, std::span(&review.subject, 1)).size(), 1U);
  world->main->read_now([&](store::Tx& tx) {
    EXPECT_EQ(reviews->rating(tx, kShop).reviews, 0);
    return 0;
  });
  EXPECT_EQ(claims->sweep(*world->main), 1) << "nothing left to claim about";
}

// Stored, and used for nothing (Art. 18(2)): nobody reads it and no figure counts it.
TEST_P(ReviewedOn, RestrictingAParcelShutsItsReviewUntilItIsLifted) {
  const auto shown = [&] {
    return world->main->read_now([&](store::Tx& tx) {
      return std::pair(reviews->shown(tx, kShop, 10).size(), reviews->rating(tx, kShop).reviews);
    });
  };
  EXPECT_EQ(shown(), std::pair(std::size_t{1}, std::int64_t{1}));
  const auto subject = person(kAnn).held.at(0).shipments.at(0).subject;
  world->main->write_now([&](store::Tx& tx) {
    personal::Restrictions::place(tx, kShop, subject, "accuracy", world->clock.now());
  });
  EXPECT_EQ(shown(), std::pair(std::size_t{0}, std::int64_t{0}));
  EXPECT_THAT(report(kAnn), HasSubstr(kText)) << "its author still sees it";
  world->main->write_now([&](store::Tx& tx) { personal::Restrictions::lift(tx, kShop, subject); });
  EXPECT_EQ(shown(), std::pair(std::size_t{1}, std::int64_t{1}));
}

TEST_P(ReviewedOn, ErasingWhoeverClaimedTakesTheClaimAlone) {
  erase(kBob);
  EXPECT_EQ(rows("review_claims"), 0);
  EXPECT_EQ(rows("reviews"), 1);
}

}  // namespace
