#include "rights/access.h"

#include <simdjson.h>

#include "base/csv.h"
#include "base/text.h"
#include "base/time.h"
#include "consent/person.h"
#include "personal/fields.gen.h"
#include "personal/testing.h"
#include "rights/canaries.h"
#include "rights/erasure.h"
#include "shipments/told.h"

namespace {

using namespace std::chrono_literals;
using rights::Certificate, rights::Decision, rights::Eraser, rights::Fact, rights::Person;
using rights::testing::kOtherShop, rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::IsEmpty, ::testing::Not, ::testing::SizeIs;

constexpr auto kAnn = "ann@example.com";

// A new table with personal data that nobody told us how to reach fails here.
TEST(Kept, ReachesEveryTableWithPersonalData) { EXPECT_THAT(rights::kept_faults(), IsEmpty()); }

TEST(Kept, MayOpenEveryValueAboutARecipientForTheirRights) {
  for (const auto& field : personal::kFields) {
    if (field.subject != "consignee") continue;
    EXPECT_TRUE(field.purposes.contains(personal::Purpose::Rights)) << field.name;
  }
}

struct AccessOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    eraser = std::make_unique<Eraser>(*world->main, *world->keys, *world->vault, *world->ledger,
                                      world->clock);
  }
  Person find(std::string_view address) {
    return world->main->read_now(
        [&](store::Tx& tx) { return rights::find_person(tx, *world->vault, address); });
  }
  rights::Report report(const Person& person) {
    return world->main->read_now([&](store::Tx& tx) {
      return rights::report_on(tx, *world->vault, *world->ledger, person,
                               {personal::ActorKind::Subject, 0}, world->clock.now());
    });
  }
  Certificate erase(std::string_view address) {
    return eraser->erase(find(address), rights::decide({}));
  }
  std::unique_ptr<World> world;
  std::unique_ptr<Eraser> eraser;
};

// clause-085.canaries
TEST_P(AccessOn, ShowEveryPersonalColumnThereIs) {
  rights::testing::Seeder seeder(*world, kAnn);
  const auto canaries = seeder.seed_all();
  EXPECT_GT(canaries.size(), 100u);
  const auto answer = report(find(kAnn));
  const auto json = rights::to_json(answer), csv = rights::to_csv(answer);
  for (const auto& canary : canaries) {
    const bool is_there = std::ranges::any_of(answer.rows, [&](const rights::ReportRow& row) {
      return row.table == canary.table &&
             std::ranges::any_of(row.values, [&](const rights::ReportValue& value) {
               return value.column == canary.column && value.value == canary.shown;
             });
    });
    EXPECT_TRUE(is_there) << canary.table << '.' << canary.column << " = " << canary.shown;
    EXPECT_THAT(json, HasSubstr('"' + canary.shown + '"')) << canary.table << '.' << canary.column;
    EXPECT_THAT(csv, HasSubstr(canary.shown)) << canary.table << '.' << canary.column;
  }
  EXPECT_EQ(answer.unreadable, 0);
}

// clause-085.around
TEST_P(AccessOn, SayWhyHowLongFromWhomAndWhoWasTold) {
  const auto id = world->add_parcel({"1Z1", "Ann Lee", kAnn, "+31612345678", "1011AB", "Shoes"});
  world->main->write_now([&](store::Tx& tx) {
    shipments::note_told(tx, kShop, id, "ups", world->clock.now());
    return 0;
  });
  const auto answer = report(find(kAnn));
  ASSERT_THAT(answer.recipients, SizeIs(1));
  EXPECT_EQ(answer.recipients[0].name, "ups");
  int named = 0;
  for (const auto& row : answer.rows) {
    for (const auto& value : row.values) {
      EXPECT_FALSE(value.purposes.empty()) << value.table << '.' << value.column;
      EXPECT_NE(rights::retention_of(value.retention), nullptr) << value.retention;
      if (value.value == "Ann Lee") {
        ++named;
        EXPECT_EQ(value.origin, "shop");
        EXPECT_TRUE(value.is_sealed);
      }
    }
  }
  EXPECT_EQ(named, 1);
  const auto json = rights::to_json(answer, [](std::int64_t) { return "shoes.example"; });
  simdjson::dom::parser parser;
  const auto read = parser.parse(json);
  for (const char* key : {"format", "version", "made_at", "controllers", "kept", "recipients",
                          "purposes", "retention", "automated_rules"}) {
    EXPECT_EQ(read[key].error(), simdjson::SUCCESS) << key;
  }
  EXPECT_EQ(std::string_view(read["controllers"].at(0)["name"]), "shoes.example");
  EXPECT_GT(read["automated_rules"].get_array().size(), 5u);
}

