#include "rights/proof.h"

#include <filesystem>
#include <fstream>

#include "base/metrics.h"
#include "base/text.h"
#include "personal/testing.h"
#include "rights/access.h"
#include "rights/retention.h"
#include "rights/testing.h"
#include "shipments/retention.h"

namespace {

using namespace std::chrono_literals;
using rights::Surface;
using rights::testing::kShop, rights::testing::World;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::IsEmpty, ::testing::Not, ::testing::SizeIs;

struct SearchIn : testing::Test {
  std::int64_t found(std::string_view bytes, const std::string& value) {
    std::ofstream(folder.file("x"), std::ios::binary) << bytes;
    return rights::search({{"file", folder.file("x")}}, {value}).at(0).found;
  }
  personal::testing::Folder folder;
};

TEST_F(SearchIn, FindsAValueInEveryDisguise) {
  const std::string value = "Annabel Leeward";
  EXPECT_EQ(found("nothing of hers", value), 0);
  EXPECT_EQ(found("to: Annabel Leeward;", value), 1);
  EXPECT_EQ(found("ANNABEL LEEWARD", value), 1);
  EXPECT_EQ(found(base::to_hex(std::string_view(value)), value), 1);
  std::string wide;
  for (const char c : value) wide += std::string{c, '\0'};
  EXPECT_EQ(found(wide, value), 1);
  for (const char* before : {"", "x", "xy", "xyz"})
    EXPECT_GE(found(base::to_base64(before + value + "!"), value), 1) << before;
}

TEST_F(SearchIn, FindsWhatLiesAcrossTheEdgeOfAPiece) {
  std::string bytes((1 << 20) - 5, '.');
  bytes += "Annabel Leeward";
  bytes += std::string(100, '.');
  EXPECT_EQ(found(bytes, "Annabel Leeward"), 1);
}

TEST_F(SearchIn, SaysWhatIsNotThereAndSearchesFoldersThrough) {
  std::filesystem::create_directories(folder.file("a/b"));
  std::ofstream(folder.file("a/b/c")) << "Annabel";
  const auto searched = rights::search(
      {{"folder", folder.file("a")}, {"gone", folder.file("nothing")}}, {"Annabel", "xy"});
  EXPECT_EQ(searched[0].found, 1);
  EXPECT_EQ(searched[0].note, "1 files");
  EXPECT_EQ(searched[1].note, "not there");
}

// clause-087.search
TEST(Erasure, IsProvenByASearchForWhatTheReportShowed) {
  World world(Engine::Sqlite);
  rights::Eraser eraser(*world.main, *world.keys, *world.vault, *world.ledger, world.clock);
  world.add_parcel(
      {"1ZABC99", "Annabel Leeward", "ann@example.com", "+31612345678", "1011AB", "Red shoes"});
  const auto person = world.main->read_now(
      [&](store::Tx& tx) { return rights::find_person(tx, *world.vault, "ann@example.com"); });
  const auto canaries = rights::canaries_of(world.main->read_now([&](store::Tx& tx) {
    return rights::report_on(tx, *world.vault, *world.ledger, person, {}, world.clock.now());
  }));
  EXPECT_THAT(canaries, ::testing::IsSupersetOf({"1ZABC99", "Annabel Leeward", "ann@example.com",
                                                 "Red shoes", "ORDER-1ZABC99"}));
  const std::vector<Surface> surfaces{{"database", world.main.folder()},
                                      {"key store", world.keys.folder()}};
  std::int64_t before = 0, after = 0;
  for (const auto& surface : rights::search(surfaces, canaries)) before += surface.found;
  EXPECT_GT(before, 0);  // the number lies in the clear while it is needed
  auto certificate = eraser.erase(person, rights::decide({}));
  certificate.surfaces = rights::search(surfaces, canaries);
  for (const auto& surface : certificate.surfaces) after += surface.found;
  EXPECT_EQ(after, 0) << rights::to_text(certificate);
  EXPECT_TRUE(certificate.is_clean());
}

struct RetentionOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
  }
  void sweep() {
    shipments::sweep_expired(*world->main, *world->vault, world->clock.now());
    world->letters.sweep();
    world->visits.sweep(*world->main);
    world->desk.sweep();
  }
  std::unique_ptr<World> world;
};

// clause-046.days
TEST_P(RetentionOn, EndsOnDay180AndNotADayLater) {
  world->add_parcel({"1Z1", "Ann Lee", "ann@example.com", "", "", ""});
  const auto born = world->clock.now();
  const auto left = [&] { return world->count("SELECT COUNT(*) FROM shipments"); };
  world->clock.set(born + std::chrono::days(179));
  sweep();
  EXPECT_EQ(left(), 1);
  EXPECT_THAT(rights::keep_proof(*world->main, world->clock.now()), IsEmpty());
  world->clock.set(born + std::chrono::days(180));
  sweep();
  EXPECT_EQ(left(), 0);
  world->clock.set(born + std::chrono::days(181));
  EXPECT_THAT(rights::keep_proof(*world->main, world->clock.now()), IsEmpty());
}

// clause-046.proof
TEST_P(RetentionOn, SoundsAnAlarmWhenNobodySwept) {
  world->add_parcel({"1Z1", "Ann Lee", "ann@example.com", "", "", ""});
  world->clock.advance(std::chrono::days(182));
  base::Metrics metrics;
  const auto broken = rights::keep_proof(*world->main, world->clock.now(), &metrics);
  EXPECT_THAT(broken, Not(IsEmpty()));
  EXPECT_TRUE(std::ranges::any_of(
      broken, [](const rights::RetentionProof& p) { return p.retention == "shipment-180d"; }));
  EXPECT_GE(world->count("SELECT COUNT(*) FROM retention_proofs WHERE is_kept = 0"), 1);
  EXPECT_THAT(metrics.text(),
              HasSubstr("milepost_retention_oldest_days{retention=\"shipment-180d\"} 182"));
  EXPECT_THAT(metrics.text(), Not(HasSubstr("milepost_retention_broken 0")));
  const auto told = [&] { return world->main->read_now(rights::broken_promises); };
  EXPECT_THAT(told(), ::testing::Contains("shipment-180d"));
  // Swept at last, the alarm ends with the next proof.
  sweep();
  EXPECT_THAT(rights::keep_proof(*world->main, world->clock.now(), &metrics), IsEmpty());
  EXPECT_THAT(metrics.text(), HasSubstr("milepost_retention_broken 0"));
  EXPECT_THAT(told(), IsEmpty());
}

// Two years, a parcel and a request every ten days, a sweep every day: never a row too old.
// clause-046.proof
TEST_P(RetentionOn, HoldsOverTwoYears) {
  if (GetParam() != Engine::Sqlite) GTEST_SKIP() << "the same code, 730 days long";
  for (int day = 0; day < 730; ++day) {
    if (day % 10 == 0) {
      world->add_parcel({"1Z" + std::to_string(day), "Ann", "ann@example.com", "", "", ""});
      world->open_case(world->request(rights::Kind::Access), rights::Desk::Tell::Nobody);
    }
    sweep();
    ASSERT_THAT(rights::keep_proof(*world->main, world->clock.now()), IsEmpty()) << "day " << day;
    world->clock.advance(24h);
  }
  EXPECT_LE(world->count("SELECT COUNT(*) FROM shipments"), 19);
  EXPECT_GT(world->count("SELECT COUNT(*) FROM retention_proofs"), 1000);
}

INSTANTIATE_TEST_SUITE_P(, RetentionOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

}  // namespace
