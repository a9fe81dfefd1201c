#include "store/sqlite_database.h"

#include "base/log.h"
#include "store/job_queue.h"
#include "store/look_up.h"
#include "store/look_ups.h"
#include "store/meters.h"
#include "store/no_wait.h"
#include "store/sqlite_connection.h"

namespace store::engine {

namespace {

// Pages in the write-ahead log from which they are brought back into the file: 16 MiB. Larger
// spreads the cost of a page that changes often over more commits; smaller keeps reads quick.
constexpr int kCheckpointPages = 4000;
// After so many more it is tried again, if readers kept the log from starting over; then after
// twice as many, and so on.
constexpr int kRetryPages = 250;
// How long the writer waits for readers to leave the log, before it lets it grow: longer with the
// square of the log's length, so that a machine too busy to let a reader finish within the first
// few milliseconds does not grow it without end.
constexpr std::chrono::milliseconds kReadersGrace{4};
std::chrono::milliseconds readers_grace(int pages) {
  const int times = std::max(1, pages / kCheckpointPages);
  return kReadersGrace * times * times;
}
// From here (64 MiB) the writer waits for a checkpoint that is under way: a checkpointer that gets
// less of the machine than the writer would never end.
constexpr int kLongPages = 4 * kCheckpointPages;
// When long readers have kept the log from starting over until here (1 GiB), the writer waits for
// them; before, it lets the log grow rather than make others wait.
constexpr int kTooManyPages = 262'144;
// Until a checkpoint is tried again that another one stood in the way of.
constexpr std::chrono::milliseconds kBetweenCheckpoints(2);
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
    sqlite3_wal_hook(
        writer_->handle(),
        [](void* self, sqlite3*, const char*, int pages) {
          static_cast<SqliteDatabase*>(self)->log_pages_ = pages;
          return SQLITE_OK;
        },
        this);
    for (int i = 0; i < options_.readers; ++i) {
      reader_connections_.push_back(
          std::make_unique<SqliteConnection>(path_, options_, Access::Read));
    }
    checkpoint_connection_ =
        std::make_unique<SqliteConnection>(path_, without_map(options_), Access::Write);
    sqlite3_wal_autocheckpoint(checkpoint_connection_->handle(), 0);
    threads_.emplace_back([this] { write_loop(); });
    for (auto& connection : reader_connections_) {
      threads_.emplace_back([this, &connection] { read_loop(*connection); });
    }
    checkpointer_ = std::thread([this] { checkpoint_loop(); });
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

  void checkpoint_loop();
  void keep_log_short();
  void restart_log(std::chrono::milliseconds grace);
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
  int log_pages_ = 0;                       // in the log after the last commit
  int last_pages_ = 0;                      // and after the one before
  int checkpoint_at_ = kCheckpointPages;
  int retry_pages_ = kRetryPages;

  std::vector<std::unique_ptr<SqliteConnection>> reader_connections_;

  // Between the writer and the checkpointer: Wanted by the one, Done by the other.
  enum class Background { Idle, Wanted, Done, Stop };
  std::atomic<Background> background_ = Background::Idle;
  std::unique_ptr<SqliteConnection> checkpoint_connection_;

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
  std::thread checkpointer_;
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
    keep_log_short();
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
//
// A checkpoint copies thousands of pages and syncs twice. Inside a commit that would be some
// requests' bad luck (SQLite's default), so the checkpointer does the bulk beside the writer. But
// the log starts over only when *all* of it is in the file, which beside a busy writer never
// happens: the writer itself copies the few pages that have come since, and its next commit begins
// the log anew.

void SqliteDatabase::checkpoint_loop() {
  for (;;) {
    background_.wait(Background::Idle);
    background_.wait(Background::Done);
    const Background state = background_.load();
    if (state == Background::Stop) return;
    if (state != Background::Wanted) continue;
    sqlite3_wal_checkpoint_v2(checkpoint_connection_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                              nullptr, nullptr);
    Background wanted = Background::Wanted;
    background_.compare_exchange_strong(wanted, Background::Done);
    background_.notify_all();
  }
}

void SqliteDatabase::keep_log_short() {
  const bool started_over = log_pages_ < std::exchange(last_pages_, log_pages_);
  if (started_over) {
    checkpoint_at_ = kCheckpointPages;
    retry_pages_ = kRetryPages;
  }
  Background state = background_.load();
  if (state == Background::Wanted && log_pages_ >= kLongPages) {
    background_.wait(Background::Wanted);
    state = background_.load();
  }
  if (state == Background::Idle && log_pages_ >= checkpoint_at_) {
    background_.store(Background::Wanted);
    background_.notify_one();
  } else if (state == Background::Done) {
    restart_log(log_pages_ < kTooManyPages
                    ? std::min(readers_grace(log_pages_), options_.busy_timeout)
                    : options_.busy_timeout);
    checkpoint_at_ = log_pages_ + retry_pages_;
    retry_pages_ = std::min(2 * retry_pages_, kCheckpointPages);
    background_.store(Background::Idle);
  }
}

// Waits a moment for those who still read from the log; whoever comes later reads from the file.
void SqliteDatabase::restart_log(std::chrono::milliseconds grace) {
  sqlite3_busy_timeout(writer_->handle(), static_cast<int>(grace.count()));
  sqlite3_wal_checkpoint_v2(writer_->handle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr,
                            nullptr);
  sqlite3_busy_timeout(writer_->handle(), static_cast<int>(options_.busy_timeout.count()));
}

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
  // SQLite waits for readers as long as the busy timeout says, but not for another checkpoint: not
  // for our own in the background, nor for one of another process.
  const auto deadline = std::chrono::steady_clock::now() + options_.busy_timeout;
  background_.wait(Background::Wanted);
  int code = SQLITE_BUSY;
  for (;;) {
    code = sqlite3_wal_checkpoint_v2(writer_->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                     nullptr, nullptr);
    if (code != SQLITE_BUSY || std::chrono::steady_clock::now() >= deadline) break;
    std::this_thread::sleep_for(kBetweenCheckpoints);
  }
  std::string words;
  if (code != SQLITE_OK) {
    words = fmt::format("the write-ahead log could not be emptied: {}", sqlite3_errstr(code));
  } else {
    log_pages_ = 0;
  }
  for (std::optional<std::string>* request : empty_requests_) *request = words;
  empty_requests_.clear();
  emptied_.notify_all();
}

void SqliteDatabase::stop() {
  writes_.close();
  reads_.close();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  if (checkpointer_.joinable()) {
    background_.store(Background::Stop);
    background_.notify_one();
    checkpointer_.join();
  }
  const std::lock_guard lock(pool_mutex_);
  stopped_ = true;
  pool_.clear();
  reader_connections_.clear();
  look_ups_.stop();
  checkpoint_connection_.reset();
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
