// The store: one Database with two engines behind it, SQLite (embedded, the default) and PostgreSQL
// (a URL in the configuration is the whole change).
//
// Work is a closure over a transaction. Inside it SQL is synchronous and readable; outside, the
// caller awaits:
//
//   auto work = [&](store::Tx& tx) {                       // named first: see base/task.h
//     auto rows = tx.query("SELECT name FROM accounts WHERE account_id = $1", id);
//     return rows.next() ? std::string(rows.text(0)) : std::string();
//   };
//   const std::string name = co_await database.read(work);
//
// The rules of a closure:
// - It may run more than once (a group commit replays its neighbours after one of them throws;
//   PostgreSQL retries serialisation failures), so it changes nothing but the database and its own
//   result.
// - It commits when it returns and rolls back when it throws; the exception reaches whoever
// awaited.
// - An expected refusal (number exists, quota spent) is a value it returns, before it has written
//   anything.
// - It never awaits, waits (least of all for another closure: both may be in one group) or calls
//   the network.
//
// SQL is written once, for both engines: parameters are $1, $2 ...; integers are 64 bits (instants
// in microseconds, truth as 0 and 1); RETURNING and ON CONFLICT (..) DO UPDATE SET x = excluded.x
// are allowed; no engine's own functions. What must differ stands in dialect.h.
//
// Durability: write() answers after the commit is on disk (SQLite synchronous=FULL, one fsync for a
// whole group of requests; PostgreSQL: groups of up to 32, and its own group commit below them).
#pragma once
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/clock.h"
#include "base/task.h"

namespace base {
class Metrics;
}

