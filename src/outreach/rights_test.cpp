// Readers of a list are among the people whose rights the desk serves: shown, erased, forgotten.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "outreach/lists.h"
#include "rights/access.h"
#include "rights/erasure.h"
#include "rights/testing.h"

namespace {

using rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::HasSubstr;

constexpr const char* kAnn = "ann@example.com";

struct ReadersOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    records = std::make_unique<consent::Records>(world->clock, consent::Signer());
    lists =
        std::make_unique<outreach::Lists>(*world->vault, *world->ledger, *records, world->clock);
    const outreach::Member eva{kShop, 41, false, world->clock.now()};
    list = world->main->write_now([&](store::Tx& tx) {
      const auto made = lists->make(tx, eva, "Spring").value();
      EXPECT_TRUE(lists->import(
          tx, eva, made, {{kAnn, "bo@example.com"}, "Yes, by e-mail.", "en", "In our shop."}));
      return made;
    });
  }
  rights::Person ann() {
    return world->main->read_now(
        [&](store::Tx& tx) { return rights::find_person(tx, *world->vault, kAnn); });
  }

  std::unique_ptr<World> world;
  std::unique_ptr<consent::Records> records;
  std::unique_ptr<outreach::Lists> lists;
  base::Id list;
};
INSTANTIATE_TEST_SUITE_P(, ReadersOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

TEST_P(ReadersOn, AReaderWithoutAnyParcelSeesTheListsTheyAreOn) {
  const auto report = rights::to_json(world->main->read_now([&](store::Tx& tx) {
    return rights::report_on(tx, *world->vault, *world->ledger, ann(),
                             {personal::ActorKind::Subject, 0}, world->clock.now());
  }));
  EXPECT_THAT(report, HasSubstr("list_entries"));
  EXPECT_THAT(report, HasSubstr(kAnn));
}

TEST_P(ReadersOn, ErasureTakesTheirLineAndItsKeyAndNobodyElses) {
  const auto person = consent::People(*world->vault).by_email(kShop, kAnn).value();
  // As a backup would have it.
  const auto [subject, sealed] = world->main->read_now([&](store::Tx& tx) {
    auto rows = tx.query("SELECT subject, sealed FROM list_entries WHERE person = $1",
                         store::Blob{person.bytes()});
    EXPECT_TRUE(rows.next());
    return std::pair(rows.integer(0), std::string(rows.blob(1)));
  });
  rights::Eraser eraser(*world->main, *world->keys, *world->vault, *world->ledger, world->clock);
  eraser.erase(ann(), rights::decide({}));
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM list_entries"), 1);
  EXPECT_EQ(
      world->vault
          ->unseal({"list_entries", kShop, outreach::entry_row(list, person)}, subject, sealed)
          .error(),
      personal::VaultError::NoKey);
}

}  // namespace
