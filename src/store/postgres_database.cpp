#include "store/postgres_database.h"

#include <random>

#include "base/log.h"
#include "store/job_queue.h"
#include "store/look_up.h"
#include "store/meters.h"
#include "store/postgres_connection.h"

namespace store::engine {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// How often a transaction that lost against another one runs again before its caller hears of it.
constexpr int kMostTries = 10;
// How long one job waits for a server that is restarting. The jobs behind it fail at once then,
// until a connection works again, or else they would wait one after the other.
constexpr auto kPatience = 3s;
constexpr auto kLongestPause = 5s;
// Writing closures in one transaction, and how long a group waits for a row that another process
// has: it holds rows itself, so that two groups of two processes may wait for each other.
constexpr std::size_t kWritesTogether = 32;
constexpr std::string_view kGroupSettings = "SET LOCAL lock_timeout = '50ms'";
// Reading closures in one transaction.
constexpr int kReadsTogether = 16;
constexpr std::size_t kKeptConnections = 8;
// A connection that breaks under each new try is not the fault of a restart.
constexpr int kMostConnections = 3;

// The answers are out already: a connection that breaks now is the next transaction's concern.
void end_reading(PostgresConnection& connection) noexcept {
  try {
    connection.commit();
  } catch (const StoreError&) {
    connection.rollback();
  }
}

class PostgresDatabase final : public Database, public LookingUp {
 public:
  explicit PostgresDatabase(const Options& options)
      : options_(options),
        meters_(options.metrics),
        writes_(static_cast<std::size_t>(options.queue)),
        reads_(static_cast<std::size_t>(options.queue)) {
    // The first connection says whether the URL is any good; the threads make theirs when needed.
    auto first = std::make_unique<Line>(options_.url);
    first->connection.connect();
    pool_.push_back(std::move(first));
    for (int i = 0; i < options_.writers; ++i) threads_.emplace_back([this] { write_loop(); });
    for (int i = 0; i < options_.readers; ++i) threads_.emplace_back([this] { read_loop(); });
  }
  ~PostgresDatabase() override { stop(); }

  void look_up(Job& job) override { reads_.push(job); }
  bool is_shared() const override { return true; }
  void checkpoint() override {}
  void stop() override;

 protected:
  void submit(Job& job, Kind kind) override { (kind == Kind::Write ? writes_ : reads_).push(job); }
  void run_here(Job& job) override;
  void run_and_wait(Job& job) override {
    Waiter waiter(job);
    writes_.push(job);
    waiter.wait();
  }

 private:
  // A connection and, while the server is away, when to try again.
  struct Line {
    explicit Line(const std::string& url) : connection(url) {}
    PostgresConnection connection;
    steady_clock::time_point next_try{};
    steady_clock::duration pause = 0s;
  };

  void write_loop();
  bool write_group(Line& line, std::span<Job* const> jobs, Settlement& settlement);
  std::exception_ptr write(Line& line, Job& job);
  std::exception_ptr try_write(Line& line, Job& job);
  void read_loop();
  std::exception_ptr read(Line& line, Job& job, bool& begun);
  bool may_try_again(const Line& line, int tries);
  void ensure_connected(Line& line);
  void pause(steady_clock::duration longest);

  std::unique_ptr<Line> borrow();
  void give_back(std::unique_ptr<Line> line);

  const Options options_;
  Meters meters_;
  JobQueue writes_;
  JobQueue reads_;
  std::atomic<bool> group_runs_ = false;
  std::atomic<bool> stopping_ = false;

  // read_now's connections.
  std::mutex pool_mutex_;
  std::vector<std::unique_ptr<Line>> pool_;

