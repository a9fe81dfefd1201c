#include "reviews/claim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shipments/testing.h"

namespace {

using reviews::Claim, reviews::ClaimRefusal, reviews::Claims, reviews::ClaimState, reviews::Content,
    reviews::Notice, reviews::RecipientOf, reviews::ReviewRefusal, reviews::Reviews;
using shipments::testing::kAccount;
using store::testing::Engine;
using ::testing::IsEmpty, ::testing::SizeIs;
using namespace std::chrono_literals;

// A review that is shown, and somebody who says that it violates their right.
struct ClaimsOn : testing::TestWithParam<Engine> {
  template <class F>
  auto with(F work) {
    return world->main->write_now([&](store::Tx& tx) { return work(tx); });
  }
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<shipments::testing::World>(GetParam());
    reviews = std::make_unique<Reviews>(*world->vault, world->clock);
    claims = std::make_unique<Claims>(*reviews, *world->vault, world->clock);
    const auto parcel = world->add_named("1Z999AA10123456784", "Ann Example");
    author = RecipientOf::read_token(*world->vault,
                                     RecipientOf::write_token(*world->vault, kAccount, parcel));
    review = with([&](store::Tx& tx) {
      tx.execute("UPDATE shipments SET status = $1",
                 static_cast<std::int64_t>(journey::Status::Delivered));
      const auto written = reviews->write(tx, *author, 1, "Bob threw it over the hedge.").value();
      EXPECT_TRUE(reviews->approve(tx, kAccount, written.id));
      return written.id;
    });
  }
  static Notice notice() {
    return {"Bob Driver", "bob@example.com", "It names me. I was not there.", true, "nl"};
  }
  Claims::Outcome file(const Notice& one) {
    return with([&](store::Tx& tx) { return claims->file(tx, kAccount, review, one); });
  }
  Claims::Outcome follow(const base::Id& claim) {
    return with([&](store::Tx& tx) { return claims->follow(tx, kAccount, claim); });
  }
  Content state() {
    return with([&](store::Tx& tx) { return reviews->of(tx, *author)->state; });
  }
  ClaimState state_of(const base::Id& claim) {
    return with([&](store::Tx& tx) { return claims->find(tx, kAccount, claim)->state; });
  }
  // A human decides about the review that was appealed.
  std::vector<Claim> decide(bool restore) {
    return with([&](store::Tx& tx) {
      const auto moved =
          restore ? reviews->restore(tx, kAccount, review) : reviews->uphold(tx, kAccount, review);
      return claims->settle(tx, moved.value());
    });
  }

