// bench_ingest [SHIPMENTS [SECONDS]]
//
// Updates a second: each brings a new event for one of many shipments, with the carrier's raw
// answer, through everything that ingest does (unseal, merge, seal, three tables, one ledger row a
// batch). Against the bare limit: the same rows, their bytes made beforehand, written by prepared
// statements in transactions of the same size. With MILEPOST_TEST_POSTGRES set
// (tests/postgres/with_cluster) PostgreSQL is reported too.
#include "shipments/ingest.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "figure.h"
#include "own_process.h"
#include "shipments/testing.h"

namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;
using shipments::testing::World, shipments::testing::kAccount;
using store::testing::Engine;

constexpr int kCallers = 4;
constexpr std::size_t kTogether = 256;

double since(steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

// An answer of the usual size: 2 kB of JSON that says little often.
std::string raw_answer(std::uint64_t n) {
  std::string raw = R"({"shipments":[)";
  while (raw.size() < 2000) {
    raw += fmt::format(
        R"({{"timestamp":"2026-01-{:02}T10:00:00","statusCode":"transit","id":{},"place":"HUB {}"}},)",
        1 + n % 28, n, n * 7919 % 1000);
    ++n;
  }
  return raw + "]}";
}

// The k-th event of a shipment.
shipments::Update update_of(const base::Id& id, int k, base::Instant now) {
  auto scan = shipments::testing::scan(
      fmt::format("2026-01-{:02}T{:02}:{:02}:00+01:00", 1 + k / 24 % 28, k % 24, k / 672 % 60),
      "transit001", "Arrived at the sorting centre");
  scan.raw_code = "AR";
  scan.place.city = "Utrecht";
  scan.place.country = "NL";
  scan.place.text = "Utrecht, NL";
  auto update = shipments::testing::says(id, {std::move(scan)}, now + std::chrono::minutes(k));
  // Made beforehand: what the carrier's answer costs to fetch is not ingest's.
  static const auto kRaws = [] {
    std::vector<std::string> raws;
    for (std::uint64_t i = 0; i < 64; ++i) raws.push_back(raw_answer(i));
    return raws;
  }();
  update.raw = kRaws[static_cast<std::size_t>(k) % kRaws.size()];
  return update;
}

std::vector<base::Id> fill(World& world, int count) {
  std::vector<base::Id> ids;
  for (int done = 0; done < count;) {
    const int end = std::min(count, done + 5000);
    world.main->write_now([&](store::Tx& tx) {
      ids.resize(static_cast<std::size_t>(done));
      for (int i = done; i < end; ++i) {
        const auto head = world.head(fmt::format("1Z{:012}", i));
        world.repository->insert(tx, head, {}, world.clock.now());
        ids.push_back(head.id);
      }
    });
    done = end;
  }
  return ids;
}

struct Outcome {
  double per_second = 0, processor_us = 0, p99_ms = 0;
};

// Some callers, each with a batch under way: as many answers at once as a busy poller has.
Outcome ingest_for(World& world, const std::vector<base::Id>& ids, double seconds, int first) {
  shipments::Ingest ingest(*world.main, *world.repository, *world.ledger);
  std::atomic<std::int64_t> next = 0, done = 0;
  std::vector<double> took[kCallers];
  const double before = bench::processor_seconds();
  const auto start = steady_clock::now();
  std::vector<std::thread> callers;
  for (int c = 0; c < kCallers; ++c) {
    callers.emplace_back([&, c] {
      while (since(start) < seconds) {
        std::vector<shipments::Update> updates;
        const auto from = next.fetch_add(kTogether);
        for (auto i = from; i < from + static_cast<std::int64_t>(kTogether); ++i) {
          const auto n = static_cast<std::int64_t>(ids.size());
          // A step that meets every shipment once before any of them again, far from each other.
          const auto which = static_cast<std::size_t>(i * 7919 % n);
          updates.push_back(
              update_of(ids[which], first + static_cast<int>(i / n), world.clock.now()));
        }
        world.clock.advance(5ms);  // as it would meanwhile: the outbox lies in the order of time
        const auto begin = steady_clock::now();
        const auto results = base::sync_wait(ingest.take_all(std::move(updates)));
        took[c].push_back(since(begin) * 1000);
        done += std::ranges::count(results, shipments::Ingested::Outcome::Changed,
                                   &shipments::Ingested::outcome);
      }
    });
  }
  for (auto& caller : callers) caller.join();
  const auto n = static_cast<double>(done);
  std::vector<double> all;
  for (auto& some : took) all.insert(all.end(), some.begin(), some.end());
  std::ranges::sort(all);
  const double p99 = all[static_cast<std::size_t>(.99 * static_cast<double>(all.size() - 1))];
  return {n / since(start), 1e6 * (bench::processor_seconds() - before) / n, p99};
}

// How long the values are that ours wrote, on average.
struct Sizes {
  std::size_t journey = 0, events = 0, answer = 0;
};

// The same rows with bytes made beforehand.
class Bare {
 public:
  explicit Bare(const std::string& path) {
    sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    run("PRAGMA synchronous=FULL; PRAGMA cache_size=-16384; PRAGMA secure_delete=ON; "
        "PRAGMA mmap_size=134217728; PRAGMA wal_autocheckpoint=4000; PRAGMA foreign_keys=ON");
    update_ = prepare(
        "UPDATE shipments SET status = 3, substatus = 1, updated_at = ?3, learnt_at = ?3, "
        "last_event = ?4, sealed = ?5, events = ?6, version = version + 1 WHERE account_id = ?1 "
        "AND id = ?2");
    outbox_ = prepare(
        "INSERT INTO outbox (account_id, created_at, shipment_id, version, kind, status_before, "
        "substatus_before, status, substatus, event) VALUES (?1, ?3, ?2, ?4, 1, 3, 1, 3, 1, ?4)");
    answer_ = prepare(
        "INSERT INTO answers (account_id, shipment_id, source, slot, heard_at, mouth, kept_until, "
        "sealed) VALUES (?1, ?2, 'ups', 0, ?3, 0, ?3, ?5) ON CONFLICT (account_id, shipment_id, "
        "source, slot) DO UPDATE SET heard_at = excluded.heard_at, kept_until = "
        "excluded.kept_until, sealed = excluded.sealed");
  }
  ~Bare() {
    for (auto* s : {update_, outbox_, answer_}) sqlite3_finalize(s);
    sqlite3_close(db_);
  }

  void write(const std::vector<base::Id>& ids, std::int64_t from, int number, const Sizes& sizes) {
    static const std::string kBytes(1 << 16, 'b');
    const auto bytes = [](std::size_t size) { return std::string_view(kBytes).substr(0, size); };
    const auto n = static_cast<std::int64_t>(ids.size());
    std::vector<base::Id> batch;
    for (auto i = from; i < from + static_cast<std::int64_t>(kTogether); ++i) {
      batch.push_back(ids[static_cast<std::size_t>(i * 7919 % n)]);
    }
    std::ranges::sort(batch);
    run("BEGIN IMMEDIATE");
    for (const auto& id : batch) {
      const auto event = number + from / n;
      sqlite3_bind_blob(update_, 6, kBytes.data(), static_cast<int>(sizes.events), SQLITE_STATIC);
      step(update_, id, from, event, bytes(sizes.journey));
      step(outbox_, id, from, event, {});
      step(answer_, id, from, event, bytes(sizes.answer));
    }
    run("COMMIT");
  }

 private:
  void run(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
      std::fprintf(stderr, "%s\n", sqlite3_errmsg(db_));
      std::abort();
    }
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
        SQLITE_OK) {
      std::fprintf(stderr, "%s\n", sqlite3_errmsg(db_));
      std::abort();
    }
    return statement;
  }
  void step(sqlite3_stmt* s, const base::Id& id, std::int64_t at, std::int64_t number,
            std::string_view bytes) {
    sqlite3_bind_int64(s, 1, kAccount);
    sqlite3_bind_blob(s, 2, id.bytes().data(), 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 3, 1'767'225'600'000'000 + at);
    sqlite3_bind_int64(s, 4, number);
    if (s != outbox_) {
      sqlite3_bind_blob(s, 5, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
    }
    if (sqlite3_step(s) != SQLITE_DONE) {
      std::fprintf(stderr, "%s\n", sqlite3_errmsg(db_));
      std::abort();
    }
    sqlite3_reset(s);
  }
  sqlite3* db_ = nullptr;
  sqlite3_stmt *update_ = nullptr, *outbox_ = nullptr, *answer_ = nullptr;
};

double bare_for(int count, double seconds, const Sizes& sizes) {
  World world(Engine::Sqlite);
  const auto ids = fill(world, count);
  const std::string path = world.main.folder() + "/milepost.db";
  world.ledger.reset();
  world.main.close();
  Bare bare(path);
  const auto start = steady_clock::now();
  std::int64_t done = 0;
  for (; since(start) < seconds; done += kTogether) bare.write(ids, done, 1, sizes);
  return static_cast<double>(done) / since(start);
}

void print_outcome(const std::string& name, const Outcome& outcome, std::optional<double> bar) {
  bench::print(name + "_per_second", outcome.per_second, "updates/s", bar);
  bench::print(name + "_processor", outcome.processor_us, "us an update");
  bench::print(name + "_batch_p99", outcome.p99_ms, "ms for 256");
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 100'000;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 10;
  Sizes sizes;
  Outcome ours;
  {
    World world(Engine::Sqlite);
    const auto ids = fill(world, count);
    ingest_for(world, ids, seconds / 2, 0);  // the first events, new subjects and all
    ours = ingest_for(world, ids, seconds, 100);
    const auto average = [&](std::string_view sql) {
      return static_cast<std::size_t>(world.count(sql));
    };
    sizes.journey = average("SELECT AVG(LENGTH(sealed)) FROM shipments WHERE sealed IS NOT NULL");
    sizes.events = average("SELECT AVG(LENGTH(events)) FROM shipments WHERE events IS NOT NULL");
    sizes.answer = average("SELECT AVG(LENGTH(sealed)) FROM answers");
  }
  print_outcome("ingest_sqlite", ours, 20'000);
  bench::print("ingest_memory", bench::peak_mib(), "MiB", 300, bench::Bar::AtMost);
  bench::print("ingest_journey_bytes", static_cast<double>(sizes.journey), "bytes");
  bench::print("ingest_events_bytes", static_cast<double>(sizes.events), "bytes");
  bench::print("ingest_answer_bytes", static_cast<double>(sizes.answer), "bytes");
  const double bare = bare_for(count, seconds, sizes);
  bench::print("ingest_bare_per_second", bare, "updates/s");
  bench::print("ingest_ratio", ours.per_second / bare, "of the bare loop");
  if (store::testing::is_available(Engine::Postgres)) {
    World world(Engine::Postgres);
    const auto ids = fill(world, count / 10);
    print_outcome("ingest_postgres", ingest_for(world, ids, seconds, 0), std::nullopt);
  }
  return 0;
}
