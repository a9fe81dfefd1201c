#include "store/database.h"

#include <gtest/gtest.h>
TEST(Smoke, Opens) {
  store::Options o;
  o.url = "sqlite:/tmp/smoke_store.db";
  auto db = store::Database::open(o);
  db->write_now(
      [](store::Tx& tx) { tx.execute("CREATE TABLE IF NOT EXISTS t (a INTEGER, b TEXT) STRICT"); });
  auto n = db->write_now(
      [](store::Tx& tx) { return tx.execute("INSERT INTO t (b, a) VALUES ($2, $1)", 5, "x"); });
  EXPECT_EQ(n, 1);
  EXPECT_EQ(db->read_now([](store::Tx& tx) {
    auto r = tx.query("SELECT a FROM t WHERE b = $1", "x");
    r.next();
    return r.integer(0);
  }),
            5);
}
