// What the two engines have in common, below Tx and Rows. Private to this room.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"

namespace store::engine {

// One running statement with its rows. Eager: the statement has run when the cursor exists, so an
// INSERT .. RETURNING whose rows nobody reads has inserted all the same, on both engines.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual bool next() = 0;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual std::string_view blob(int column) const = 0;
};

enum class Access { Read, Write };

// One connection, used by one thread at a time.
//
// A statement that fails spoils its transaction on PostgreSQL. So that a closure cannot learn to
// live with SQLite's milder ways, it does so here on both engines: failure() remembers the first
// error, and whoever runs closures looks at it even when the closure swallowed the exception.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual void begin(Access access) = 0;
  virtual void commit() = 0;             // throws, and is rolled back then
  virtual void rollback() noexcept = 0;  // also right when there is no transaction any more

  virtual std::unique_ptr<Cursor> query(std::string_view sql, std::span<const Param> params) = 0;
  virtual std::int64_t execute(std::string_view sql, std::span<const Param> params) = 0;
  virtual void enqueue(std::string_view sql, std::span<const Param> params) = 0;
  virtual bool is_shared() const = 0;

  const std::exception_ptr& failure() const { return failure_; }
  void forget_failure() { failure_ = nullptr; }

 protected:
  // Keeps the first error and throws it.
  template <class E>
  [[noreturn]] void fail(E error) {
    if (!failure_) failure_ = std::make_exception_ptr(error);
    throw error;
  }
  // The transaction is over for its closure: every later statement says so.
  void refuse_after_failure() const;

 private:
  std::exception_ptr failure_;
};

// Runs one closure; the error it threw, or the one it swallowed, or nothing.
std::exception_ptr run_closure(Connection& connection, Job& job) noexcept;

// Text that both engines can store: PostgreSQL has no NUL and nothing that is not UTF-8, so SQLite
// is not offered them either.
bool is_storable_text(std::string_view text);

// The beginning of a statement, for an error's text. Statements carry no values: those are
// parameters.
std::string statement_head(std::string_view sql);

// Hands finished jobs back: one post for each executor, however many jobs it waits for.
class Settlement {
 public:
  void add(Job& job, std::exception_ptr error);
  // After this the jobs may be gone.
  void flush() noexcept;
  std::size_t size() const { return count_; }

 private:
  struct Bundle {
    base::Executor* executor;
    std::vector<std::coroutine_handle<>> ready;
  };
  std::vector<Bundle> bundles_;
  std::vector<std::coroutine_handle<>> running_;  // of flush, kept for its memory
  std::size_t count_ = 0;
};

// Makes a thread wait for one job: an executor that resumes nobody.
class Waiter final : public base::Executor {
 public:
  explicit Waiter(Job& job);
  void post(std::span<const std::coroutine_handle<>> ready) override;
  void wait();

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  bool finished_ = false;
};

}  // namespace store::engine
