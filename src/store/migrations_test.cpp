#include "store/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/testing.h"

namespace {

using store::Migration, store::Rows, store::StoreError, store::Tx;
using store::testing::Engine;
using ::testing::HasSubstr;

constexpr base::Instant kNow = base::from_micros(1'767'225'600'000'000);

class MigrationsOn : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { MILEPOST_NEED_ENGINE(); }
  store::testing::FreshDatabase database_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(, MigrationsOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

std::vector<int> numbers(const std::vector<Migration>& migrations) {
  std::vector<int> result;
  for (const auto& m : migrations) result.push_back(m.number);
  return result;
}

constexpr Migration kFirst{1, "parcels", R"(
  -- A table; with a comment that has a semicolon; and a 'quote
  CREATE TABLE parcels (
    id INTEGER NOT NULL PRIMARY KEY,  -- an INTEGER here is a word of the comment
    name TEXT NOT NULL DEFAULT 'a; TEXT with -- everything',
    body BLOB
  ) STRICT;
  CREATE INDEX parcels_by_name ON parcels (name);
)"};
// The way a column's meaning is changed: a new table, the rows carried over, the old one dropped.
constexpr Migration kSecond{2, "weights", R"(
  ALTER TABLE parcels ADD COLUMN weight INTEGER;
  UPDATE parcels SET weight = id * 10;
  CREATE TABLE heavy (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT;
  INSERT INTO heavy (id, name) SELECT id, name FROM parcels WHERE weight > 15;
)"};
constexpr Migration kThird{3, "gone", "DROP TABLE heavy;"};

TEST_P(MigrationsOn, MakeTheWholeSchemaOnce) {
  for (const auto schema : {store::Schema::Main, store::Schema::Keys}) {
    store::testing::FreshDatabase fresh(GetParam());
    const auto all = store::known_migrations(schema);
    EXPECT_EQ(numbers(store::pending_migrations(*fresh, schema)), numbers(all));
    EXPECT_EQ(numbers(store::migrate(*fresh, schema, kNow)), numbers(all));
    EXPECT_TRUE(store::migrate(*fresh, schema, kNow).empty());
    EXPECT_TRUE(store::pending_migrations(*fresh, schema).empty());
  }
}

TEST_P(MigrationsOn, CarryAnOldDatabasesRowsForward) {
  store::migrate(*database_, {kFirst}, kNow);
  database_->write_now([](Tx& tx) {
    tx.execute("INSERT INTO parcels (id, body) VALUES (1, $1)", store::Blob{"one"});
    tx.execute("INSERT INTO parcels (id, name) VALUES (2, 'two')");
  });
  database_.close();  // a newer program opens it
  EXPECT_EQ(numbers(store::migrate(*database_, {kFirst, kSecond}, kNow)), std::vector{2});
  database_->read_now([](Tx& tx) {
    Rows rows = tx.query("SELECT name, body, weight FROM parcels ORDER BY id");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), "a; TEXT with -- everything");
    EXPECT_EQ(rows.blob(1), "one");
    EXPECT_EQ(rows.integer(2), 10);
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(2), 20);
    rows = tx.query("SELECT id, name FROM heavy");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(1), "two");
    EXPECT_FALSE(rows.next());
  });
  EXPECT_EQ(numbers(store::migrate(*database_, {kFirst, kSecond, kThird}, kNow)), std::vector{3});
}

TEST_P(MigrationsOn, RunWhatIsMissingEvenOutOfOrder) {
  store::migrate(*database_, {kFirst, Migration{5, "later", "CREATE TABLE a (x INTEGER) STRICT"}},
                 kNow);
  EXPECT_EQ(
      numbers(store::migrate(
          *database_, {kFirst, kSecond, Migration{5, "later", "CREATE TABLE a (x INTEGER) STRICT"}},
          kNow)),
      std::vector{2});
}

TEST_P(MigrationsOn, RefuseADatabaseThatIsNewer) {
  store::migrate(*database_, {kFirst, kSecond}, kNow);
  try {
    store::migrate(*database_, {kFirst}, kNow);
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("0002 (weights)"));
  }
  EXPECT_THROW(store::pending_migrations(*database_, {kFirst}), StoreError);
}

TEST_P(MigrationsOn, LeaveNothingBehindWhenTheyFail) {
  const Migration broken{
      2, "broken", "CREATE TABLE half (x INTEGER) STRICT; CREATE TABLE parcels (x INTEGER) STRICT"};
  try {
    store::migrate(*database_, {kFirst, broken}, kNow);
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("0002_broken"));
  }
  EXPECT_EQ(numbers(store::pending_migrations(*database_, {kFirst, kSecond})), std::vector{2});
  EXPECT_THROW(database_->read_now([](Tx& tx) { tx.query("SELECT x FROM half"); }), StoreError);
  EXPECT_EQ(numbers(store::migrate(*database_, {kFirst, kSecond}, kNow)), std::vector{2});
}

// Several processes start at once: here, several Databases over one file or server.
TEST_P(MigrationsOn, RunOnceHoweverManyStart) {
  *database_;
  std::atomic<int> ran = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto own = store::Database::open(database_.options());
      ran += static_cast<int>(store::migrate(*own, {kFirst, kSecond, kThird}, kNow).size());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ran, 3);
}

TEST_P(MigrationsOn, NoteWhenTheyRan) {
  store::migrate(*database_, {kFirst}, kNow);
  database_->read_now([](Tx& tx) {
    Rows rows = tx.query("SELECT number, name, applied_at FROM migrations");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), 1);
    EXPECT_EQ(rows.text(1), "parcels");
    EXPECT_EQ(rows.instant(2), kNow);
  });
}

TEST(Migrations, AreNumberedWithoutGapsOrTwins) {
  for (const auto schema : {store::Schema::Main, store::Schema::Keys}) {
    int expected = 0;
    for (const auto& migration : store::known_migrations(schema)) {
      EXPECT_EQ(migration.number, ++expected) << migration.name;
      EXPECT_FALSE(migration.sql.empty());
    }
  }
}

}  // namespace
