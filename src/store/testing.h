// For the tests of every room: an empty database on either engine, and a thread to await on.
//
//   class AccountsOn : public testing::TestWithParam<Engine> {
//     void SetUp() override { MILEPOST_NEED_ENGINE(); }
//     store::testing::FreshDatabase database_{GetParam()};
//   };
//   INSTANTIATE_TEST_SUITE_P(, AccountsOn, testing::ValuesIn(store::testing::kEngines),
//                            store::testing::name_of<testing::TestParamInfo<Engine>>);
//   TEST_P(AccountsOn, ..) { database_->write_now(..); }
//
// Not linked into the program, because nothing there refers to it.
#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/task.h"
#include "store/database.h"
#include "store/migrations.h"

namespace store::testing {

enum class Engine { Sqlite, Postgres };
inline constexpr Engine kEngines[] = {Engine::Sqlite, Engine::Postgres};

// For GoogleTest: how a test of this engine is called.
template <class ParamInfo>
std::string name_of(const ParamInfo& param) {
  return param.param == Engine::Sqlite ? "Sqlite" : "Postgres";
}

// Is there such an engine here? PostgreSQL is, when MILEPOST_TEST_POSTGRES holds the URL of a
// server (tests/postgres/with_cluster provides one).
bool is_available(Engine engine);

#define MILEPOST_NEED_ENGINE()                                                              \
  if (!store::testing::is_available(GetParam())) {                                          \
    GTEST_SKIP() << "no PostgreSQL: run through tests/postgres/with_cluster to include it"; \
  }

// A new file in a folder of its own, or a new database "milepost_test_<random>" on the server;
// removed in the end. With a schema it has had all its migrations: it is a copy of one that ran
// them, once in the process, because running them takes longer than most tests.
class FreshDatabase {
 public:
  explicit FreshDatabase(Engine engine, std::optional<Schema> schema = std::nullopt);
  ~FreshDatabase();
  FreshDatabase(const FreshDatabase&) = delete;
  FreshDatabase& operator=(const FreshDatabase&) = delete;

  const std::string& url() const { return url_; }
  const std::string& folder() const { return folder_; }  // SQLite: where milepost.db lies
  // Open on it, made at first use.
  Database& operator*() { return open(); }
  Database* operator->() { return &open(); }
  // Closes it (and opens it again when it is asked for next).
  void close() { database_.reset(); }
  // With the url filled in.
  Options options() const;

 private:
  Database& open();

  Engine engine_;
  std::string name_;
  std::string folder_;
  std::string url_;
  std::unique_ptr<Database> database_;
};

// An executor with a thread of its own.
class Loop final : public base::Executor {
 public:
  Loop();
  ~Loop() override;

  void post(std::span<const std::coroutine_handle<>> ready) override;
  int posts() const;  // calls of post() so far: wake-ups

  // Runs a task on the loop's thread and waits for its end.
  template <class T>
  T run(base::Task<T> task) {
    return base::sync_wait(on_this_loop(std::move(task)));
  }

 private:
  template <class T>
  base::Task<T> on_this_loop(base::Task<T> task) {
    co_await Hop{*this};
    co_return co_await task;
  }
  struct Hop {
    Loop& loop;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> h) { loop.post(std::span(&h, 1)); }
    void await_resume() const {}
  };

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::coroutine_handle<>> ready_;
  int posts_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace store::testing
