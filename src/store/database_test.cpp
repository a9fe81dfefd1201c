// What both engines promise. Each test runs on each.
#include "store/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <latch>
#include <set>

#include "store/testing.h"

namespace {

using store::Blob, store::Rows, store::StoreError, store::Tx, store::UniqueViolation;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::Not;

class DatabaseOn : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    const bool sqlite = GetParam() == Engine::Sqlite;
    database_->write_now([&](Tx& tx) {
      tx.execute(sqlite ? "CREATE TABLE parcels (id INTEGER NOT NULL PRIMARY KEY, name TEXT, "
                          "body BLOB, weight REAL) STRICT"
                        : "CREATE TABLE parcels (id BIGINT NOT NULL PRIMARY KEY, name TEXT "
                          "COLLATE \"C\", body BYTEA, weight DOUBLE PRECISION)");
    });
  }

  std::int64_t count() {
    return database_->read_now([](Tx& tx) {
      Rows rows = tx.query("SELECT count(*) FROM parcels");
      rows.next();
      return rows.integer(0);
    });
  }
  void insert(std::int64_t id) {
    database_->write_now([&](Tx& tx) { tx.execute("INSERT INTO parcels (id) VALUES ($1)", id); });
  }

  store::testing::FreshDatabase database_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(, DatabaseOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

TEST_P(DatabaseOn, GivesBackWhatItWasGiven) {
  const std::string bytes("\x00\x01\xff zero and more", 16);
  const struct {
    std::int64_t id;
    std::optional<std::string> name;
    std::optional<std::string> body;
    double weight;
  } cases[] = {
      {1, "Ærøskøbing 東京", bytes, 1.25},
      {2, "", "", 0},
      {3, std::nullopt, std::nullopt, -1e300},
      {std::numeric_limits<std::int64_t>::min(), "least", "x", 0.1},
      {std::numeric_limits<std::int64_t>::max(), std::string(100'000, 'n'),
       std::string(300'000, '\0'), 5e-324},
  };
  for (const auto& c : cases) {
    database_->write_now([&](Tx& tx) {
      std::optional<Blob> body;
      if (c.body) body = Blob{*c.body};
      tx.execute("INSERT INTO parcels (id, name, body, weight) VALUES ($1, $2, $3, $4)", c.id,
                 c.name, body, c.weight);
    });
    database_->read_now([&](Tx& tx) {
      Rows rows = tx.query("SELECT name, body, weight, id FROM parcels WHERE id = $1", c.id);
      ASSERT_TRUE(rows.next());
      EXPECT_EQ(rows.is_null(0), !c.name.has_value());
      EXPECT_EQ(rows.text(0), c.name.value_or(""));
      EXPECT_EQ(rows.is_null(1), !c.body.has_value());
      EXPECT_EQ(rows.blob(1), c.body.value_or(""));
      EXPECT_EQ(rows.real(2), c.weight);
      EXPECT_EQ(rows.integer(3), c.id);
      EXPECT_FALSE(rows.next());
      EXPECT_FALSE(rows.next());
    });
  }
}

TEST_P(DatabaseOn, BindsParametersByTheirNumber) {
  database_->write_now([](Tx& tx) {
    tx.execute("INSERT INTO parcels (name, id, weight) VALUES ($2, $1, $1)", 7, "seven");
    Rows rows = tx.query("SELECT name FROM parcels WHERE weight = $1 AND name = $2 AND id = $1", 7,
                         "seven");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), "seven");
  });
}

TEST_P(DatabaseOn, ConvertsBetweenNumbersAndText) {
  database_->write_now([](Tx& tx) {
    tx.execute("INSERT INTO parcels (id, name, weight) VALUES (1, '12', 2.5), (2, '30', 4.5)");
    Rows rows = tx.query(
        "SELECT id, sum(id), sum(weight), name FROM parcels GROUP BY id, name "
        "ORDER BY id");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), "1");
    EXPECT_EQ(rows.integer(1), 1);
    EXPECT_EQ(rows.real(2), 2.5);
    EXPECT_EQ(rows.integer(3), 12);
    rows = tx.query("SELECT sum(id * 1000000), -sum(id * 70000), sum(id * 0) FROM parcels");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), 3'000'000);
    EXPECT_EQ(rows.integer(1), -210'000);
    EXPECT_EQ(rows.real(1), -210'000);
    EXPECT_EQ(rows.integer(2), 0);
  });
}