TEST_P(AccessOn, FindAPersonInEveryShopByAddressOrNumberAndNobodyElse) {
  world->add_parcel({"1Z1", "Ann Lee", "Ann@Example.com ", "+31 6 12345678", "", ""});
  world->add_parcel({"1Z2", "Ann Lee", kAnn, "", "", ""}, kOtherShop);
  world->add_parcel({"1Z3", "Bob", "bob@example.com", "", "", ""});
  const auto ann = find(" ANN@example.com");
  EXPECT_EQ(ann.shipments(), 2u);
  EXPECT_THAT(ann.held, SizeIs(2));
  EXPECT_EQ(find("0031612345678").shipments(), 1u);
  EXPECT_THAT(find("carol@example.com").held, IsEmpty());
  const auto json = rights::to_json(report(ann));
  EXPECT_THAT(json, Not(HasSubstr("Bob")));
  // One shop's own staff find only what that shop holds.
  const auto only = world->main->read_now(
      [&](store::Tx& tx) { return rights::find_person(tx, *world->vault, kAnn, kShop); });
  EXPECT_EQ(only.shipments(), 1u);
}

TEST_P(AccessOn, LetNoValueBecomeASpreadsheetsFormula) {
  world->add_parcel({"1Z1", "=cmd|' /C calc'!A0", kAnn, "", "", ""});
  const auto csv = rights::to_csv(report(find(kAnn)));
  EXPECT_THAT(csv, HasSubstr(",'=cmd|"));
  EXPECT_THAT(csv, Not(HasSubstr(",=cmd")));
}

// ---- Erasure

// clause-087.table
TEST(Decision, FollowsTheTableOfArticle17) {
  EXPECT_EQ(rights::decide({}).decision, Decision::Erase);
  EXPECT_EQ(rights::decide({}).article, "Art. 17(1)(a) GDPR");
  EXPECT_EQ(rights::decide({Fact::Objected}).article, "Art. 17(1)(c) GDPR");
  EXPECT_EQ(rights::decide({Fact::Child, Fact::Objected}).article, "Art. 17(1)(f) GDPR");
  EXPECT_EQ(rights::decide({Fact::Hold, Fact::Child}).decision, Decision::KeepHeld);
  EXPECT_EQ(rights::decide({Fact::Archive}).decision, Decision::Refuse);
}

TEST_P(AccessOn, EraseEveryRowTheDictionaryReachesAndCountAfterwards) {
  rights::testing::Seeder seeder(*world, kAnn);
  seeder.seed();
  world->add_parcel({"1Z3", "Bob", "bob@example.com", "", "", ""});
  const auto certificate = erase(kAnn);
  EXPECT_TRUE(certificate.is_clean()) << rights::to_text(certificate);
  ASSERT_FALSE(certificate.accounts.empty());
  std::int64_t destroyed = 0;
  for (const auto& account : certificate.accounts) {
    destroyed += account.keys_destroyed;
    EXPECT_EQ(account.keys_left, 0);
  }
  EXPECT_GE(destroyed, 2);
  for (const auto& table : certificate.tables) {
    EXPECT_GT(table.before, 0) << table.name;
    if (table.kept.empty()) {
      EXPECT_EQ(table.after, 0) << table.name;
    }
  }
  EXPECT_EQ(find(kAnn).shipments(), 0u);
  EXPECT_EQ(find("bob@example.com").shipments(), 1u);
}

// clause-087.search
TEST_P(AccessOn, LeaveNoByteOfThePersonOnDisk) {
  if (GetParam() != Engine::Sqlite) GTEST_SKIP() << "the files of a server are not ours to read";
  rights::testing::Seeder seeder(*world, kAnn);
  const auto canaries = seeder.seed();
  world->add_parcel({"1ZSECRETNUMBER", "Annabel Leeward", kAnn, "", "", "Red shoes"});
  const std::vector<std::string> folders{world->main.folder(), world->keys.folder()};
  // The clear columns are there before: the search can find.
  EXPECT_THAT(personal::testing::holding(folders, "1ZSECRETNUMBER"), Not(IsEmpty()));
  EXPECT_THAT(personal::testing::holding(folders, "Annabel"), IsEmpty());  // sealed
  EXPECT_TRUE(erase(kAnn).is_clean());
  EXPECT_THAT(personal::testing::holding(folders, "1ZSECRETNUMBER"), IsEmpty());
  for (const auto& canary : canaries) {
    const auto& kept =
        *std::ranges::find(rights::kept_tables(), canary.table, &rights::KeptTable::name);
    if (canary.bytes.empty() || kept.at_erasure == rights::AtErasure::Keep) continue;
    EXPECT_THAT(personal::testing::holding(folders, canary.bytes), IsEmpty())
        << canary.table << '.' << canary.column;
  }
}

