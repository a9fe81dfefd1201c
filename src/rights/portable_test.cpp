#include "rights/portable.h"

#include "journey/journey.h"
#include "rights/schema_for_test.h"
#include "rights/testing.h"
#include "shipments/erased.h"

namespace {

using rights::testing::kOtherShop, rights::testing::kShop, rights::testing::SchemaCheck;
using rights::testing::World;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::IsEmpty, ::testing::Not, ::testing::SizeIs;

constexpr std::string_view kAnn = "ann@example.com";

struct PortableOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
  }
  static rights::Portable portable(World& from) {
    return from.main->read_now([&](store::Tx& tx) {
      const auto person = rights::find_person(tx, *from.vault, kAnn);
      return rights::portable_of(tx, *from.repository, *from.ledger, person,
                                 {personal::ActorKind::Subject, 0});
    });
  }
  static std::string exported(World& from) { return rights::to_json(portable(from)); }
  static rights::Imported imported(World& into, std::string_view json,
                                   std::int64_t account = kShop) {
    auto arrived = rights::read_portable(json, into.clock.now());
    EXPECT_TRUE(arrived) << arrived.error();
    return rights::import_portable(*into.main, *into.repository, account, std::move(*arrived),
                                   into.clock.now());
  }
  // A parcel that has been under way, with everything in it that can be.
  void travel(const base::Id& id) {
    using shipments::testing::says, shipments::testing::scan;
    shipments::Ingest ingest(*world->main, *world->repository, *world->ledger);
    auto update = says(id,
                       {scan("2026-01-02T09:00:00", "transit001", "Naar het sorteercentrum"),
                        scan("2026-01-03T08:15:00+01:00", "", "Pakket in de wacht \"even\" gezet"),
                        scan("2026-01-03T17:40:00+01:00", "delivered", "Bezorgd")},
                       world->clock.now());
    update.report.signed_by = "A. Lee";
    base::sync_wait(ingest.take(std::move(update)));
  }
  void say_preferences() {
    consent::Preferences said;
    said.language = "nl";
    said.zone = "Europe/Amsterdam";
    said.quiet = consent::QuietHours{22 * 60, 7 * 60};
    said.wanted.set(journey::Trigger::Delivered, channels::Channel::Email, consent::Cell::Off);
    const auto who = consent::People(*world->vault).by_email(kShop, kAnn);
    world->main->write_now([&](store::Tx& tx) {
      consent::set_preferences(tx, kShop, *who, said, world->clock.now());
      return 0;
    });
  }
  void fill() {
    world->add_parcel({"1ZAA0001", "Anné \"Ann\" Lee", std::string(kAnn), "+31201234567", "1011AB",
                       "Tea,\nand cups"});
    const auto id = world->add_parcel(
        {"1ZAA0002", "Ann Lee", std::string(kAnn), "", "1011AB", "A book"}, kOtherShop);
    static_cast<void>(id);
    const auto other = world->add_parcel({"1ZAA0003", "Bo", "bo@example.com", "", "", "Not Ann's"});
    static_cast<void>(other);
  }
  std::unique_ptr<World> world;
};

// clause-089.round
TEST_P(PortableOn, GoesOutComesInElsewhereAndGoesOutTheSame) {
  fill();
  travel(world->add_parcel({"1ZAA0004", "Ann Lee", std::string(kAnn), "", "", "Socks"}));
  say_preferences();
  const auto out = exported(*world);
  EXPECT_THAT(out, HasSubstr("Pakket in de wacht"));
  EXPECT_THAT(out, Not(HasSubstr("Not Ann's")));
  World fresh(GetParam());
  fresh.clock.advance(std::chrono::hours(30));
  const auto done = imported(fresh, out);
  EXPECT_EQ(done.stored, 3);
  EXPECT_EQ(exported(fresh), out);
  // What arrived is found by its person there, too, and once more changes nothing.
  EXPECT_EQ(imported(fresh, out).known, 3);
  EXPECT_EQ(exported(fresh), out);
}

