#include "store/sqlite_database.h"

#include "base/log.h"
#include "store/job_queue.h"
#include "store/look_up.h"
#include "store/look_ups.h"
#include "store/meters.h"
#include "store/no_wait.h"
#include "store/sqlite_connection.h"
#include "store/sqlite_log.h"

namespace store::engine {

namespace {

// Reading closures in one transaction. They are answered together, so few.
constexpr std::size_t kReadsTogether = 16;
constexpr std::size_t kKeptConnections = 8;

// Mapped pages count as the program's memory, once for each connection that maps them: only the
// readers do, whom they serve best.
Options without_map(Options options) {
  options.map_bytes = 0;
  return options;
}

class SqliteDatabase final : public Database, public LookingUp {
 public:
  SqliteDatabase(std::string path, const Options& options)
      : path_(std::move(path)),
        options_(options),
        meters_(options.metrics),
        writes_(static_cast<std::size_t>(options.queue)),
        reads_(static_cast<std::size_t>(options.queue)),
        look_ups_(path_, options_, meters_, [this](Job& job) { reads_.push(job); }),
        writer_(std::make_unique<SqliteConnection>(path_, without_map(options_), Access::Write)) {
    for (int i = 0; i < options_.readers; ++i) {
      reader_connections_.push_back(
          std::make_unique<SqliteConnection>(path_, options_, Access::Read));
    }
    log_ = std::make_unique<SqliteLog>(*writer_, path_, without_map(options_));
    threads_.emplace_back([this] { write_loop(); });
    for (auto& connection : reader_connections_) {
      threads_.emplace_back([this, &connection] { read_loop(*connection); });
    }
  }

  ~SqliteDatabase() override { stop(); }

  void look_up(Job& job) override {
    if (job.executor == nullptr) return reads_.push(job);
    look_ups_.add(job);
  }
  bool is_shared() const override { return false; }
  void checkpoint() override;
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
  void write_loop();
  void run_group(std::span<Job* const> jobs);
  bool run_first(std::span<Job* const> jobs);
  void run_again(std::span<Job* const> jobs);
  void settle_group(std::span<Job* const> jobs, std::exception_ptr error);

  void read_loop(SqliteConnection& connection);

  void empty_log();

  std::unique_ptr<SqliteConnection> borrow();
  void give_back(std::unique_ptr<SqliteConnection> connection);

  const std::string path_;
  const Options options_;
  Meters meters_;
  JobQueue writes_;
  JobQueue reads_;
  LookUps look_ups_;

  // The writer's own.
  std::unique_ptr<SqliteConnection> writer_;
  Settlement settlement_;
  std::vector<std::exception_ptr> errors_;  // of the group, by position; null: alive
  std::unique_ptr<SqliteLog> log_;

  std::vector<std::unique_ptr<SqliteConnection>> reader_connections_;

  // Requests to empty the log, served by the writer between two groups.
  std::mutex empty_mutex_;
  std::condition_variable emptied_;
  std::vector<std::optional<std::string>*> empty_requests_;  // filled with "" or what went wrong
  bool writer_gone_ = false;

  // read_now's connections.
  std::mutex pool_mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> pool_;
  bool stopped_ = false;

  std::vector<std::thread> threads_;
};

// --- Writing.

void SqliteDatabase::write_loop() {
  std::vector<Job*> jobs;
  std::uint64_t newest = 0;
  while (writes_.wait(newest)) {
    empty_log();
    jobs.clear();
    writes_.next(jobs, static_cast<std::size_t>(options_.group));
    if (jobs.empty()) continue;
    run_group(jobs);
    settlement_.flush();
    log_->keep_short();
  }
  empty_log();
  const std::lock_guard lock(empty_mutex_);
  writer_gone_ = true;
}

void SqliteDatabase::run_group(std::span<Job* const> jobs) {
  const auto start = std::chrono::steady_clock::now();
  errors_.assign(jobs.size(), nullptr);
  try {
    writer_->begin(Access::Write);
    if (!run_first(jobs)) {
      writer_->rollback();
      meters_.replayed();
      writer_->begin(Access::Write);
      run_again(jobs);
    }
    writer_->commit();
  } catch (...) {
    writer_->rollback();
    return settle_group(jobs, std::current_exception());
  }
  settle_group(jobs, nullptr);
  meters_.committed(jobs.size(), std::chrono::steady_clock::now() - start);
}

// Runs the closures one after the other in one transaction, without savepoints, which would cost
// every group for the sake of the few with an exception in them. False when one threw after it had
// changed something: its error is kept and the group must be run again without it.
bool SqliteDatabase::run_first(std::span<Job* const> jobs) {
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const std::int64_t before = writer_->writes();
    errors_[i] = run_closure(*writer_, *jobs[i]);
    if (!errors_[i]) continue;
    if (writer_->writes() != before || writer_->has_lost_transaction()) {
      return false;
    }
    writer_->forget_failure();
  }
  return true;
}

// The same with a savepoint around each, so that any number of closures that throw cost one replay.
void SqliteDatabase::run_again(std::span<Job* const> jobs) {
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (errors_[i]) continue;
    writer_->set_savepoint();
    errors_[i] = run_closure(*writer_, *jobs[i]);
    if (!errors_[i]) {
      writer_->release_savepoint();
    } else if (!writer_->rollback_to_savepoint()) {
      std::rethrow_exception(errors_[i]);
    }
  }
}

