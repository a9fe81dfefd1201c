#include "store/lease.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <set>

#include "store/child_for_test.h"
#include "store/migrations.h"
#include "store/testing.h"

namespace {

using namespace std::chrono_literals;
using store::Claim, store::Claimable, store::IdForm, store::Rows, store::Tx;
using store::testing::Engine;

constexpr base::Instant kNow = base::from_micros(1'767'225'600'000'000);
constexpr auto kLength = 60s;

// One table of each kind of id; "done" tells who finished what, and would show it twice.
constexpr store::Migration kTables{1, "work", R"(
  CREATE TABLE work (account_id INTEGER NOT NULL, work_id BLOB NOT NULL, due_at INTEGER,
                     lease_owner TEXT, lease_until INTEGER, PRIMARY KEY (account_id, work_id)) STRICT;
  CREATE INDEX work_due ON work (due_at);
  CREATE TABLE letters (account_id INTEGER NOT NULL, name TEXT NOT NULL, due_at INTEGER,
                        lease_owner TEXT, lease_until INTEGER, PRIMARY KEY (account_id, name)) STRICT;
  CREATE TABLE jobs (account_id INTEGER NOT NULL, job_id INTEGER NOT NULL, due_at INTEGER,
                     lease_owner TEXT, lease_until INTEGER, PRIMARY KEY (account_id, job_id)) STRICT;
  CREATE TABLE done (account_id INTEGER NOT NULL, work_id BLOB NOT NULL, owner TEXT NOT NULL) STRICT;
)"};
constexpr Claimable kWork{"work", "work_id"};

void add_work(store::Database& database, int rows) {
  database.write_now([&](Tx& tx) {
    for (int i = 0; i < rows; ++i) {
      tx.enqueue("INSERT INTO work (account_id, work_id, due_at) VALUES ($1, $2, $3)", i % 7,
                 store::Blob{fmt::format("w{:04}\xff", i)}, kNow - std::chrono::seconds(i));
    }
  });
}

std::vector<Claim> claim(store::Database& database, std::string_view owner, base::Instant now,
                         int most, const Claimable& what = kWork) {
  return database.write_now(
      [&](Tx& tx) { return store::claim_due(tx, what, owner, now, kLength, most); });
}

class LeaseOn : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    store::migrate(*database_, {kTables}, kNow);
  }
  bool finish(const Claim& claimed, std::string_view owner,
              std::optional<base::Instant> next_due = std::nullopt, const Claimable& what = kWork) {
    return database_->write_now(
        [&](Tx& tx) { return store::finish_claim(tx, what, claimed, owner, next_due); });
  }
  store::testing::FreshDatabase database_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(, LeaseOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

TEST_P(LeaseOn, ClaimsTheOldestDueRowsUpToALimit) {
  add_work(*database_, 10);  // the last one is due first
  const auto claims = claim(*database_, "a", kNow, 3);
  std::set<std::string> ids;
  for (const auto& c : claims) ids.insert(c.id);
  EXPECT_THAT(ids, testing::ElementsAre("w0007\xff", "w0008\xff", "w0009\xff"));
  EXPECT_EQ(claim(*database_, "b", kNow, 100).size(), 7u);
  EXPECT_TRUE(claim(*database_, "c", kNow, 100).empty());
}

TEST_P(LeaseOn, DoesNotClaimWhatIsNotDue) {
  add_work(*database_, 3);
  EXPECT_EQ(claim(*database_, "a", kNow - 1s, 100).size(), 2u);
  EXPECT_TRUE(claim(*database_, "a", kNow - 100s, 100).empty());
}

TEST_P(LeaseOn, FinishingEndsOrReschedules) {
  add_work(*database_, 2);
  const auto claims = claim(*database_, "a", kNow, 2);
  ASSERT_EQ(claims.size(), 2u);
  EXPECT_TRUE(finish(claims[0], "a"));
  EXPECT_TRUE(finish(claims[1], "a", kNow + 1h));
  EXPECT_FALSE(finish(claims[0], "a"));  // given up already
  EXPECT_TRUE(claim(*database_, "a", kNow + 59min, 10).empty());
  const auto again = claim(*database_, "b", kNow + 1h, 10);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].id, claims[1].id);
  EXPECT_EQ(again[0].account_id, claims[1].account_id);
}

TEST_P(LeaseOn, RunsOutAndThenBelongsToTheNext) {
  add_work(*database_, 1);
  const auto first = claim(*database_, "a", kNow, 1);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_TRUE(claim(*database_, "b", kNow + kLength - 1us, 1).empty());
  EXPECT_EQ(claim(*database_, "b", kNow + kLength, 1).size(), 1u);
  EXPECT_FALSE(finish(first[0], "a"));
  EXPECT_TRUE(finish(first[0], "b"));
}