// clause-089.schema
TEST_P(PortableOn, FitsItsPublishedSchemaInEveryParcel) {
  fill();
  travel(world->add_parcel({"1ZAA0004", "Ann Lee", std::string(kAnn), "", "", "Socks"}));
  say_preferences();
  const auto out = exported(*world);
  EXPECT_THAT(SchemaCheck::faults(rights::portable_schema(), out), IsEmpty());
  // The check itself can fail.
  auto wrong = out;
  wrong.replace(wrong.find("\"delivery_status\""), 17, "\"delivered_status\"");
  EXPECT_THAT(SchemaCheck::faults(rights::portable_schema(), wrong), Not(IsEmpty()));
}

TEST_P(PortableOn, OfSomebodyUnknownIsADocumentWithoutParcels) {
  const auto out = exported(*world);
  EXPECT_THAT(SchemaCheck::faults(rights::portable_schema(), out), IsEmpty());
  EXPECT_EQ(imported(*world, out).stored, 0);
}

TEST_P(PortableOn, IsCutIntoPartsThatAreEachWhole) {
  for (int i = 0; i < 20; ++i)
    world->add_parcel(
        {fmt::format("1ZAA00{:02}", i), "Ann Lee", std::string(kAnn), "", "", "Socks"});
  const auto all = portable(*world);
  const auto parts = rights::in_parts(all, 10'000);
  EXPECT_GT(parts.size(), 3u);
  World fresh(GetParam());
  for (const auto& part : parts) {
    EXPECT_LE(part.size(), 10'000u);
    imported(fresh, part);
  }
  EXPECT_EQ(exported(fresh), rights::to_json(all));
}

TEST_P(PortableOn, LeavesTheShopsOwnNotesAndKeysWithTheShop) {
  auto h = world->head("1ZAA0001");
  h.subject = world->vault->new_subject_now(kShop);
  shipments::Body body;
  const personal::Label label;
  body.customer_email = {std::string(kAnn), label};
  body.note = {"pays late", label};
  body.tracking_key = {"shop-secret", label};
  body.tracking_courier_account = {"shop-4711", label};
  world->repository->note_addresses(h, body.envelope());
  const auto sealed = world->repository->seal(h, body.envelope());
  world->main->write_now(
      [&](store::Tx& tx) { return world->repository->insert(tx, h, sealed, world->clock.now()); });
  const auto out = exported(*world);
  for (const auto* word : {"pays late", "shop-secret", "shop-4711"})
    EXPECT_THAT(out, Not(HasSubstr(word)));
}

TEST_P(PortableOn, IsKeptForAHundredAndEightyDaysFromItsArrivalAndNoLonger) {
  fill();
  World fresh(GetParam());
  fresh.clock.advance(std::chrono::days(100));
  imported(fresh, exported(*world));
  EXPECT_EQ(fresh.count(fmt::format("SELECT COUNT(*) FROM shipments WHERE expires_at = {}",
                                    base::to_micros(fresh.clock.now() + shipments::kLongestKept))),
            2);
}

TEST(Portable, SaysWhatIsWrongAndNeverWhatItSays) {
  const auto now = base::from_micros(1'767'225'600'000'000);
  const auto why = [&](std::string_view json) {
    const auto read = rights::read_portable(json, now);
    return read ? std::string("read") : read.error();
  };
  EXPECT_EQ(why("[]"), "this is not a JSON object");
  EXPECT_THAT(why(R"({"format":"other"})"), HasSubstr("no document of the format"));
  EXPECT_THAT(why(R"({"format":"milepost-portable","version":2})"), HasSubstr("another version"));
  EXPECT_EQ(why(R"({"format":"milepost-portable","version":1})"),
            "trackings is missing or no array");
  EXPECT_EQ(why(R"({"format":"milepost-portable","version":1,"trackings":[{"tracking_number":)"
                R"("1ZAA0001","courier_code":"ups","delivery_status":"Ann Lee"}]})"),
            "trackings[0]: delivery_status is none of the nine");
}

INSTANTIATE_TEST_SUITE_P(, PortableOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
