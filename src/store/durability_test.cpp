// What was answered survives a kill -9, and nothing is ever there by halves.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "store/child_for_test.h"
#include "store/database.h"
#include "store/migrations.h"
#include "store/testing.h"

namespace {

using store::Rows, store::Tx;
using store::testing::Engine;

constexpr base::Instant kNow = base::from_micros(1'767'225'600'000'000);
constexpr int kParts = 3;    // rows of one transaction
constexpr int kAtOnce = 24;  // transactions under way

constexpr store::Migration kTables{1, "letters", R"(
  CREATE TABLE letters (letter INTEGER NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL,
                        PRIMARY KEY (letter, part)) STRICT;
)"};

// 6 in a normal test run; tests/kill9.sh sets 200.
int rounds() {
  const char* wanted = std::getenv("MILEPOST_KILL_ROUNDS");
  return wanted ? std::atoi(wanted) : 6;
}

void control_server(const std::string& verb) {
  const char* control = std::getenv("MILEPOST_TEST_POSTGRES_CONTROL");
  ASSERT_EQ(std::system((std::string(control ? control : "false") + " " + verb).c_str()), 0);
}

class DurabilityOn : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { MILEPOST_NEED_ENGINE(); }

  // Everything in `answered` is there, with all its parts; what was not answered is there entirely
  // or not at all.
  void check(const std::vector<std::int64_t>& answered, int round) {
    database_->read_now([&](Tx& tx) {
      Rows broken =
          tx.query("SELECT letter FROM letters GROUP BY letter HAVING count(*) <> $1", kParts);
      EXPECT_FALSE(broken.next()) << "round " << round << ": a letter by halves";
      for (const std::int64_t letter : answered) {
        Rows rows = tx.query("SELECT count(*) FROM letters WHERE letter = $1", letter);
        ASSERT_TRUE(rows.next());
        EXPECT_EQ(rows.integer(0), kParts) << "round " << round << ": letter " << letter;
      }
      if (GetParam() == Engine::Sqlite) {
        Rows health = tx.query("PRAGMA integrity_check");
        ASSERT_TRUE(health.next());
        EXPECT_EQ(health.text(0), "ok") << "round " << round;
      }
    });
  }

  store::testing::FreshDatabase database_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(, DurabilityOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

TEST_P(DurabilityOn, AnsweredWritesSurviveKill9) {
  store::migrate(*database_, {kTables}, kNow);
  std::minstd_rand random(std::random_device{}());
  const bool can_crash_server =
      GetParam() == Engine::Postgres && std::getenv("MILEPOST_TEST_POSTGRES_CONTROL") != nullptr;
  std::size_t total = 0;
  for (int round = 0; round < rounds(); ++round) {
    database_.close();
    // Every third round the server falls first, as in a power cut, and the child goes on against
    // nothing.
    const bool crash_server = can_crash_server && round % 3 == 2;
    std::vector<std::int64_t> answered;
    {
      store::testing::Child child({"write", database_.url(), std::to_string(round * 1'000'000)});
      const auto enough = std::uniform_int_distribution<std::size_t>(1, 1500)(random);
      std::int64_t letter = 0;
      while (answered.size() < enough && child.read(letter)) answered.push_back(letter);
      EXPECT_EQ(answered.size(), enough) << "the child ended by itself";
      if (crash_server) control_server("crash");
      child.kill();
      while (child.read(letter)) answered.push_back(letter);
    }
    if (crash_server) control_server("start");
    total += answered.size();
    check(answered, round);
    if (HasFailure()) return;
  }
  RecordProperty("answered_and_found", static_cast<int>(total));
}

}  // namespace

namespace store::testing {

// arguments: the database's URL and the first letter's number. Writes until it is killed, and
// reports each letter after its write has been answered.
int write_and_report(const std::vector<std::string>& arguments) {
  Options options;
  options.url = arguments.at(0);
  const auto database = Database::open(options);
  std::int64_t next = std::stoll(arguments.at(1));
  const auto writer = [&]() -> base::Task<> {
    for (;;) {
      const std::int64_t letter = next++;
      auto work = [&](Tx& tx) {
        for (int part = 0; part < kParts; ++part) {
          tx.enqueue("INSERT INTO letters (letter, part, text) VALUES ($1, $2, $3)", letter, part,
                     std::string(static_cast<std::size_t>(50 + letter % 500), 'x'));
        }
      };
      try {
        co_await database->write(work);
        report(letter);
      } catch (const StoreError&) {  // the server is gone: unanswered
      }
    }
  };
  Loop loop;
  const auto all = [&]() -> base::Task<> {
    for (int i = 1; i < kAtOnce; ++i) base::spawn(writer());
    co_await writer();
  };
  loop.run(all());
  return 0;
}

}  // namespace store::testing
