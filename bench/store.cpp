// bench_store [SECONDS]
//
// What the store's own layer costs: closures from many coroutines on one thread, against a bare
// loop over the SQLite API that does the same in one transaction of the same size. One JSON object
// a line. With MILEPOST_TEST_POSTGRES set (tests/postgres/with_cluster) the server engine as well.
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <latch>
#include <limits>
#include <string>
#include <vector>

#include "store/testing.h"

namespace {

using std::chrono::steady_clock;
using store::Rows, store::Tx;
using store::testing::Engine, store::testing::FreshDatabase, store::testing::Loop;

constexpr const char* kSchema =
    "CREATE TABLE parcels (id INTEGER NOT NULL PRIMARY KEY, number TEXT NOT NULL, body BLOB NOT "
    "NULL) STRICT";
constexpr const char* kInsert = "INSERT INTO parcels (id, number, body) VALUES ($1, $2, $3)";
constexpr const char* kSelect = "SELECT number, body FROM parcels WHERE id = $1";
constexpr int kRows = 20'000;

double seconds = 2;

std::string number(std::int64_t id) { return "RR" + std::to_string(100'000'000 + id) + "GB"; }
const std::string kBody(200, 'b');

void print(const char* figure, double value, const char* unit, double bar, bool at_least = true) {
  const bool holds = std::isnan(bar) || (at_least ? value >= bar : value <= bar);
  std::printf("{\"figure\":\"%s\",\"value\":%.4g,\"unit\":\"%s\",", figure, value, unit);
  std::isnan(bar) ? std::printf("\"bar\":null") : std::printf("\"bar\":%.4g", bar);
  std::printf(",\"holds\":%s}\n", std::isnan(bar) ? "null" : holds ? "true" : "false");
  std::fflush(stdout);
}
constexpr double kNoBar = std::numeric_limits<double>::quiet_NaN();

double since(steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

// --- The bare loop.

class Bare {
 public:
  explicit Bare(const std::string& path) {
    sqlite3_open_v2(path.c_str(), &db_,
                    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16384;"
        "PRAGMA secure_delete=ON; PRAGMA mmap_size=268435456; PRAGMA wal_autocheckpoint=4000");
    run(kSchema);
    insert_ = prepare(kInsert);
    select_ = prepare(kSelect);
  }
  ~Bare() {
    sqlite3_finalize(insert_);
    sqlite3_finalize(select_);
    sqlite3_close(db_);
  }
  void insert_group(std::int64_t first, int rows) {
    run("BEGIN IMMEDIATE");
    for (std::int64_t id = first; id < first + rows; ++id) {
      const std::string text = number(id);
      sqlite3_bind_int64(insert_, 1, id);
      sqlite3_bind_text(insert_, 2, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
      sqlite3_bind_blob(insert_, 3, kBody.data(), static_cast<int>(kBody.size()), SQLITE_STATIC);
      if (sqlite3_step(insert_) != SQLITE_DONE) std::abort();
      sqlite3_reset(insert_);
    }
    run("COMMIT");
  }
  std::size_t select(std::int64_t id) {
    sqlite3_bind_int64(select_, 1, id);
    std::size_t size = 0;
    if (sqlite3_step(select_) == SQLITE_ROW) {
      size = static_cast<std::size_t>(sqlite3_column_bytes(select_, 0) +
                                      sqlite3_column_bytes(select_, 1));
    }
    sqlite3_reset(select_);
    return size;
  }

 private:
  void run(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) std::abort();
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    return statement;
  }
  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
};

double bare_writes(int group) {
  FreshDatabase place(Engine::Sqlite);
  Bare bare(place.folder() + "/bare.db");
  const auto start = steady_clock::now();
  std::int64_t id = 0;
  for (; since(start) < seconds; id += group) bare.insert_group(id, group);
  return static_cast<double>(id) / since(start);
}

double bare_reads() {
  FreshDatabase place(Engine::Sqlite);
  Bare bare(place.folder() + "/bare.db");
  bare.insert_group(0, kRows);
  const auto start = steady_clock::now();
  std::int64_t done = 0;
  for (; since(start) < seconds; ++done) {
    if (bare.select(done * 7919 % kRows) == 0) std::abort();
  }
  return static_cast<double>(done) / since(start);
}

// --- The same through Database.

struct Outcome {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

// `at_once` coroutines on one loop, each running `one` over and over.
template <class One>
Outcome run_coroutines(int at_once, One one) {
  Loop loop;
  std::vector<double> took;
  int left = at_once;
  std::latch done(1);
  const auto start = steady_clock::now();
  const auto worker = [&]() -> base::Task<> {
    while (since(start) < seconds) {
      const auto begin = steady_clock::now();
      co_await one();
      took.push_back(since(begin));
    }
    if (--left == 0) done.count_down();
  };
  const auto all = [&]() -> base::Task<> {
    for (int i = 0; i < at_once; ++i) base::spawn(worker());
    co_return;
  };
  loop.run(all());
  done.wait();
  const double elapsed = since(start);
  std::ranges::sort(took);
  const auto at = [&](double part) {
    return took[static_cast<std::size_t>(part * static_cast<double>(took.size() - 1))] * 1000;
  };
  return {static_cast<double>(took.size()) / elapsed, at(.5), at(.99)};
}

void make_table(FreshDatabase& database, Engine engine) {
  database->write_now([&](Tx& tx) {
    tx.execute(engine == Engine::Sqlite
                   ? kSchema
                   : "CREATE TABLE parcels (id BIGINT NOT NULL PRIMARY KEY, number TEXT NOT NULL, "
                     "body BYTEA NOT NULL)");
  });
}

Outcome writes(Engine engine, int at_once) {
  FreshDatabase database(engine);
  make_table(database, engine);
  std::int64_t next = 0;
  return run_coroutines(at_once, [&]() -> base::Task<> {
    const std::int64_t id = next++;
    auto work = [&](Tx& tx) { tx.enqueue(kInsert, id, number(id), store::Blob{kBody}); };
    co_await database->write(work);
  });
}

std::size_t select(Tx& tx, std::int64_t id) {
  Rows rows = tx.query(kSelect, id);
  return rows.next() ? rows.text(0).size() + rows.blob(1).size() : 0;
}

void fill(FreshDatabase& database) {
  database->write_now([](Tx& tx) {
    for (std::int64_t id = 0; id < kRows; ++id) {
      tx.enqueue(kInsert, id, number(id), store::Blob{kBody});
    }
  });
}

Outcome reads(Engine engine, int at_once) {
  FreshDatabase database(engine);
  make_table(database, engine);
  fill(database);
  std::int64_t next = 0;
  return run_coroutines(at_once, [&]() -> base::Task<> {
    const std::int64_t id = next++ * 7919 % kRows;
    auto work = [id](Tx& tx) { return select(tx, id); };
    if (co_await database->read(work) == 0) std::abort();
  });
}

double reads_now(Engine engine) {
  FreshDatabase database(engine);
  make_table(database, engine);
  fill(database);
  const auto start = steady_clock::now();
  std::int64_t done = 0;
  for (; since(start) < seconds; ++done) {
    const std::int64_t id = done * 7919 % kRows;
    if (database->read_now([id](Tx& tx) { return select(tx, id); }) == 0) std::abort();
  }
  return static_cast<double>(done) / since(start);
}

void print_outcome(const std::string& figure, const Outcome& outcome) {
  print((figure + "_per_second").c_str(), outcome.per_second, "1/s", kNoBar);
  print((figure + "_p50").c_str(), outcome.p50_ms, "ms", kNoBar);
  print((figure + "_p99").c_str(), outcome.p99_ms, "ms", kNoBar);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) seconds = std::atof(argv[1]);
  for (const int at_once : {64, 256}) {
    const std::string name = "store_sqlite_write_" + std::to_string(at_once);
    const double bare = bare_writes(at_once);
    const Outcome ours = writes(Engine::Sqlite, at_once);
    print((name + "_bare_per_second").c_str(), bare, "1/s", kNoBar);
    print_outcome(name, ours);
    print((name + "_ratio").c_str(), ours.per_second / bare, "of the bare loop", 0.5);
  }
  const double bare = bare_reads();
  print("store_sqlite_read_bare_per_second", bare, "1/s", kNoBar);
  print_outcome("store_sqlite_read_64", reads(Engine::Sqlite, 64));
  const double now = reads_now(Engine::Sqlite);
  print("store_sqlite_read_now_per_second", now, "1/s", kNoBar);
  print("store_sqlite_read_now_ratio", now / bare, "of the bare loop", 0.5);
  if (store::testing::is_available(Engine::Postgres)) {
    print_outcome("store_postgres_write_64", writes(Engine::Postgres, 64));
    print_outcome("store_postgres_read_64", reads(Engine::Postgres, 64));
  }
  return 0;
}
