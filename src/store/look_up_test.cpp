#include "store/look_up.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>

#include "store/testing.h"

namespace store {
namespace {

using testing::Engine, testing::FreshDatabase;

class LookUpOn : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    database_->write_now([](Tx& tx) {
      tx.execute("CREATE TABLE parcels (number BIGINT NOT NULL PRIMARY KEY, place TEXT NOT NULL)");
      for (int i = 0; i < 500; ++i) {
        tx.execute("INSERT INTO parcels (number, place) VALUES ($1, $2)", i, std::string(200, 'p'));
      }
    });
  }

  base::Task<std::int64_t> size_of(std::int64_t number) {
    auto work = [&](Tx& tx) -> std::int64_t {
      auto rows = tx.query("SELECT place FROM parcels WHERE number = $1", number);
      return rows.next() ? static_cast<std::int64_t>(rows.text(0).size()) : -1;
    };
    co_return co_await look_up(*database_, work);
  }

  FreshDatabase database_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(On, LookUpOn, ::testing::ValuesIn(testing::kEngines),
                         testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(LookUpOn, FindsWhatIsThere) {
  testing::Loop loop;
  EXPECT_EQ(loop.run(size_of(7)), 200);
  EXPECT_EQ(loop.run(size_of(500)), -1);
}

TEST_P(LookUpOn, ResumesOnTheThreadThatAsked) {
  testing::Loop loop;
  const auto where = [&]() -> base::Task<bool> {
    const auto before = std::this_thread::get_id();
    co_await size_of(7);
    co_return before == std::this_thread::get_id();
  };
  EXPECT_TRUE(loop.run(where()));
}

TEST_P(LookUpOn, WorksOnAPlainThreadToo) { EXPECT_EQ(base::sync_wait(size_of(7)), 200); }

TEST_P(LookUpOn, SeesWhatWasCommittedBeforeItWasAsked) {
  testing::Loop loop;
  const auto walk = [&]() -> base::Task<int> {
    int seen = 0;
    for (int i = 0; i < 50; ++i) {
      auto add = [&](Tx& tx) {
        tx.execute("INSERT INTO parcels (number, place) VALUES ($1, 'here')", 1000 + i);
      };
      co_await database_->write(add);
      seen += co_await size_of(1000 + i) == 4 ? 1 : 0;
    }
    co_return seen;
  };
  EXPECT_EQ(loop.run(walk()), 50);
}

// One of a turn's look-ups that fails is that one's trouble.
TEST_P(LookUpOn, FailsAlone) {
  testing::Loop loop;
  std::atomic<int> right = 0, wrong = 0, left = 100;
  const auto good = [&](int i) -> base::Task<void> {
    right += co_await size_of(i) == 200 ? 1 : 0;
    --left;
  };
  const auto bad = [&]() -> base::Task<void> {
    auto work = [](Tx& tx) -> int {
      tx.query("SELECT nothing FROM nowhere");
      return 1;
    };
    try {
      co_await look_up(*database_, work);
    } catch (const StoreError&) {
      ++wrong;
    }
    --left;
  };
  const auto all = [&]() -> base::Task<void> {
    for (int i = 0; i < 100; ++i) base::spawn(i % 10 == 3 ? bad() : good(i));
    while (left > 0) co_await size_of(0);  // turns of the loop, until all have been answered
  };
  loop.run(all());
  EXPECT_EQ(right, 90);
  EXPECT_EQ(wrong, 10);
}

// Nothing that it reads is in memory: it is read all the same, elsewhere.
TEST_P(LookUpOn, IsAnsweredThoughThePagesLieOnDisk) {
  if (GetParam() == Engine::Postgres) GTEST_SKIP() << "PostgreSQL reads by itself";
  database_->checkpoint();
  const auto path = database_.folder() + "/milepost.db";
  testing::Loop loop;
  EXPECT_EQ(loop.run(size_of(1)), 200);
  ::sync();
  // In another process: a file that is closed drops this one's locks.
  const auto command = "dd if=" + path + " of=/dev/null iflag=nocache count=0 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  for (int i = 0; i < 500; i += 7) EXPECT_EQ(loop.run(size_of(i)), 200);
}

TEST_P(LookUpOn, IsRefusedWhenTheDatabaseHasBeenStopped) {
  testing::Loop loop;
  EXPECT_EQ(loop.run(size_of(7)), 200);
  database_->stop();
  EXPECT_THROW(loop.run(size_of(7)), StoreError);
}

}  // namespace
}  // namespace store
