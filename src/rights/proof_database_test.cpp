#include "rights/proof_database.h"

#include "rights/testing.h"

namespace {

using rights::testing::kShop, rights::testing::World;
using store::testing::Engine;

std::int64_t found_in_rows(World& world, const std::vector<std::string>& values) {
  const auto surfaces = rights::search_postgres(*world.main, "database", values);
  EXPECT_GE(surfaces.size(), 2U);
  EXPECT_EQ(surfaces[0].name, "database, every row");
  EXPECT_GT(surfaces[0].bytes, 0);
  return surfaces[0].found;
}

TEST(ProofInPostgres, FindsAValueInAnyRowAndNothingOnceItIsGone) {
  if (!store::testing::is_available(Engine::Postgres))
    GTEST_SKIP() << "no PostgreSQL: run through tests/postgres/with_cluster to include it";
  World world(Engine::Postgres);
  const auto id =
      world.add_parcel({"1ZPROOF77", "Annabel Leeward", "ann@example.com", "", "", "Red shoes"});
  EXPECT_EQ(found_in_rows(world, {"Annabel Leeward", "Red shoes"}), 0) << "sealed";
  EXPECT_GT(found_in_rows(world, {"1zproof77"}), 0) << "a reference stands in the clear";
  world.main->write_now([&](store::Tx& tx) {
    return tx.execute("DELETE FROM shipments WHERE account_id = $1 AND id = $2", kShop,
                      store::Blob{id.bytes()});
  });
  EXPECT_EQ(found_in_rows(world, {"1zproof77"}), 0);
  // What could not be seen is said, and never counted as searched.
  for (const auto& surface : rights::search_postgres(*world.main, "database", {"1zproof77"}))
    EXPECT_TRUE(surface.bytes > 0 || surface.note.find("NOT searched") != std::string::npos ||
                surface.note == "not there")
        << surface.name << ": " << surface.note;
}

}  // namespace