// `error` reaches those that have none of their own.
void SqliteDatabase::settle_group(std::span<Job* const> jobs, std::exception_ptr error) {
  std::size_t failed = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    std::exception_ptr own = errors_[i] ? std::move(errors_[i]) : error;
    failed += own ? 1 : 0;
    settlement_.add(*jobs[i], std::move(own));
  }
  meters_.failed(failed);
}

// --- Reading.

// Several closures share a transaction, whose beginning (a lock of the log, two system calls) costs
// as much as a short query. Only those that were queued before it began: a later one may have to
// see a later write.
void SqliteDatabase::read_loop(SqliteConnection& connection) {
  Settlement settlement;
  std::uint64_t newest = 0;
  while (reads_.wait(newest)) {
    Job* job = reads_.next(newest);
    if (!job) continue;
    std::exception_ptr error;
    try {
      connection.begin(Access::Read);
    } catch (...) {
      error = std::current_exception();
    }
    do {
      if (!error) error = run_closure(connection, *job);
      if (error) meters_.failed(1);
      settlement.add(*job, error);
      if (error) break;
      job = settlement.size() < kReadsTogether ? reads_.next(newest) : nullptr;
    } while (job);
    connection.rollback();
    meters_.read(settlement.size());
    settlement.flush();
  }
}

void SqliteDatabase::run_here(Job& job) {
  std::exception_ptr error;
  try {
    auto connection = borrow();
    connection->begin(Access::Read);
    error = run_closure(*connection, job);
    connection->rollback();
    give_back(std::move(connection));
  } catch (...) {
    error = std::current_exception();
  }
  meters_.read(1);
  if (error) meters_.failed(1);
  job.settle(std::move(error));
}

std::unique_ptr<SqliteConnection> SqliteDatabase::borrow() {
  {
    const std::lock_guard lock(pool_mutex_);
    if (stopped_) throw StoreError("the database has been stopped");
    if (!pool_.empty()) {
      auto connection = std::move(pool_.back());
      pool_.pop_back();
      return connection;
    }
  }
  return std::make_unique<SqliteConnection>(path_, without_map(options_), Access::Read);
}

void SqliteDatabase::give_back(std::unique_ptr<SqliteConnection> connection) {
  const std::lock_guard lock(pool_mutex_);
  if (!stopped_ && pool_.size() < kKeptConnections) pool_.push_back(std::move(connection));
}

// --- The write-ahead log.

void SqliteDatabase::checkpoint() {
  std::optional<std::string> outcome;
  {
    const std::lock_guard lock(empty_mutex_);
    if (writer_gone_) throw StoreError("the database has been stopped");
    empty_requests_.push_back(&outcome);
  }
  writes_.nudge();
  std::unique_lock lock(empty_mutex_);
  emptied_.wait(lock, [&] { return outcome.has_value(); });
  if (!outcome->empty()) throw StoreError(*outcome);
}

void SqliteDatabase::empty_log() {
  const std::lock_guard lock(empty_mutex_);
  if (empty_requests_.empty()) return;
  const int code = log_->empty();
  std::string words;
  if (code != SQLITE_OK)
    words = fmt::format("the write-ahead log could not be emptied: {}", sqlite3_errstr(code));
  for (std::optional<std::string>* request : empty_requests_) *request = words;
  empty_requests_.clear();
  emptied_.notify_all();
}

void SqliteDatabase::stop() {
  writes_.close();
  reads_.close();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  if (log_) log_->stop();
  const std::lock_guard lock(pool_mutex_);
  stopped_ = true;
  pool_.clear();
  reader_connections_.clear();
  look_ups_.stop();
  log_.reset();
  writer_.reset();  // the last one: brings the log into the file and removes it
}

}  // namespace

std::unique_ptr<Database> open_sqlite(std::string path, const Options& options) {
  // Statistics of memory that nobody reads would cost every allocation a lock that all threads
  // share. Fails harmlessly when SQLite is in use already.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  install_no_wait();
  return std::make_unique<SqliteDatabase>(std::move(path), options);
}

}  // namespace store::engine
