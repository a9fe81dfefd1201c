#include "rights/correction.h"
#include "rights/decisions.h"
#include "rights/propagation.h"
#include "rights/testing.h"

namespace {

using rights::Correctable, rights::CorrectionError, rights::Effect, rights::Review;
using rights::testing::kOtherShop, rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::IsEmpty, ::testing::SizeIs;

struct ActsOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
  }
  template <class F>
  auto write(F work) {
    return world->main->write_now(work);
  }
  // As the door of the house recognises them: by what only they know.
  static rights::Human human(std::int64_t person) {
    const rights::Recognition door([=](const std::string&, const std::string& password,
                                       const std::string&) -> std::optional<std::int64_t> {
      if (password != "secret") return std::nullopt;
      return person;
    });
    return door.recognise("ann@example.com", "secret").value();
  }
  std::unique_ptr<World> world;
  personal::Actor person{personal::ActorKind::Subject, 0};
};

// clause-086.history
TEST_P(ActsOn, CorrectAValueKeepBothInTheHistoryAndTellWhoGotTheOldOne) {
  const auto id = world->add_parcel({"1Z1", "Anne Lee", "ann@example.com", "", "1011AB", ""});
  write([&](store::Tx& tx) {
    EXPECT_TRUE(rights::correct(tx, *world->repository, *world->ledger, {kShop, id},
                                Correctable::Name, "Ann Lee", {}, person, world->clock.now()));
    return 0;
  });
  {
    const auto shipment = world->find(id);
    personal::Access<personal::Purpose::ServeController> access(*world->ledger, {}, kShop, "test");
    EXPECT_EQ(open(shipment->body.customer_name, access), "Ann Lee");
    EXPECT_EQ(open(shipment->body.recipient_postcode, access), "1011AB");
  }
  const auto history = world->main->read_now([&](store::Tx& tx) {
    return rights::corrections_of(tx, *world->vault, *world->ledger, {kShop, id});
  });
  ASSERT_THAT(history, SizeIs(1));
  EXPECT_EQ(history[0].from, "Anne Lee");
  EXPECT_EQ(history[0].to, "Ann Lee");

  // The shop is told, and that it was told is kept.
  const auto claimed = write([&](store::Tx& tx) {
    return rights::claim_propagations(tx, "me", world->clock.now(), std::chrono::minutes(1), 10);
  });
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_EQ(claimed[0].event, rights::SubjectEvent::Rectified);
  EXPECT_EQ(claimed[0].shipment, id);
  const auto told = [&] {
    return world->main->read_now(
        [&](store::Tx& tx) { return rights::told_of(tx, kShop, id).at(0).is_told; });
  };
  EXPECT_FALSE(told());
  write([&](store::Tx& tx) { return rights::settle(tx, claimed[0], "me"); });
  EXPECT_TRUE(told());
}

TEST_P(ActsOn, CorrectNothingThatIsAnothersOrTheSame) {
  const auto id = world->add_parcel({"1Z1", "Ann Lee", "ann@example.com", "", "", ""});
  const auto attempt = [&](std::int64_t account, std::string value) {
    return write([&](store::Tx& tx) {
      return rights::correct(tx, *world->repository, *world->ledger, {account, id},
                             Correctable::Name, value, {}, person, world->clock.now())
          .error();
    });
  };
  EXPECT_EQ(attempt(kOtherShop, "Eve"), CorrectionError::NoSuchShipment);
  EXPECT_EQ(attempt(kShop, "Ann Lee"), CorrectionError::Unchanged);
  EXPECT_EQ(attempt(kShop, std::string(501, 'x')), CorrectionError::TooLong);
}

// clause-093.refused clause-093.explanation clause-035.human
TEST_P(ActsOn, CompleteASignificantDecisionOnlyWithAHumansApprovalOfJustThatOne) {
  Review review(*world->vault, *world->ledger, world->clock);
  auto [first, second] = write([&](store::Tx& tx) {
    return std::pair(review.propose(tx, kShop, "suspend-account", "4,000 numbers in a row."),
                     review.propose(tx, kShop, "suspend-account", "A key from 90 places."));
  });
  const auto waiting =
      world->main->read_now([&](store::Tx& tx) { return review.waiting(tx, kShop); });
  ASSERT_THAT(waiting, SizeIs(2));
  // Both were made in the same moment: their order is that of their ids, which is chance.
  const auto& one = waiting[0].id == first.id() ? waiting[0] : waiting[1];
  EXPECT_EQ(one.explanation, "4,000 numbers in a row.");
  const auto somebody = human(5);
  // Neither another account nor a program approves: a number is nobody (tests/negative).
  EXPECT_FALSE(write([&](store::Tx& tx) {
    return review.approve(tx, kOtherShop, first.id(), somebody).has_value();
  }));
  static_assert(!std::is_constructible_v<rights::Human, std::int64_t>);
  const auto approval =
      write([&](store::Tx& tx) { return review.approve(tx, kShop, first.id(), somebody); });
  ASSERT_TRUE(approval);
  bool done = false;
  EXPECT_FALSE(std::move(second).complete(*approval, [&] { done = true; }));
  EXPECT_FALSE(done);
  EXPECT_TRUE(std::move(first).complete(*approval, [&] { done = true; }));
  EXPECT_TRUE(done);
  // Once.
  EXPECT_FALSE(write([&](store::Tx& tx) {
    return review.approve(tx, kShop, approval->decision(), somebody).has_value();
  }));
}

TEST_P(ActsOn, ProposeNothingThatTheRegisterDoesNotKnow) {
  Review review(*world->vault, *world->ledger, world->clock);
  for (const char* rule : {"refuse-credit", "slow-down"}) {
    EXPECT_THROW(write([&](store::Tx& tx) {
                   review.propose(tx, kShop, rule, "x");
                   return 0;
                 }),
                 std::logic_error);
  }
  ASSERT_NE(rights::rule_named("suspend-account"), nullptr);
  EXPECT_EQ(rights::rule_named("suspend-account")->effect, Effect::Significant);
}

INSTANTIATE_TEST_SUITE_P(, ActsOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
