// What only the server engine meets: other sessions, conflicts, and connections that break.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <latch>

#include "base/metrics.h"
#include "store/testing.h"

namespace {

using store::Rows, store::StoreError, store::Tx;
using ::testing::HasSubstr;

class Postgres : public testing::Test {
 protected:
  void SetUp() override {
    if (!store::testing::is_available(store::testing::Engine::Postgres)) {
      GTEST_SKIP() << "no PostgreSQL: run through tests/postgres/with_cluster to include it";
    }
    database_->write_now([](Tx& tx) {
      tx.execute("CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)");
      tx.execute("INSERT INTO notes (id, n) VALUES (1, 0), (2, 0)");
    });
  }
  std::int64_t number(std::int64_t id) {
    return database_->read_now([&](Tx& tx) {
      Rows rows = tx.query("SELECT n FROM notes WHERE id = $1", id);
      return rows.next() ? rows.integer(0) : -1;
    });
  }
  // Ends every session of this database but the one that asks.
  void end_other_sessions() {
    const auto other = store::Database::open(database_.options());
    other->read_now([](Tx& tx) {
      Rows rows = tx.query(
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
          "WHERE datname = current_database() AND pid <> pg_backend_pid()");
      while (rows.next()) EXPECT_EQ(rows.integer(0), 1);
    });
  }
  store::testing::FreshDatabase database_{store::testing::Engine::Postgres};
};

constexpr std::string_view kEndThisSession = "SELECT pg_terminate_backend(pg_backend_pid())";
constexpr std::string_view kCount = "UPDATE notes SET n = n + 1 WHERE id = 1";

TEST_F(Postgres, IdleConnectionsThatBrokeAreReplacedUnnoticed) {
  EXPECT_EQ(number(1), 0);
  end_other_sessions();
  for (int i = 0; i < 20; ++i) database_->write_now([](Tx& tx) { tx.execute(kCount); });
  EXPECT_EQ(number(1), 20);
  end_other_sessions();
  EXPECT_EQ(number(1), 20);
}

TEST_F(Postgres, ATransactionThatBrokeBeforeItsCommitRunsAgain) {
  int runs = 0;
  database_->write_now([&](Tx& tx) {
    tx.execute(kCount);
    if (++runs == 1) tx.query(kEndThisSession);
  });
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(number(1), 1);
}

// COMMIT leaves together with the statement that ends the session: whether it happened cannot be
// told from here.
TEST_F(Postgres, ACommitInDoubtIsReportedAndNeverRepeated) {
  int runs = 0;
  try {
    database_->write_now([&](Tx& tx) {
      ++runs;
      tx.execute(kCount);
      tx.enqueue(kEndThisSession);
    });
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("nobody knows"));
  }
  EXPECT_EQ(runs, 1);
  database_->write_now([](Tx& tx) { tx.execute(kCount); });
  EXPECT_EQ(number(1), 1);
}