  std::unique_ptr<shipments::testing::World> world;
  std::unique_ptr<Reviews> reviews;
  std::unique_ptr<Claims> claims;
  std::optional<RecipientOf> author;
  base::Id review;
};
INSTANTIATE_TEST_SUITE_P(, ClaimsOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

// clause-081b.flow
TEST_P(ClaimsOn, AClaimIsFollowedAnsweredByTheAuthorAndSettled) {
  const auto claim = file(notice()).value().id;
  EXPECT_EQ(state(), Content::Shown) << "a human looks at it first";
  ASSERT_TRUE(follow(claim));
  EXPECT_EQ(state(), Content::Hidden);
  with([&](store::Tx& tx) {
    const auto seen = *reviews->of(tx, *author);
    EXPECT_EQ(seen.reason, reviews::kClaimed);
    EXPECT_THAT(claims->settle(tx, seen), IsEmpty()) << "its author was not heard yet";
    EXPECT_EQ(reviews->appeal(tx, *author, " ").error(), ReviewRefusal::NoAnswer);
    EXPECT_TRUE(reviews->appeal(tx, *author, "He was; my camera saw him."));
    const auto against = claims->against(tx, seen);
    ASSERT_TRUE(against);
    EXPECT_EQ(against->id, claim);
  });
  const auto settled = decide(true);
  ASSERT_THAT(settled, SizeIs(1));
  EXPECT_EQ(settled[0].state, ClaimState::Withdrawn);
  EXPECT_EQ(settled[0].language, "nl");
  EXPECT_EQ(state(), Content::Shown);
  EXPECT_EQ(follow(claim).error(), ClaimRefusal::NotNow) << "heard once";
}

// clause-081b.flow
TEST_P(ClaimsOn, WhatIsUpheldIsGoneForGoodAndTheClaimIsSettled) {
  const auto claim = file(notice()).value().id;
  ASSERT_TRUE(follow(claim));
  with([&](store::Tx& tx) { EXPECT_TRUE(reviews->appeal(tx, *author, "He was.")); });
  EXPECT_THAT(decide(false), SizeIs(1));
  EXPECT_EQ(state(), Content::Removed);
  EXPECT_EQ(state_of(claim), ClaimState::Upheld);
}

TEST_P(ClaimsOn, AClaimThatIsTurnedDownChangesNothing) {
  const auto claim = file(notice()).value().id;
  EXPECT_TRUE(with([&](store::Tx& tx) { return claims->turn_down(tx, kAccount, claim); }));
  EXPECT_EQ(state(), Content::Shown);
  EXPECT_EQ(state_of(claim), ClaimState::Refused);
  EXPECT_FALSE(follow(claim));
  EXPECT_THAT(with([&](store::Tx& tx) { return claims->open(tx, kAccount, 10); }), IsEmpty());
}

TEST_P(ClaimsOn, WhoeverWaitsForAnAnswerHasItWhenTheAuthorTakesTheReviewBack) {
  const auto first = file(notice()).value().id;
  ASSERT_TRUE(file(notice()));
  ASSERT_TRUE(follow(first));
  with([&](store::Tx& tx) {
    const auto ended = claims->end(tx, *reviews->of(tx, *author));
    EXPECT_THAT(ended, SizeIs(2));
    for (const auto& claim : ended) EXPECT_EQ(claim.state, ClaimState::Upheld);
  });
}

TEST_P(ClaimsOn, AClaimSaysWhoWhatAndThatItIsMeant) {
  const auto refusal = [&](auto change) {
    auto one = notice();
    change(one);
    const auto filed = file(one);
    return filed ? std::string("taken") : std::string(describe(filed.error()));
  };
  EXPECT_EQ(refusal([](Notice& n) { n.name = " "; }), describe(ClaimRefusal::NoWho));
  EXPECT_EQ(refusal([](Notice& n) { n.address = "a@b\r\nBcc: c@d"; }),
            describe(ClaimRefusal::NoWho));
  EXPECT_EQ(refusal([](Notice& n) { n.text = ""; }), describe(ClaimRefusal::NoText));
  EXPECT_EQ(refusal([](Notice& n) { n.is_in_good_faith = false; }),
            describe(ClaimRefusal::NoFaith));
  for (int i = 0; i < Claims::kMostOpen; ++i) EXPECT_EQ(refusal([](Notice&) {}), "taken");
  EXPECT_EQ(refusal([](Notice&) {}), describe(ClaimRefusal::TooMany));
  with([&](store::Tx& tx) { EXPECT_TRUE(reviews->take_down(tx, kAccount, review, "Rude.")); });
  EXPECT_EQ(refusal([](Notice&) {}), describe(ClaimRefusal::NoReview)) << "nobody sees it";
  EXPECT_FALSE(
      with([&](store::Tx& tx) { return claims->file(tx, kAccount + 1, review, notice()); }));
}

TEST_P(ClaimsOn, AClaimGoesWithItsReviewOrOnItsDay) {
  const auto subject = file(notice()).value().subject;
  EXPECT_EQ(claims->sweep(*world->main), 0);
  EXPECT_TRUE(reviews->erase(*world->main, *author));
  EXPECT_EQ(claims->sweep(*world->main), 1);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM review_claims"), 0);
  EXPECT_THAT(world->vault->forgotten_among(kAccount, std::span(&subject, 1)), SizeIs(1));
}

TEST_P(ClaimsOn, AClaimIsKept180DaysAtMost) {
  ASSERT_TRUE(file(notice()));
  with([&](store::Tx& tx) { tx.execute("UPDATE reviews SET expires_at = expires_at * 2"); });
  world->clock.advance(24h * 180 - 1s);
  EXPECT_EQ(claims->sweep(*world->main), 0);
  world->clock.advance(1s);
  EXPECT_EQ(claims->sweep(*world->main), 1);
}

}  // namespace