TEST_P(DatabaseOn, ComparesTextByBytesAndLikeByCase) {
  database_->write_now([](Tx& tx) {
    tx.execute("INSERT INTO parcels (id, name) VALUES (1, 'b'), (2, 'B'), (3, 'a_c'), (4, 'abc')");
    Rows rows = tx.query("SELECT name FROM parcels ORDER BY name");
    std::string order;
    while (rows.next()) order += std::string(rows.text(0)) + " ";
    EXPECT_EQ(order, "B a_c abc b ");
    rows = tx.query("SELECT count(*) FROM parcels WHERE name LIKE $1 ESCAPE '!'", "B%");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), 1);
    rows = tx.query("SELECT count(*) FROM parcels WHERE name LIKE $1 ESCAPE '!'", "a!_%");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), 1);
  });
}

TEST_P(DatabaseOn, CountsTheRowsItChanged) {
  database_->write_now([](Tx& tx) {
    EXPECT_EQ(tx.execute("INSERT INTO parcels (id) VALUES (1), (2), (3)"), 3);
    EXPECT_EQ(tx.execute("UPDATE parcels SET name = $1 WHERE id > $2", "n", 1), 2);
    EXPECT_EQ(tx.execute("INSERT INTO parcels (id) VALUES (3) ON CONFLICT (id) DO NOTHING"), 0);
    EXPECT_EQ(
        tx.execute("INSERT INTO parcels (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE "
                   "SET name = excluded.name",
                   3, "m"),
        1);
    EXPECT_EQ(tx.execute("SELECT id FROM parcels"), 0);
    EXPECT_EQ(tx.execute("DELETE FROM parcels"), 3);
    EXPECT_EQ(tx.execute("DELETE FROM parcels"), 0);
  });
}

TEST_P(DatabaseOn, RunsAStatementWhoseRowsNobodyReads) {
  database_->write_now([](Tx& tx) {
    tx.query("INSERT INTO parcels (id) VALUES (1), (2) RETURNING id");
    Rows rows = tx.query("INSERT INTO parcels (id) VALUES (3), (4) RETURNING id");
    ASSERT_TRUE(rows.next());
  });
  EXPECT_EQ(count(), 4);
}

TEST_P(DatabaseOn, RunsTheSameStatementInsideItself) {
  database_->write_now([](Tx& tx) {
    tx.execute("INSERT INTO parcels (id) VALUES (1), (2), (3)");
    constexpr std::string_view kSql = "SELECT id FROM parcels WHERE id > $1 ORDER BY id";
    int pairs = 0;
    Rows outer = tx.query(kSql, 0);
    while (outer.next()) {
      Rows inner = tx.query(kSql, outer.integer(0));
      while (inner.next()) ++pairs;
    }
    EXPECT_EQ(pairs, 3);
  });
}

TEST_P(DatabaseOn, KeepsAQuerysParametersAfterTheCall) {
  database_->write_now([](Tx& tx) {
    tx.execute("INSERT INTO parcels (id, name) VALUES (1, 'x'), (2, 'y'), (3, 'x')");
    auto name = std::make_unique<std::string>("x");
    Rows rows = tx.query("SELECT id FROM parcels WHERE name = $1 ORDER BY id", *name);
    name->assign("y");
    name.reset();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), 1);
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), 3);
    EXPECT_FALSE(rows.next());
  });
}

TEST_P(DatabaseOn, EnqueuedStatementsHappenInOrder) {
  database_->write_now([](Tx& tx) {
    tx.enqueue("INSERT INTO parcels (id) VALUES ($1)", 1);
    tx.enqueue("UPDATE parcels SET name = $1", "first");
    Rows rows = tx.query("SELECT name FROM parcels");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), "first");
    tx.enqueue("INSERT INTO parcels (id) VALUES ($1)", 2);
  });
  EXPECT_EQ(count(), 2);
}

