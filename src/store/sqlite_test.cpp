// What only the embedded engine has: a file, its log, its locks, its group commit.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <latch>
#include <sstream>

#include "base/metrics.h"
#include "store/testing.h"

namespace {

namespace fs = std::filesystem;
using store::Rows, store::StoreError, store::Tx;
using ::testing::HasSubstr;

class Sqlite : public testing::Test {
 protected:
  void SetUp() override {
    database_->write_now([](Tx& tx) {
      tx.execute("CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, text TEXT) STRICT");
    });
  }
  fs::path file(const char* suffix = "") const {
    return fs::path(database_.folder()) / (std::string("milepost.db") + suffix);
  }
  void insert(store::Database& database, std::int64_t id, std::size_t size) {
    database.write_now([&](Tx& tx) {
      tx.execute("INSERT INTO notes (id, text) VALUES ($1, $2)", id, std::string(size, 'n'));
    });
  }
  std::int64_t count() {
    return database_->read_now([](Tx& tx) {
      Rows rows = tx.query("SELECT count(*) FROM notes");
      rows.next();
      return rows.integer(0);
    });
  }
  store::testing::FreshDatabase database_{store::testing::Engine::Sqlite};
};

TEST_F(Sqlite, KeepsItsFilesToItsOwner) {
  insert(*database_, 1, 10);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status;
    ASSERT_EQ(::stat(file(suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << suffix;
  }
}

// Another process that finds no lock takes itself for the last user, and removes the log when it
// goes.
TEST_F(Sqlite, KeepsItsLocksHoweverManyConnectionsComeLater) {
  insert(*database_, 1, 10);
  std::latch all_inside(8);
  std::vector<std::thread> readers;
  for (int i = 0; i < 8; ++i) {
    readers.emplace_back([&] { database_->read_now([&](Tx&) { all_inside.arrive_and_wait(); }); });
  }
  for (auto& reader : readers) reader.join();
  const std::string path = file();
  const pid_t child = ::fork();
  if (child == 0) {  // only calls that are safe after a fork of a program with threads
    const int db = ::open(path.c_str(), O_RDWR);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 0x40000002;  // SQLite's SHARED range, which each connection in WAL mode holds
    lock.l_len = 510;
    const bool is_asked = ::fcntl(db, F_GETLK, &lock) == 0;
    ::_exit(is_asked && lock.l_type != F_UNLCK ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(Sqlite, HasTheSettingsThatItPromises) {
  const auto setting = [](Tx& tx, const char* name) {
    Rows rows = tx.query(std::string("PRAGMA ") + name);
    rows.next();
    return std::string(rows.text(0));
  };
  database_->write_now([&](Tx& tx) {
    EXPECT_EQ(setting(tx, "journal_mode"), "wal");
    EXPECT_EQ(setting(tx, "synchronous"), "2");  // FULL
    EXPECT_EQ(setting(tx, "foreign_keys"), "1");
    EXPECT_EQ(setting(tx, "secure_delete"), "1");
    EXPECT_EQ(setting(tx, "trusted_schema"), "0");
  });
}

TEST_F(Sqlite, EmptiesItsLog) {
  for (int i = 0; i < 50; ++i) insert(*database_, i, 5000);
  EXPECT_GT(fs::file_size(file("-wal")), 0u);
  database_->checkpoint();
  EXPECT_EQ(fs::file_size(file("-wal")), 0u);
  EXPECT_EQ(count(), 50);
}

// Two cannot bring the log into the file at once, and SQLite does not let the second one wait.
TEST_F(Sqlite, EmptiesItsLogAlsoWhileTheCheckpointerIsAtIt) {
  for (int round = 0; round < 20; ++round) {
    database_->write_now([&](Tx& tx) {
      for (int i = 0; i < 200; ++i)
        tx.execute("INSERT INTO notes (id, text) VALUES ($1, $2)", round * 1000 + i,
                   std::string(100'000, 'x'));
    });
    ASSERT_NO_THROW(database_->checkpoint()) << round;
    EXPECT_EQ(fs::file_size(file("-wal")), 0u);
  }
}

TEST_F(Sqlite, KeepsItsLogShortBesideBusyReadersAndWriters) {
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    while (!stop) count();
  });
  // Many times the checkpoint's threshold of 16 MiB.
  std::uintmax_t longest = 0;
  for (int i = 0; i < 1200; ++i) {
    insert(*database_, i, 100'000);
    longest = std::max(longest, fs::file_size(file("-wal")));
  }
  stop = true;
  reader.join();
  EXPECT_LT(longest, 80u << 20);
  RecordProperty("longest", std::to_string(longest));
}

TEST_F(Sqlite, LeavesNoTraceOfWhatWasErased) {
  const std::string secret = "Sophie-Kowalewski-was-here";
  database_->write_now(
      [&](Tx& tx) { tx.execute("INSERT INTO notes (id, text) VALUES (1, $1)", secret); });
  database_->checkpoint();
  database_->write_now([&](Tx& tx) { tx.execute("DELETE FROM notes WHERE id = 1"); });
  database_->checkpoint();
  for (const char* suffix : {"", "-wal"}) {
    std::ostringstream bytes;
    bytes << std::ifstream(file(suffix), std::ios::binary).rdbuf();
    EXPECT_EQ(bytes.str().find(secret), std::string::npos) << suffix;
  }
}

TEST_F(Sqlite, LeavesOneFileWhenItCloses) {
  insert(*database_, 1, 10);
  database_.close();
  EXPECT_FALSE(fs::exists(file("-wal")));
  EXPECT_EQ(count(), 1);
}

TEST_F(Sqlite, SaysWhenAnotherProcessHoldsTheFile) {
  auto options = database_.options();
  options.busy_timeout = std::chrono::milliseconds(20);
  const auto hasty = store::Database::open(options);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(file().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  try {
    insert(*hasty, 1, 10);
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("locked by another process"));
  }
  sqlite3_close(other);
  insert(*hasty, 1, 10);
  EXPECT_EQ(count(), 1);
}

TEST_F(Sqlite, AFullDiskFailsThoseItConcernsAndNobodyElse) {
  insert(*database_, 1, 10);
  const auto limit = [](store::Database& database, int pages) {
    database.write_now(
        [&](Tx& tx) { tx.query("PRAGMA max_page_count = " + std::to_string(pages)); });
  };
  limit(*database_, 20);
  try {
    insert(*database_, 2, 1'000'000);
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_STREQ(error.what(), "the disk is full");
  }
  insert(*database_, 3, 10);
  limit(*database_, 1'000'000);
  insert(*database_, 4, 1'000'000);
  EXPECT_EQ(count(), 3);
}

// The log cannot grow: every write fails with an I/O error, none is answered as if it had happened,
// and when there is room again the same Database goes on.
TEST_F(Sqlite, SurvivesADiskThatRefusesToWrite) {
  insert(*database_, 1, 10);
  database_->checkpoint();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit tight = before;
  tight.rlim_cur = 60'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  EXPECT_THROW(insert(*database_, 2, 500'000), StoreError);
  EXPECT_THROW(insert(*database_, 3, 500'000), StoreError);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);
  insert(*database_, 4, 500'000);
  database_.close();
  EXPECT_EQ(count(), 2);
}

// What arrives while the writer is busy is committed together and answered with one wake-up.
TEST_F(Sqlite, CommitsInGroups) {
  constexpr int kJobs = 100;
  base::Metrics metrics;
  auto options = database_.options();
  options.metrics = &metrics;
  const auto database = store::Database::open(options);
  std::latch entered(1), release(1);
  std::thread busy([&] {
    database->write_now([&](Tx&) {
      entered.count_down();
      release.wait();
    });
  });
  entered.wait();
  int left = kJobs;
  std::latch done(1);
  const auto one = [&](int id) -> base::Task<> {
    auto write = [id](Tx& tx) { tx.execute("INSERT INTO notes (id) VALUES ($1)", id); };
    co_await database->write(write);
    if (--left == 0) done.count_down();
  };
  store::testing::Loop loop;
  const auto all = [&]() -> base::Task<> {
    for (int id = 0; id < kJobs; ++id) base::spawn(one(id));
    co_return;
  };
  loop.run(all());
  const int posts = loop.posts();
  release.count_down();
  done.wait();
  busy.join();
  EXPECT_EQ(loop.posts(), posts + 1);
  EXPECT_THAT(metrics.text(), HasSubstr("milepost_store_group_size_count 2\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("milepost_store_writes_total 101\n"));
}

TEST_F(Sqlite, NeedsAFileThatCanBeMade) {
  store::Options options;
  for (const char* url : {"sqlite:", "sqlite::memory:", "sqlite:/nowhere/at/all.db"}) {
    options.url = url;
    EXPECT_THROW(store::Database::open(options), StoreError) << url;
  }
  options.url = "sqlite:" + file().string() + "x";
  std::ofstream(file().string() + "x")
      << "this is a letter, not a database, and long enough at that";
  EXPECT_THROW(store::Database::open(options), StoreError);
}

}  // namespace
