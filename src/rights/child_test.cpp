// Reports that data of a child is kept (clause 103), from the report to what is left of it.
#include "rights/acts.h"
#include "rights/testing.h"

namespace {

using namespace std::chrono_literals;
using rights::Kind, rights::testing::kOtherShop, rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::ElementsAre, ::testing::SizeIs;

struct ChildOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    eraser.emplace(*world->main, *world->keys, *world->vault, *world->ledger, world->clock);
    acts.emplace(rights::Acts::Parts{*world->main, *world->repository, *world->ledger, world->clock,
                                     world->desk, world->visits, *eraser,
                                     [this](const std::string& address) {
                                       ended.push_back(address);
                                       return sign_in_ends;
                                     }});
  }
  std::optional<rights::Case> report(const std::string& about) {
    rights::Request request;
    request.kind = Kind::ChildReport;
    request.address = rights::CaseAddress("mother@example.com", personal::Label());
    request.about = rights::CaseAbout(about, personal::Label());
    return world->main->write_now([&](store::Tx& tx) { return acts->report_child(tx, request); });
  }
  std::unique_ptr<World> world;
  std::optional<rights::Eraser> eraser;
  std::optional<rights::Acts> acts;
  std::vector<std::string> ended;
  bool sign_in_ends = true;
  personal::Actor desk{personal::ActorKind::CommandLine, 0};
};

// clause-103.report
TEST_P(ChildOn, IsErasedEverywhereWithinAWeekOfTheReportAndTheReporterIsAnswered) {
  world->add_parcel({"1Z1", "Kid", "kid@example.com", "", "", ""});
  world->add_parcel({"1Z2", "Kid", "kid@example.com", "", "", ""}, kOtherShop);
  const auto bob = world->add_parcel({"1Z3", "Bob", "bob@example.com", "", "", ""});
  const auto one = report("kid@example.com");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->account_id, 0);
  EXPECT_LE(one->days_left(world->clock.now()), 7);
  EXPECT_GE(one->days_left(world->clock.now()), 6);  // by the earliest day it was anywhere
  const auto first = world->take_letters();
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].kind, "rights-acknowledged");
  EXPECT_EQ(first[0].to, "mother@example.com");

  ASSERT_TRUE(acts->perform(0, one->id, desk, {}));
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM shipments"), 1);
  EXPECT_TRUE(world->find(bob));
  EXPECT_THAT(ended, ElementsAre("kid@example.com"));
  EXPECT_EQ(world->find_case(*one)->outcome, rights::Outcome::Done);
  bool is_reporter_told = false;
  for (const auto& letter : world->take_letters()) {
    if (letter.to != "mother@example.com") continue;
    is_reporter_told = true;
    EXPECT_EQ(letter.kind, "rights-done");
    EXPECT_EQ(letter.values.at("done"), "child");
    for (const auto& [key, value] : letter.values)
      EXPECT_THAT(value, ::testing::Not(::testing::HasSubstr("kid@"))) << key;
  }
  EXPECT_TRUE(is_reporter_told);
}

TEST_P(ChildOn, IsAnsweredAlikeWhenNothingIsKept) {
  const auto one = report("nobody@example.com");
  world->take_letters();
  ASSERT_TRUE(acts->perform(0, one->id, desk, {}));
  const auto letters = world->take_letters();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].values.at("done"), "child") << "a reporter learns nothing about an address";
}

TEST_P(ChildOn, StaysOpenWhileTheyStillSignIn) {
  const auto parcel = world->add_parcel({"1Z1", "Kid", "kid@example.com", "", "", ""});
  const auto one = report("kid@example.com");
  world->take_letters();
  sign_in_ends = false;  // others work in their account, and it has no other owner
  const auto refused = acts->perform(0, one->id, desk, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), rights::ActError::SignInStays);
  EXPECT_THAT(world->take_letters(), SizeIs(0)) << "nobody is told that it is done";
  EXPECT_NE(world->find_case(*one)->outcome, rights::Outcome::Done);
  EXPECT_TRUE(world->find(parcel));
  sign_in_ends = true;
  EXPECT_TRUE(acts->perform(0, one->id, desk, {}));
  EXPECT_FALSE(world->find(parcel));
}

TEST_P(ChildOn, SoundsTheAlarmWhenTheWeekIsOver) {
  report("kid@example.com");
  world->clock.advance(24h * 6);
  EXPECT_EQ(world->desk.sound_alarms().told, 0);
  world->clock.advance(24h * 2);
  EXPECT_EQ(world->desk.sound_alarms().told, 1);
}

TEST_P(ChildOn, WritesToNobodyMoreThanThreeTimesADay) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(report("kid@example.com"));
  EXPECT_FALSE(report("kid@example.com"));
  world->clock.advance(25h);
  EXPECT_TRUE(report("kid@example.com"));
}

INSTANTIATE_TEST_SUITE_P(, ChildOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
