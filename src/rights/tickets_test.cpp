// Questions about parcels are among what is kept about people: shown, erased, and who looked.
#include "support/tickets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rights/access.h"
#include "rights/erasure.h"
#include "rights/testing.h"

namespace {

using rights::Person;
using rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::Not;

constexpr const char* kAnn = "ann@example.com";
constexpr std::string_view kText = "My lamp arrived broken, the shade is torn";
constexpr std::string_view kPicture = "\x89PNG\r\n\x1a\n torn-shade-canary";

struct AskedOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    tickets = std::make_unique<support::Tickets>(*world->main, *world->vault, world->clock);
    parcel = world->add_parcel({"1Z1", "Ann", kAnn, "", "", ""});
    support::Question question;
    question.account_id = kShop;
    question.shipment = parcel;
    question.about = "damaged";
    question.address = kAnn;
    question.text = kText;
    question.files = {kPicture};
    ticket =
        world->main->write_now([&](store::Tx& tx) { return tickets->ask(tx, question).value(); });
  }
  Person ann() {
    return world->main->read_now(
        [&](store::Tx& tx) { return rights::find_person(tx, *world->vault, kAnn); });
  }
  std::string report() {
    return rights::to_json(world->main->read_now([&](store::Tx& tx) {
      return rights::report_on(tx, *world->vault, *world->ledger, ann_,
                               {personal::ActorKind::Subject, 0}, world->clock.now());
    }));
  }
  void look_at_it() {
    EXPECT_TRUE(world->main->write_now(
        [&](store::Tx& tx) { return tickets->look(tx, kShop, parcel, ticket, 4711); }));
    ann_ = ann();
  }

  std::unique_ptr<World> world;
  std::unique_ptr<support::Tickets> tickets;
  base::Id parcel, ticket;
  Person ann_;
};
INSTANTIATE_TEST_SUITE_P(, AskedOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

// clause-062.list
TEST_P(AskedOn, ThePersonSeesWhoLookedAtTheirParcelWhenAndWhy) {
  look_at_it();
  const auto told = world->main->read_now([&](store::Tx& tx) {
    return rights::told_about(tx, *world->vault, {kShop, parcel});
  });
  ASSERT_EQ(told.size(), 1U);
  EXPECT_THAT(told[0].name, HasSubstr("number 4711"));
  EXPECT_THAT(told[0].what, HasSubstr("to answer your question (damaged)"));
  EXPECT_EQ(told[0].first_at, world->clock.now());
  EXPECT_THAT(report(), HasSubstr("number 4711"));
}

TEST_P(AskedOn, ThePersonSeesWhatTheyAskedAndSent) {
  ann_ = ann();
  EXPECT_THAT(report(), HasSubstr(kText));
}

// clause-023.erasure
TEST_P(AskedOn, ErasureTakesTheWordsAndTheFile) {
  look_at_it();
  // As a backup would have it.
  const auto [subject, sealed] = world->main->read_now([&](store::Tx& tx) {
    auto found = tx.query("SELECT subject, sealed FROM tickets");
    EXPECT_TRUE(found.next());
    return std::pair(found.integer(0), std::string(found.blob(1)));
  });
  rights::Eraser eraser(*world->main, *world->keys, *world->vault, *world->ledger, world->clock);
  eraser.erase(ann_, rights::decide({}));
  for (const auto* table : {"tickets", "ticket_messages", "ticket_files", "support_looks"})
    EXPECT_EQ(world->count(std::string("SELECT COUNT(*) FROM ") + table), 0) << table;
  EXPECT_EQ(world->vault->unseal({"tickets", kShop, ticket.bytes()}, subject, sealed).error(),
            personal::VaultError::NoKey);
}

}  // namespace