TEST_P(DatabaseOn, AnEnqueuedErrorReachesTheCaller) {
  insert(1);
  EXPECT_THROW(database_->write_now([](Tx& tx) {
    tx.execute("INSERT INTO parcels (id) VALUES (2)");
    tx.enqueue("INSERT INTO parcels (id) VALUES (1)");
  }),
               UniqueViolation);
  EXPECT_THROW(database_->write_now([](Tx& tx) {
    tx.enqueue("INSERT INTO parcels (id) VALUES (1)");
    tx.query("SELECT 1");
  }),
               UniqueViolation);
  EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseOn, RollsBackWhatThrows) {
  struct Refused {};
  EXPECT_THROW(database_->write_now([](Tx& tx) {
    tx.execute("INSERT INTO parcels (id) VALUES (1)");
    throw Refused();
  }),
               Refused);
  EXPECT_EQ(count(), 0);
  insert(1);
  EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseOn, AClosureCannotSwallowAFailedStatement) {
  insert(1);
  EXPECT_THROW(database_->write_now([](Tx& tx) {
    tx.execute("INSERT INTO parcels (id) VALUES (2)");
    try {
      tx.execute("INSERT INTO parcels (id) VALUES (1)");
    } catch (const UniqueViolation&) {
    }
    EXPECT_THROW(tx.execute("INSERT INTO parcels (id) VALUES (3)"), StoreError);
  }),
               UniqueViolation);
  EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseOn, ErrorsSayWhatButNeverAValue) {
  const struct {
    const char* sql;
    const char* says;
  } cases[] = {
      {"INSERT INTO parcels (id) VALUES ($1)", "parcels"},
      {"INSERT INTO parcls (id, name) VALUES (2, $1)", "parcls"},
      {"SELEC $1", "SELEC"},
  };
  database_->write_now(
      [](Tx& tx) { tx.execute("INSERT INTO parcels (id, name) VALUES (1, 'secret')"); });
  for (const auto& c : cases) {
    try {
      database_->write_now([&](Tx& tx) { tx.execute(c.sql, "secret"); });
      FAIL() << c.sql;
    } catch (const StoreError& error) {
      EXPECT_THAT(error.what(), HasSubstr(c.says));
      EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
    }
  }
}

TEST_P(DatabaseOn, RefusesTextThatNotBothEnginesCanStore) {
  const std::string_view refused[] = {{"a\0b", 3},
                                      {"\0", 1},
                                      {"long enough for eight at a time \0", 33},
                                      "broken \xff utf-8",
                                      "Gr\xfc\xdf Gott"};
  for (const auto text : refused) {
    EXPECT_THROW(database_->write_now([&](Tx& tx) {
      tx.execute("INSERT INTO parcels (id, name) VALUES (1, $1)", text);
    }),
                 StoreError);
  }
  EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseOn, RefusesAWrongNumberOfParametersAndSeveralStatements) {
  EXPECT_THROW(database_->read_now([](Tx& tx) { tx.query("SELECT $1 + $2", 1); }), StoreError);
  EXPECT_THROW(database_->read_now([](Tx& tx) { tx.query("SELECT $1 + 1", 1, 2); }), StoreError);
  EXPECT_THROW(database_->read_now([](Tx& tx) { tx.query("SELECT 1; SELECT 2"); }), StoreError);
}

TEST_P(DatabaseOn, ReadersCannotWrite) {
  const auto write = [](Tx& tx) { tx.execute("INSERT INTO parcels (id) VALUES (1)"); };
  EXPECT_THROW(database_->read_now(write), StoreError);
  EXPECT_EQ(count(), 0);
  insert(1);
}

TEST_P(DatabaseOn, ANullBeforeAndAfterAValueIsTheSameStatement) {
  database_->write_now([](Tx& tx) {
    constexpr std::string_view kSql = "INSERT INTO parcels (id, name, body) VALUES ($1, $2, $3)";
    const std::optional<std::string> none;
    tx.execute(kSql, 1, none, std::optional<Blob>());
    tx.execute(kSql, 2, "two", Blob{"2"});
    tx.execute(kSql, 3, none, std::optional<Blob>());
    constexpr std::string_view kFind =
        "SELECT count(*) FROM parcels WHERE ($1 IS NULL OR name = $1)";
    for (const auto& [wanted, found] :
         {std::pair(none, 3), std::pair(std::optional<std::string>("two"), 1),
          std::pair(none, 3)}) {
      Rows rows = tx.query(kFind, wanted);
      ASSERT_TRUE(rows.next());
      EXPECT_EQ(rows.integer(0), found);
    }
  });
}

TEST_P(DatabaseOn, ManyDifferentStatementsDoNotPileUp) {
  database_->write_now([](Tx& tx) {
    for (int i = 0; i < 700; ++i) {
      Rows rows = tx.query(fmt::format("SELECT id + {} FROM parcels", i));
      EXPECT_FALSE(rows.next());
    }
  });
}