  std::vector<std::thread> threads_;
};

// --- Writing.

// A closure to a transaction; but of the writers one at a time may take several, which then share a
// commit: when many wait, and most of all when they wait for the same row (an account's counter),
// whose lock lasts as long as a commit does. Never two groups at once: they would take the same
// rows in different orders.
void PostgresDatabase::write_loop() {
  Line line(options_.url);
  Settlement settlement;
  std::vector<Job*> jobs;
  std::uint64_t newest = 0;
  while (writes_.wait(newest)) {
    jobs.clear();
    const bool leads = !group_runs_.exchange(true);
    writes_.next(jobs, leads ? kWritesTogether : 1);
    const bool together = jobs.size() > 1 && write_group(line, jobs, settlement);
    if (leads) group_runs_ = false;
    if (together) continue;
    for (Job* job : jobs) {
      const auto start = steady_clock::now();
      std::exception_ptr error = write(line, *job);
      if (error) {
        meters_.failed(1);
      } else {
        meters_.committed(1, steady_clock::now() - start);
      }
      settlement.add(*job, std::move(error));
      settlement.flush();
    }
  }
}

// False when it came to nothing: a closure threw, a lock was not to be had, the connection broke
// before the commit. Then each has to run alone and hear its own fate.
bool PostgresDatabase::write_group(Line& line, std::span<Job* const> jobs, Settlement& settlement) {
  const auto start = steady_clock::now();
  std::exception_ptr error;
  try {
    ensure_connected(line);
    line.connection.begin(Access::Write);
    line.connection.enqueue(kGroupSettings, {});
    for (Job* job : jobs) {
      error = run_closure(line.connection, *job);
      if (error) break;
    }
    if (!error) line.connection.commit();
  } catch (const StoreError&) {
    error = std::current_exception();
  }
  if (error) line.connection.rollback();
  if (error && line.connection.trouble() != Trouble::InDoubt) {
    meters_.replayed();
    return false;
  }
  if (error) {
    meters_.failed(jobs.size());
  } else {
    meters_.committed(jobs.size(), steady_clock::now() - start);
  }
  for (Job* job : jobs) settlement.add(*job, error);
  settlement.flush();
  return true;
}

std::exception_ptr PostgresDatabase::write(Line& line, Job& job) {
  for (int tries = 1;; ++tries) {
    try {
      ensure_connected(line);
    } catch (const StoreError&) {
      return std::current_exception();
    }
    std::exception_ptr error = try_write(line, job);
    if (!error || !may_try_again(line, tries)) return error;
    meters_.replayed();
  }
}

std::exception_ptr PostgresDatabase::try_write(Line& line, Job& job) {
  line.connection.begin(Access::Write);
  std::exception_ptr error = run_closure(line.connection, job);
  if (error) {
    line.connection.rollback();
    return error;
  }
  try {
    line.connection.commit();
  } catch (const StoreError&) {
    error = std::current_exception();
  }
  return error;
}

// --- Reading.

// Closures that wait at the same time share a transaction, but each is answered at once: here the
// time goes into round trips, not into wake-ups.
void PostgresDatabase::read_loop() {
  Line line(options_.url);
  Settlement settlement;
  std::uint64_t newest = 0;
  while (reads_.wait(newest)) {
    bool begun = false;
    for (int together = 0; together < kReadsTogether; ++together) {
      Job* job = reads_.next(newest);
      if (!job) break;
      std::exception_ptr error = read(line, *job, begun);
      meters_.read(1);
      if (error) meters_.failed(1);
      settlement.add(*job, std::move(error));
      settlement.flush();
    }
    if (begun) end_reading(line.connection);
  }
}

std::exception_ptr PostgresDatabase::read(Line& line, Job& job, bool& begun) {
  for (int tries = 1;; ++tries) {
    if (!begun) {
      try {
        ensure_connected(line);
      } catch (const StoreError&) {
        return std::current_exception();
      }
      line.connection.begin(Access::Read);
      begun = true;
    }
    std::exception_ptr error = run_closure(line.connection, job);
    if (!error) return nullptr;
    line.connection.rollback();
    begun = false;
    if (!may_try_again(line, tries)) return error;
    meters_.replayed();
  }
}

void PostgresDatabase::run_here(Job& job) {
  std::exception_ptr error;
  try {
    auto line = borrow();
    bool begun = false;
    error = read(*line, job, begun);
    if (begun) end_reading(line->connection);
    give_back(std::move(line));
  } catch (const StoreError&) {
    error = std::current_exception();
  }
  meters_.read(1);
  if (error) meters_.failed(1);
  job.settle(std::move(error));
}

std::unique_ptr<PostgresDatabase::Line> PostgresDatabase::borrow() {
  {
    const std::lock_guard lock(pool_mutex_);
    if (stopping_) throw StoreError("the database has been stopped");
    if (!pool_.empty()) {
      auto line = std::move(pool_.back());
      pool_.pop_back();
      return line;
    }
  }
  return std::make_unique<Line>(options_.url);
}

void PostgresDatabase::give_back(std::unique_ptr<Line> line) {
  const std::lock_guard lock(pool_mutex_);
  if (!stopping_ && pool_.size() < kKeptConnections) pool_.push_back(std::move(line));
}

// --- When things go wrong.

bool PostgresDatabase::may_try_again(const Line& line, int tries) {
  const Trouble trouble = line.connection.trouble();
  if (trouble == Trouble::Lost) return tries < kMostConnections;
  if (trouble != Trouble::Conflict || tries >= kMostTries) return false;
  pause(std::chrono::milliseconds(1 << std::min(tries, 6)));
  return true;
}

void PostgresDatabase::ensure_connected(Line& line) {
  if (line.connection.is_connected()) return;
  const auto start = steady_clock::now();
  if (start < line.next_try) throw StoreError("PostgreSQL cannot be reached");
  const bool was_away = line.pause > 0s;
  for (steady_clock::duration wait = 25ms;; wait *= 2) {
    try {
      line.connection.connect();
      line.pause = 0s;
      if (was_away) base::log(base::Level::Info, "store.reconnected");
      return;
    } catch (const StoreError& error) {
      if (!was_away && !stopping_ && steady_clock::now() + wait < start + kPatience) {
        pause(wait);
        continue;
      }
      line.pause = std::clamp<steady_clock::duration>(line.pause * 2, 100ms, kLongestPause);
      line.next_try = steady_clock::now() + line.pause;
      base::log(base::Level::Warning, "store.unreachable", {{"reason", error.what()}});
      throw;
    }
  }
}

// A random part of it, so that those who collided do not collide again.
void PostgresDatabase::pause(steady_clock::duration longest) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_real_distribution<double> part(0.5, 1.0);
  std::this_thread::sleep_for(longest * part(random));
}

void PostgresDatabase::stop() {
  writes_.close();
  reads_.close();
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  const std::lock_guard lock(pool_mutex_);
  pool_.clear();
}

}  // namespace

std::unique_ptr<Database> open_postgres(const Options& options) {
  return std::make_unique<PostgresDatabase>(options);
}

}  // namespace store::engine