TEST_P(LeaseOn, KnowsThreeFormsOfIds) {
  database_->write_now([](Tx& tx) {
    tx.execute("INSERT INTO letters (account_id, name, due_at) VALUES (1, 'alpha', 5)");
    tx.execute("INSERT INTO jobs (account_id, job_id, due_at) VALUES (1, 9007199254740993, 5)");
  });
  const Claimable letters{"letters", "name", IdForm::Text};
  const auto letter = claim(*database_, "a", kNow, 1, letters);
  ASSERT_EQ(letter.size(), 1u);
  EXPECT_EQ(letter[0].id, "alpha");
  EXPECT_TRUE(finish(letter[0], "a", std::nullopt, letters));
  const Claimable jobs{"jobs", "job_id", IdForm::Integer};
  const auto job = claim(*database_, "a", kNow, 1, jobs);
  ASSERT_EQ(job.size(), 1u);
  EXPECT_EQ(job[0].id, "9007199254740993");
  EXPECT_TRUE(finish(job[0], "a", std::nullopt, jobs));
}

TEST(Lease, OwnersAreUnlikeEachOther) {
  EXPECT_NE(store::new_lease_owner(), store::new_lease_owner());
  EXPECT_EQ(store::new_lease_owner().size(), 32u);
}

// Four processes, one PostgreSQL, the same rows. The victim stops with rows claimed and unfinished
// and is killed there.
constexpr int kRows = 5000;
constexpr int kVictimStopsAfter = 400;

TEST(Leases, OfFourProcessesLoseNothingAndDoNothingTwice) {
  if (!store::testing::is_available(Engine::Postgres)) {
    GTEST_SKIP() << "no PostgreSQL: run through tests/postgres/with_cluster to include it";
  }
  store::testing::FreshDatabase database(Engine::Postgres);
  store::migrate(*database, {kTables}, kNow);
  add_work(*database, kRows);

  store::testing::Child victim({"claim", database.url(), std::to_string(kVictimStopsAfter)});
  std::vector<std::unique_ptr<store::testing::Child>> others;
  for (int i = 0; i < 3; ++i) {
    others.push_back(std::make_unique<store::testing::Child>(
        std::vector<std::string>{"claim", database.url(), "0"}));
  }
  std::int64_t stopped = 0;
  ASSERT_TRUE(victim.read(stopped));
  victim.kill();
  EXPECT_EQ(victim.wait(), -1);
  std::int64_t finished = kVictimStopsAfter;
  for (const auto& other : others) {
    std::int64_t count = 0;
    ASSERT_TRUE(other->read(count));
    EXPECT_EQ(other->wait(), 0);
    EXPECT_GT(count, 0);
    finished += count;
  }
  // The dead process still holds what it had claimed, until its leases run out.
  EXPECT_LT(finished, kRows);
  EXPECT_TRUE(claim(*database, "heir", kNow, kRows).empty());
  const auto rest = claim(*database, "heir", kNow + kLength, kRows);
  EXPECT_EQ(finished + static_cast<std::int64_t>(rest.size()), kRows);
  database->write_now([&](Tx& tx) {
    for (const Claim& c : rest) {
      EXPECT_TRUE(store::finish_claim(tx, kWork, c, "heir", std::nullopt));
      tx.execute("INSERT INTO done (account_id, work_id, owner) VALUES ($1, $2, 'heir')",
                 c.account_id, store::Blob{c.id});
    }
  });
  database->read_now([](Tx& tx) {
    Rows rows =
        tx.query("SELECT count(*), count(DISTINCT work_id), count(DISTINCT owner) FROM done");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), kRows);
    EXPECT_EQ(rows.integer(1), kRows);
    EXPECT_EQ(rows.integer(2), 5);
  });
}

}  // namespace

namespace store::testing {

// arguments: the database's URL, and after how many rows to stop and wait for the end (0: never).
// Work and finishing are one transaction, as in the product.
int claim_and_finish(const std::vector<std::string>& arguments) {
  Options options;
  options.url = arguments.at(0);
  const int stop_after = std::stoi(arguments.at(1));
  const auto database = Database::open(options);
  const std::string owner = new_lease_owner();
  int finished = 0;
  for (;;) {
    const auto claims = claim(*database, owner, kNow, 50);
    if (claims.empty()) break;
    for (const Claim& c : claims) {
      const bool mine = database->write_now([&](Tx& tx) {
        if (!finish_claim(tx, kWork, c, owner, std::nullopt)) return false;
        tx.execute("INSERT INTO done (account_id, work_id, owner) VALUES ($1, $2, $3)",
                   c.account_id, Blob{c.id}, owner);
        return true;
      });
      finished += mine ? 1 : 0;
      if (stop_after > 0 && finished == stop_after) {
        claim(*database, owner, kNow, 50);
        report(finished);
        for (;;) ::pause();
      }
    }
  }
  report(finished);
  return 0;
}

}  // namespace store::testing