TEST_P(DatabaseOn, AnswersAwaitersOnTheirOwnExecutor) {
  store::testing::Loop loop;
  const auto work = [&]() -> base::Task<bool> {
    const auto here = std::this_thread::get_id();
    auto write = [](Tx& tx) { return tx.execute("INSERT INTO parcels (id) VALUES (1)"); };
    bool same = co_await database_->write(write) == 1 && std::this_thread::get_id() == here;
    auto read = [](Tx& tx) { return tx.query("SELECT id FROM parcels").next(); };
    same = same && co_await database_->read(read) && std::this_thread::get_id() == here;
    co_return same;
  };
  EXPECT_TRUE(loop.run(work()));
}

TEST_P(DatabaseOn, AwaitersWithoutAnExecutorGoOnToo) {
  const auto work = [&]() -> base::Task<std::string> {
    auto write = [](Tx& tx) { tx.execute("INSERT INTO parcels (id, name) VALUES (1, 'one')"); };
    co_await database_->write(write);
    auto read = [](Tx& tx) {
      Rows rows = tx.query("SELECT name FROM parcels");
      rows.next();
      return std::string(rows.text(0));
    };
    co_return co_await database_->read(read);
  };
  EXPECT_EQ(base::sync_wait(work()), "one");
}

TEST_P(DatabaseOn, AwaitersHearTheirException) {
  insert(1);
  const auto work = [&]() -> base::Task<bool> {
    auto write = [](Tx& tx) { tx.execute("INSERT INTO parcels (id) VALUES (1)"); };
    try {
      co_await database_->write(write);
    } catch (const UniqueViolation&) {
      co_return true;
    }
    co_return false;
  };
  store::testing::Loop loop;
  EXPECT_TRUE(loop.run(work()));
}

// Starts `tasks` together on one loop and waits for all.
base::Task<> together(std::vector<base::Task<>> tasks) {
  struct Gate {
    std::size_t left;
    std::coroutine_handle<> waiting;
    bool await_ready() const { return left == 0; }
    void await_suspend(std::coroutine_handle<> h) { waiting = h; }
    void await_resume() const {}
  } gate{tasks.size(), nullptr};
  auto one = [](base::Task<> task, Gate& g) -> base::Task<> {
    co_await task;
    if (--g.left == 0 && g.waiting) g.waiting.resume();
  };
  for (auto& task : tasks) base::spawn(one(std::move(task), gate));
  co_await gate;
}

// Half of the closures throw, in any order and at any depth; each hears its own fate, and what the
// others wrote is there.
TEST_P(DatabaseOn, NeighboursDoNotSufferFromAClosureThatThrows) {
  constexpr int kJobs = 300;
  std::atomic<int> thrown = 0, written = 0;
  const auto one = [&](int i) -> base::Task<> {
    auto write = [i](Tx& tx) {
      if (i % 6 == 0) throw std::runtime_error("before writing");
      tx.execute("INSERT INTO parcels (id, name) VALUES ($1, $2)", i, "x");
      if (i % 6 == 1) throw std::runtime_error("after writing");
      tx.execute("INSERT INTO parcels (id, name) VALUES ($1, $2)", i % 6 == 2 ? i : -i - 1, "y");
      return i;
    };
    try {
      EXPECT_EQ(co_await database_->write(write), i);
      ++written;
    } catch (const UniqueViolation&) {
      EXPECT_EQ(i % 6, 2);
      ++thrown;
    } catch (const std::runtime_error&) {
      EXPECT_LT(i % 6, 2);
      ++thrown;
    }
  };
  const auto all = [&]() -> base::Task<> {
    std::vector<base::Task<>> tasks;
    for (int i = 0; i < kJobs; ++i) tasks.push_back(one(i));
    co_await together(std::move(tasks));
  };
  store::testing::Loop loop;
  loop.run(all());
  EXPECT_EQ(thrown, kJobs / 2);
  EXPECT_EQ(written, kJobs / 2);
  EXPECT_EQ(count(), kJobs);
}

TEST_P(DatabaseOn, AReadAfterAnAnsweredWriteSeesIt) {
  std::atomic<int> missed = 0;
  const auto one = [&](int id) -> base::Task<> {
    for (int round = 0; round < 20; ++round) {
      const std::int64_t key = id * 1000 + round;
      auto write = [&](Tx& tx) { tx.execute("INSERT INTO parcels (id) VALUES ($1)", key); };
      co_await database_->write(write);
      auto read = [&](Tx& tx) {
        return tx.query("SELECT id FROM parcels WHERE id = $1", key).next();
      };
      if (!co_await database_->read(read)) ++missed;
    }
  };
  const auto all = [&]() -> base::Task<> {
    std::vector<base::Task<>> tasks;
    for (int id = 0; id < 40; ++id) tasks.push_back(one(id));
    co_await together(std::move(tasks));
  };
  store::testing::Loop loop;
  loop.run(all());
  EXPECT_EQ(missed, 0);
  EXPECT_EQ(count(), 800);
}