namespace store {

// The store is broken, gone or full; or the SQL is. Never an expected refusal. what() is for the
// log, not for customers: it may contain driver text but never a parameter's value.
class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
// A uniqueness rule refused the row. Its own type, because a race for the same key is decided by
// the store.
class UniqueViolation : public StoreError {
 public:
  using StoreError::StoreError;
};

// Bytes, as opposed to text: bound and read as BLOB / BYTEA.
struct Blob {
  std::string_view bytes;
};

// An absent value of a known type: PostgreSQL cannot always guess it ("$1 IS NULL OR name = $1").
enum class NullOf { Integer, Real, Text, Bytes };

// A parameter. Views must outlive the call they are given to, nothing more.
using Param = std::variant<std::monostate, std::int64_t, double, std::string_view, Blob, NullOf>;

template <class T>
Param to_param(const T& value) {
  if constexpr (std::is_same_v<T, Param>) {
    return value;
  } else if constexpr (std::is_same_v<T, std::nullopt_t>) {
    return std::monostate{};
  } else if constexpr (std::is_same_v<T, base::Instant>) {
    return base::to_micros(value);
  } else if constexpr (std::is_same_v<T, Blob>) {
    return value;
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    return static_cast<std::int64_t>(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<double>(value);
  } else if constexpr (requires {
                         value.has_value();
                         *value;
                       }) {
    using V = std::remove_cvref_t<decltype(*value)>;
    if (value.has_value()) return to_param<V>(*value);
    if constexpr (std::is_same_v<V, Blob>) return NullOf::Bytes;
    if constexpr (std::is_same_v<V, base::Instant>) return NullOf::Integer;
    if constexpr (std::is_integral_v<V> || std::is_enum_v<V>) return NullOf::Integer;
    if constexpr (std::is_floating_point_v<V>) return NullOf::Real;
    return NullOf::Text;
  } else {
    return std::string_view(value);
  }
}

namespace engine {
class Connection;
class Cursor;
}  // namespace engine

// The rows of one query, read forward. Views into a row live until the next call of next().
class Rows {
 public:
  explicit Rows(std::unique_ptr<engine::Cursor> cursor);
  Rows(Rows&&) noexcept;
  Rows& operator=(Rows&&) noexcept;
  ~Rows();

  bool next();
  bool is_null(int column) const;
  std::int64_t integer(int column) const;   // 0 for null
  double real(int column) const;            // 0 for null
  std::string_view text(int column) const;  // empty for null
  std::string_view blob(int column) const;  // empty for null
  base::Instant instant(int column) const { return base::from_micros(integer(column)); }

 private:
  std::unique_ptr<engine::Cursor> cursor_;
};

// One transaction, valid inside its closure only.
class Tx {
 public:
  explicit Tx(engine::Connection& connection) : connection_(connection) {}
  Tx(const Tx&) = delete;
  Tx& operator=(const Tx&) = delete;

  template <class... A>
  Rows query(std::string_view sql, const A&... args) {
    const Param params[sizeof...(A) + 1] = {to_param(args)...};
    return query_params(sql, std::span(params, sizeof...(A)));
  }
  // Rows inserted, updated or deleted.
  template <class... A>
  std::int64_t execute(std::string_view sql, const A&... args) {
    const Param params[sizeof...(A) + 1] = {to_param(args)...};
    return execute_params(sql, std::span(params, sizeof...(A)));
  }
  // Like execute, without asking for the count: PostgreSQL sends it together with what follows
  // (pipeline mode), so a series of these costs one round trip. An error surfaces at the next
  // query, execute or commit.
  template <class... A>
  void enqueue(std::string_view sql, const A&... args) {
    const Param params[sizeof...(A) + 1] = {to_param(args)...};
    enqueue_params(sql, std::span(params, sizeof...(A)));
  }

  Rows query_params(std::string_view sql, std::span<const Param> params);
  std::int64_t execute_params(std::string_view sql, std::span<const Param> params);
  void enqueue_params(std::string_view sql, std::span<const Param> params);

  // Is another process able to write this database at the same time (PostgreSQL)?
  bool is_shared() const;
  // The text that makes a claiming SELECT skip rows that others hold: "FOR UPDATE SKIP LOCKED" or
  // nothing.
  std::string_view skip_locked() const;
  // The text that makes a SELECT hold its rows until the transaction ends, for whoever reads in
  // order to rewrite: " FOR UPDATE" or nothing (SQLite: every writing transaction is alone).
  std::string_view hold_rows() const;

 private:
  engine::Connection& connection_;
};

// Reading and writing closures, erased: made by Database::read and write only.
class Job {
 public:
  virtual ~Job() = default;
  // Runs the closure. May be called again after reset by the engine's retry.
  virtual void run(Tx& tx) = 0;
  // Called once, on an engine thread, when the outcome is settled: after the commit, or with the
  // error. The continuation, if any, is what the engine hands to the executor (many at once).
  void settle(std::exception_ptr error) noexcept { error_ = std::move(error); }

  std::coroutine_handle<> continuation;
  base::Executor* executor =
      nullptr;  // where the continuation is to be resumed; nullptr: on the engine's thread

 protected:
  std::exception_ptr error_;
};

struct Options {
  // "sqlite:PATH" (the file is made when missing) or "postgres://user@host:port/name" (libpq's
  // URL).
  std::string url;
  // Threads and connections that run reading closures.
  int readers = 2;
  // PostgreSQL: connections that run writing closures side by side. SQLite always has one writer.
  int writers = 6;
  // Closures waiting for a writer or reader; beyond it write() and read() throw StoreError at once
  // ("overloaded").
  int queue = 8192;
  // Most closures in one SQLite commit.
  int group = 256;
  // SQLite: memory for pages and mapped bytes, per connection and in all.
  std::int64_t cache_bytes = 16 << 20;
  std::int64_t map_bytes = 128 << 20;
  // SQLite: how long a transaction waits for another process that has the file locked.
  std::chrono::milliseconds busy_timeout{5000};
  base::Metrics* metrics = nullptr;
};

class Database {
 public:
  virtual ~Database() = default;

  // Opens without migrating. Throws StoreError with a sentence for the operator.
  static std::unique_ptr<Database> open(const Options& options);

  // Await the closure's result. `work` must outlive the await (name it in the same coroutine).
  template <class F>
  auto read(F& work) {
    return Awaitable<F>(*this, work, Kind::Read);
  }
  template <class F>
  auto write(F& work) {
    return Awaitable<F>(*this, work, Kind::Write);
  }

  // The same for plain threads: blocks until done. Never on an I/O thread. read_now runs on the
  // calling thread, with a connection borrowed from a pool, and may be called inside a closure of
  // *another* Database.
  template <class F>
  std::invoke_result_t<F&, Tx&> read_now(F work) {
    ResultJob<F> job(work);
    run_here(job);
    return job.take();
  }
  template <class F>
  std::invoke_result_t<F&, Tx&> write_now(F work) {
    ResultJob<F> job(work);
    run_and_wait(job);
    return job.take();
  }

  // Is another process able to write this database at the same time?
  virtual bool is_shared() const = 0;
  // Brings the write-ahead log back into the file and empties it (SQLite; nothing on PostgreSQL):
  // after an erasure, and at a clean stop. Blocks.
  virtual void checkpoint() = 0;
  // Lets queued work finish, then closes the connections. Later calls throw.
  virtual void stop() = 0;

 protected:
  enum class Kind { Read, Write };
  // Takes the job into the queue; settles it later on an engine thread and resumes its
  // continuation.
  virtual void submit(Job& job, Kind kind) = 0;
  virtual void run_here(Job& job) = 0;      // reading closure, calling thread
  virtual void run_and_wait(Job& job) = 0;  // writing closure, blocks

 private:
  template <class F>
  class ResultJob : public Job {
   public:
    using R = std::invoke_result_t<F&, Tx&>;
    explicit ResultJob(F& work) : work_(work) {}
    void run(Tx& tx) override {
      if constexpr (std::is_void_v<R>) {
        work_(tx);
      } else {
        result_.emplace(work_(tx));
      }
    }
    R take() {
      if (this->error_) std::rethrow_exception(this->error_);
      if constexpr (!std::is_void_v<R>) return std::move(*result_);
    }

   private:
    F& work_;
    std::conditional_t<std::is_void_v<R>, std::monostate, std::optional<R>> result_;
  };

  template <class F>
  class Awaitable {
   public:
    Awaitable(Database& database, F& work, Kind kind)
        : database_(database), job_(work), kind_(kind) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> awaiting) {
      job_.continuation = awaiting;
      job_.executor = base::Executor::current();
      database_.submit(job_, kind_);
    }
    auto await_resume() { return job_.take(); }

   private:
    Database& database_;
    ResultJob<F> job_;
    Kind kind_;
  };
};

}  // namespace store
