#include "store/look_ups.h"

#include "store/no_wait.h"

namespace store::engine {

namespace {

// Answered together, so not too many: the first of them waits for the last.
constexpr std::size_t kTogether = 32;

// Goes on at the end of the executor's present turn.
struct NextTurn {
  base::Executor& executor;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) { executor.post({&frame, 1}); }
  void await_resume() const noexcept {}
};

}  // namespace

struct LookUps::Desk {
  explicit Desk(base::Executor& its) : executor(its) {}

  base::Executor& executor;
  std::vector<Job*> waiting;
  std::vector<Job*> settled;
  bool is_awaited = false;  // it will be served

  std::mutex mutex;  // between its thread and stop()
  std::unique_ptr<SqliteConnection> connection;
  bool is_closed = false;
};

LookUps::LookUps(std::string path, const Options& options, Meters& meters,
                 std::function<void(Job&)> elsewhere)
    : path_(std::move(path)), options_(options), meters_(meters), elsewhere_(std::move(elsewhere)) {
  options_.map_bytes = 0;
}

LookUps::~LookUps() { stop(); }

LookUps::Desk& LookUps::desk_of(base::Executor& executor) {
  const std::lock_guard lock(mutex_);
  if (stopped_) throw StoreError("the database has been stopped");
  for (const auto& desk : desks_) {
    if (&desk->executor == &executor) return *desk;
  }
  return *desks_.emplace_back(std::make_unique<Desk>(executor));
}

void LookUps::add(Job& job) {
  auto& desk = desk_of(*job.executor);
  if (desk.waiting.size() >= static_cast<std::size_t>(options_.queue)) {
    throw StoreError("the database is overloaded");
  }
  desk.waiting.push_back(&job);
  if (!std::exchange(desk.is_awaited, true)) base::spawn(serve(desk));
}

base::Task<void> LookUps::serve(Desk& desk) {
  do {
    co_await NextTurn{desk.executor};
    run(desk);
  } while (!desk.waiting.empty());
  desk.is_awaited = false;
}

void LookUps::run(Desk& desk) {
  desk.settled.clear();
  {
    const std::lock_guard lock(desk.mutex);
    run_in_one_transaction(desk);
  }
  meters_.read(desk.settled.size());
  // Nothing of the desk is held while the handlers go on: they may look something up again.
  for (Job* job : std::exchange(desk.settled, {})) job->continuation.resume();
}

void LookUps::run_in_one_transaction(Desk& desk) {
  const auto count = std::min(desk.waiting.size(), kTogether);
  std::exception_ptr broken;
  bool would_wait = false;
  const NoWait no_wait;
  NoWait::would_have_waited();
  try {
    if (desk.is_closed) throw StoreError("the database has been stopped");
    if (!desk.connection) {
      desk.connection = std::make_unique<SqliteConnection>(path_, options_, engine::Access::Read);
    }
    desk.connection->begin(engine::Access::Read);
  } catch (...) {
    broken = std::current_exception();
    would_wait = NoWait::would_have_waited();
  }
  for (std::size_t i = 0; i < count; ++i) {
    Job& job = *desk.waiting[i];
    auto error = broken;
    if (!broken) {
      error = run_closure(*desk.connection, job);
      would_wait = NoWait::would_have_waited();
      if (error) desk.connection->forget_failure();
    }
    if (error && would_wait) {
      hand_over(job, error);
      if (!error) continue;  // a reader will settle it
    }
    if (error) meters_.failed(1);
    job.settle(std::move(error));
    desk.settled.push_back(&job);
  }
  desk.waiting.erase(desk.waiting.begin(),
                     desk.waiting.begin() + static_cast<std::ptrdiff_t>(count));
  if (desk.connection) desk.connection->rollback();
}

void LookUps::hand_over(Job& job, std::exception_ptr& error) {
  try {
    elsewhere_(job);
    error = nullptr;
  } catch (...) {
    error = std::current_exception();
  }
}

void LookUps::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (const auto& desk : desks_) {
    const std::lock_guard desk_lock(desk->mutex);
    desk->is_closed = true;
    desk->connection.reset();
  }
}

}  // namespace store::engine