TEST_P(DatabaseOn, AReadingClosureSeesOneMoment) {
  insert(1);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (std::int64_t id = 2; !stop; ++id) insert(id);
  });
  for (int i = 0; i < 50; ++i) {
    database_->read_now([](Tx& tx) {
      const auto seen = [&] {
        Rows rows = tx.query("SELECT count(*) FROM parcels");
        rows.next();
        return rows.integer(0);
      };
      const auto first = seen();
      for (int again = 0; again < 5; ++again) EXPECT_EQ(seen(), first);
    });
  }
  stop = true;
  writer.join();
}

TEST_P(DatabaseOn, RefusesWorkWhenTheQueueIsFull) {
  auto options = database_.options();
  options.queue = 2;
  options.writers = 1;
  const auto small = store::Database::open(options);
  std::latch entered(1), release(1);
  std::thread busy([&] {
    small->write_now([&](Tx&) {
      entered.count_down();
      release.wait();
    });
  });
  entered.wait();
  auto nothing = [](Tx&) {};
  const auto wait = [&]() -> base::Task<> { co_await small->write(nothing); };
  store::testing::Loop loop;
  std::atomic<int> refused = 0;
  const auto flood = [&]() -> base::Task<> {
    std::vector<base::Task<>> tasks;
    const auto one = [&]() -> base::Task<> {
      try {
        co_await wait();
      } catch (const StoreError& error) {
        EXPECT_THAT(error.what(), HasSubstr("overloaded"));
        if (++refused == 3) release.count_down();
      }
    };
    for (int i = 0; i < 5; ++i) tasks.push_back(one());
    co_await together(std::move(tasks));
  };
  loop.run(flood());
  busy.join();
  EXPECT_EQ(refused, 3);
}

TEST_P(DatabaseOn, FinishesWhatIsQueuedWhenItStops) {
  constexpr int kJobs = 100;
  int done = 0, refused = 0;
  const auto one = [&](int id) -> base::Task<> {
    auto write = [id](Tx& tx) { tx.execute("INSERT INTO parcels (id) VALUES ($1)", id); };
    try {
      co_await database_->write(write);
      ++done;
    } catch (const StoreError& error) {
      EXPECT_THAT(error.what(), HasSubstr("stopped"));
      ++refused;
    }
  };
  const auto all = [&]() -> base::Task<> {
    std::vector<base::Task<>> tasks;
    for (int id = 0; id < kJobs; ++id) tasks.push_back(one(id));
    co_await together(std::move(tasks));
  };
  store::testing::Loop loop;
  database_->read_now([](Tx&) {});
  std::thread stopper([&] { database_->stop(); });
  loop.run(all());
  stopper.join();
  EXPECT_EQ(done + refused, kJobs);
  EXPECT_THROW(database_->write_now([](Tx&) {}), StoreError);
  EXPECT_THROW(database_->read_now([](Tx&) {}), StoreError);
  database_.close();
  EXPECT_EQ(count(), done);
}

TEST_P(DatabaseOn, StopsTwice) {
  database_->stop();
  database_->stop();
}

TEST_P(DatabaseOn, WritesFromManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) insert(t * 100 + i);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count(), 400);
}

// Two closures add to one number side by side: none of the additions may be lost.
TEST_P(DatabaseOn, ConcurrentChangesOfOneRowAddUp) {
  database_->write_now(
      [](Tx& tx) { tx.execute("INSERT INTO parcels (id, weight) VALUES (1, 0)"); });
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 40; ++i) {
        database_->write_now(
            [](Tx& tx) { tx.execute("UPDATE parcels SET weight = weight + 1 WHERE id = $1", 1); });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const double sum = database_->read_now([](Tx& tx) {
    Rows rows = tx.query("SELECT weight FROM parcels");
    rows.next();
    return rows.real(0);
  });
  EXPECT_EQ(sum, 240);
}

TEST_P(DatabaseOn, ChecksItsLogBackIn) {
  insert(1);
  database_->checkpoint();
  insert(2);
  EXPECT_EQ(count(), 2);
}

TEST(Database, NamesAWrongUrlWithoutRepeatingIt) {
  store::Options options;
  options.url = "mysql://user:password@host/name";
  try {
    store::Database::open(options);
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("password")));
  }
}

}  // namespace