TEST_F(Postgres, AClosuresOwnExceptionIsNotRetried) {
  int runs = 0;
  EXPECT_THROW(database_->write_now([&](Tx& tx) {
    tx.execute(kCount);
    ++runs;
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_EQ(runs, 1);
}

// Two databases, as in two processes: closures of one may share a transaction and must not wait for
// each other.
TEST_F(Postgres, DeadlocksAreRetriedUntilBothAreThrough) {
  std::latch both(2);
  std::vector<std::thread> threads;
  for (const int first : {1, 2}) {
    threads.emplace_back([&, first] {
      const auto own = store::Database::open(database_.options());
      bool met = false;
      own->write_now([&](Tx& tx) {
        tx.execute("UPDATE notes SET n = n + 1 WHERE id = $1", first);
        if (!std::exchange(met, true)) both.arrive_and_wait();
        tx.execute("UPDATE notes SET n = n + 1 WHERE id = $1", 3 - first);
      });
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(number(1), 2);
  EXPECT_EQ(number(2), 2);
}

// What arrives while the only writer is busy shares the next commit and one wake-up. When one of
// them throws, each runs alone and hears its own fate.
TEST_F(Postgres, CommitsInGroupsWhatWaits) {
  constexpr int kJobs = 20;
  for (const bool one_throws : {false, true}) {
    base::Metrics metrics;
    auto options = database_.options();
    options.metrics = &metrics;
    options.writers = 1;
    const auto database = store::Database::open(options);
    std::latch entered(1), release(1), done(1);
    std::thread busy([&] {
      database->write_now([&](Tx&) {
        entered.count_down();
        release.wait();
      });
    });
    entered.wait();
    int left = kJobs, thrown = 0;
    const auto one = [&](int i) -> base::Task<> {
      auto write = [&, i](Tx& tx) {
        tx.execute(kCount);
        if (one_throws && i == kJobs / 2) throw std::runtime_error("no");
      };
      try {
        co_await database->write(write);
      } catch (const std::runtime_error&) {
        ++thrown;
      }
      if (--left == 0) done.count_down();
    };
    store::testing::Loop loop;
    const auto all = [&]() -> base::Task<> {
      for (int i = 0; i < kJobs; ++i) base::spawn(one(i));
      co_return;
    };
    loop.run(all());
    release.count_down();
    done.wait();
    busy.join();
    EXPECT_EQ(thrown, one_throws ? 1 : 0);
    EXPECT_EQ(number(1), one_throws ? 2 * kJobs - 1 : kJobs);
    const std::string commits =
        fmt::format("milepost_store_group_size_count {}\n", one_throws ? 1 + kJobs - 1 : 2);
    EXPECT_THAT(metrics.text(), HasSubstr(commits));
  }
}

// A counter that everybody changes: its lock lasts as long as a commit, which a group shares.
TEST_F(Postgres, ManyAddToOneRow) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 12; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) database_->write_now([](Tx& tx) { tx.execute(kCount); });
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(number(1), 300);
}

TEST_F(Postgres, AConflictThatNeverEndsIsReportedAfterAWhile) {
  int runs = 0;
  EXPECT_THROW(database_->write_now([&](Tx& tx) {
    ++runs;
    tx.execute("DO 'BEGIN RAISE EXCEPTION ''always'' USING ERRCODE = ''40001''; END'");
  }),
               StoreError);
  EXPECT_EQ(runs, 10);
}

TEST_F(Postgres, SurvivesATableThatChangesUnderItsStatements) {
  const auto columns = [&] {
    return database_->read_now([](Tx& tx) {
      Rows rows = tx.query("SELECT * FROM notes WHERE id = 1");
      return rows.next() ? rows.text(1) == "0" : false;
    });
  };
  EXPECT_TRUE(columns());
  const auto other = store::Database::open(database_.options());
  other->write_now([](Tx& tx) { tx.execute("ALTER TABLE notes ADD COLUMN extra BIGINT"); });
  EXPECT_TRUE(columns());
}

TEST_F(Postgres, GoesOnAfterTheServerCrashed) {
  const char* control = std::getenv("MILEPOST_TEST_POSTGRES_CONTROL");
  if (!control) GTEST_SKIP() << "the server is not ours to stop";
  database_->write_now([](Tx& tx) { tx.execute(kCount); });
  ASSERT_EQ(std::system((std::string(control) + " crash").c_str()), 0);
  ASSERT_EQ(std::system((std::string(control) + " start").c_str()), 0);
  database_->write_now([](Tx& tx) { tx.execute(kCount); });
  EXPECT_EQ(number(1), 2);
}

TEST_F(Postgres, WaitsABitForAServerThatIsStarting) {
  const char* control = std::getenv("MILEPOST_TEST_POSTGRES_CONTROL");
  if (!control) GTEST_SKIP() << "the server is not ours to stop";
  database_->write_now([](Tx& tx) { tx.execute(kCount); });
  ASSERT_EQ(std::system((std::string(control) + " crash").c_str()), 0);
  std::thread starter(
      [&] { EXPECT_EQ(std::system((std::string(control) + " start").c_str()), 0); });
  int errors = 0;
  for (bool done = false; !done;) {
    try {
      database_->write_now([](Tx& tx) { tx.execute(kCount); });
      done = true;
    } catch (const StoreError&) {  // its recovery took longer than our patience
      ++errors;
      std::this_thread::yield();
    }
  }
  starter.join();
  EXPECT_EQ(number(1), 2);
  RecordProperty("refused_meanwhile", errors);
}

TEST_F(Postgres, FailsSoonWhileTheServerIsAway) {
  const char* control = std::getenv("MILEPOST_TEST_POSTGRES_CONTROL");
  if (!control) GTEST_SKIP() << "the server is not ours to stop";
  auto options = database_.options();
  options.writers = 1;
  const auto database = store::Database::open(options);
  ASSERT_EQ(std::system((std::string(control) + " crash").c_str()), 0);
  const auto write = [&] { database->write_now([](Tx& tx) { tx.execute(kCount); }); };
  EXPECT_THROW(write(), StoreError);  // after its patience
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) EXPECT_THROW(write(), StoreError);  // at once
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
  ASSERT_EQ(std::system((std::string(control) + " start").c_str()), 0);
  for (bool back = false; !back;) {
    try {
      write();
      back = true;
    } catch (const StoreError&) {
      std::this_thread::yield();
    }
  }
  write();
  EXPECT_GE(number(1), 2);
}

TEST(PostgresUrl, ThatLeadsNowhereIsASentence) {
  store::Options options;
  options.url = "postgres://milepost:hunter2@127.0.0.1:1/none?connect_timeout=2";
  try {
    store::Database::open(options);
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("PostgreSQL cannot be reached"));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("hunter2")));
  }
}

}  // namespace