TEST_P(AccessOn, KeepWhatWasErasedFromComingBackWithAnImport) {
  const rights::testing::World::Parcel parcel{"1Z1", "Ann Lee", kAnn, "", "1011AB", "Shoes"};
  world->add_parcel(parcel);
  erase(kAnn);
  const auto id = world->add_parcel(parcel);
  const auto again = world->find(id);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->head.tracking_number, "1Z1");
  EXPECT_EQ(again->head.subject, 0);
  EXPECT_EQ(again->head.order_number, "");
  EXPECT_FALSE(again->body.customer_name.is_given());
  EXPECT_EQ(find(kAnn).shipments(), 0u);
  // A new order is a new contract.
  world->add_parcel({"1Z2", "Ann Lee", kAnn, "", "", ""});
  EXPECT_EQ(find(kAnn).shipments(), 1u);
}

TEST_P(AccessOn, TellTheShopWhichShipmentWasErasedAndNothingMore) {
  const auto id = world->add_parcel({"1Z1", "Ann Lee", kAnn, "", "", ""});
  erase(kAnn);
  EXPECT_EQ(
      world->count("SELECT COUNT(*) FROM rights_events WHERE kind = 1 AND due_at IS NOT NULL"), 1);
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM shipments"), 0);
  (void)id;
}

TEST_P(AccessOn, RemoveLettersThatWaitForThePerson) {
  const auto post = [&](const char* to) {
    letters::Letter letter;
    letter.kind = "verify-email";
    letter.to = letters::To(to, personal::Label());
    world->main->write_now([&](store::Tx& tx) { return world->letters.post(tx, letter); });
  };
  post("Ann@example.com");
  post("bob@example.com");
  world->add_parcel({"1Z1", "Ann Lee", kAnn, "", "", ""});
  EXPECT_EQ(erase(kAnn).letters_removed, 1);
  const auto left = world->take_letters();
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left[0].to, "bob@example.com");
}

INSTANTIATE_TEST_SUITE_P(, AccessOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

// The drill: a backup, an erasure, the backup put back.
// clause-046.backup clause-087.restore
TEST(Restored, BackupIsNoiseForThePersonAndErasedAgainBeforeItOpens) {
  World world(Engine::Sqlite);
  Eraser eraser(*world.main, *world.keys, *world.vault, *world.ledger, world.clock);
  world.add_parcel({"1Z1", "Ann Lee", kAnn, "", "1011AB", "Shoes"});
  world.add_parcel({"1Z9", "Bob", "bob@example.com", "", "", ""});
  world.main->checkpoint();
  const auto file = world.main.folder() + "/milepost.db", backup = world.keys.folder() + "/old.db";
  std::filesystem::copy_file(file, backup);

  const auto person = world.main->read_now(
      [&](store::Tx& tx) { return rights::find_person(tx, *world.vault, kAnn); });
  EXPECT_TRUE(eraser.erase(person, rights::decide({})).is_clean());

  // The old copy, without the key store, in the place of the main database.
  store::Options options;
  options.url = "sqlite:" + backup;
  const auto restored = store::Database::open(options);
  const auto count = [&](std::string_view sql) {
    return restored->read_now([&](store::Tx& tx) {
      auto rows = tx.query(sql);
      rows.next();
      return rows.integer(0);
    });
  };
  EXPECT_EQ(count("SELECT COUNT(*) FROM shipments"), 2);
  const auto sealed = restored->read_now([&](store::Tx& tx) {
    const auto all = world.repository->list(tx, kShop, {}, {});
    return std::ranges::count_if(
        all, [](const shipments::Shipment& s) { return s.body.customer_name.is_given(); });
  });
  EXPECT_EQ(sealed, 1);  // Bob's; Ann's opens no more

  rights::Tombstones tombstones(*restored, *world.keys, *world.vault);
  const auto done = tombstones.reapply();
  EXPECT_EQ(done.shipments, 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM shipments"), 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM shipments WHERE tracking_number = '1Z1'"), 0);
  EXPECT_EQ(tombstones.reapply().stones, 0);  // it knows now
  EXPECT_THAT(personal::testing::holding({world.keys.folder()}, "ORDER-1Z1"), IsEmpty());
}

TEST(Tombstones, FinishWhatACrashInterrupted) {
  World world(Engine::Sqlite);
  world.add_parcel({"1Z1", "Ann Lee", kAnn, "", "", ""});
  rights::Tombstones tombstones(*world.main, *world.keys, *world.vault);
  const auto person = world.main->read_now(
      [&](store::Tx& tx) { return rights::find_person(tx, *world.vault, kAnn); });
  tombstones.announce(tombstones.stones_of(person, world.clock.now()));
  // ... and the power went.
  EXPECT_EQ(tombstones.reapply().shipments, 1);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM shipments"), 0);
  world.clock.advance(181 * 24h);
  EXPECT_GT(tombstones.sweep(world.clock.now()), 0);
  EXPECT_EQ(tombstones.reapply().stones, 0);
}

}  // namespace
