#include "store/provision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/testing.h"

namespace {

using store::testing::Engine;

TEST(Provision, MakesTheDatabaseOnceAndItCanBeOpened) {
  if (!store::testing::is_available(Engine::Postgres)) GTEST_SKIP() << "no PostgreSQL";
  store::testing::FreshDatabase main(Engine::Postgres);
  const auto options = main.url().find('?');
  auto keys = main.url().substr(0, options) + "_keys";
  if (options != std::string::npos) keys += main.url().substr(options);
  EXPECT_TRUE(store::ensure_database(keys, main.url()));
  EXPECT_FALSE(store::ensure_database(keys, main.url()));
  store::Options open;
  open.url = keys;
  const auto database = store::Database::open(open);
  EXPECT_EQ(database->read_now([](store::Tx& tx) {
    auto rows = tx.query("SELECT 7");
    rows.next();
    return rows.integer(0);
  }),
            7);
}

TEST(Provision, SaysWhenThereIsNoServer) {
  const std::string nowhere = "postgres://nobody@127.0.0.1:1/none?connect_timeout=1";
  EXPECT_THROW(store::ensure_database(nowhere, nowhere), store::StoreError);
}

}  // namespace
