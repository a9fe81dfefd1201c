// One connection to PostgreSQL, always in pipeline mode.
//
// The round trip is what costs, so nothing waits that need not: BEGIN, PREPARE and enqueue()d
// statements leave together with the next statement that somebody waits for, and the COMMIT of a
// reading transaction is never waited for at all; its answer is read before the next one.
#pragma once
#include <libpq-fe.h>

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/engine.h"

namespace store::engine {

// Why the last transaction failed, when the failure was none of the closure's.
enum class Trouble {
  None,
  Conflict,  // rolled back by the server in favour of another transaction: run it again
  Lost,      // the connection broke before COMMIT was sent: nothing happened, run it again
  InDoubt,   // the connection broke after COMMIT was sent: nobody knows, never run it again
};

class PostgresConnection final : public Connection {
 public:
  // Connects later, with connect().
  explicit PostgresConnection(std::string url);
  ~PostgresConnection() override;

  bool is_connected() const { return db_ != nullptr && PQstatus(db_.get()) == CONNECTION_OK; }
  // Throws StoreError with a sentence for the operator.
  void connect();

  void begin(Access access) override;
  void commit() override;
  void rollback() noexcept override;
  Trouble trouble() const { return trouble_; }

  std::unique_ptr<Cursor> query(std::string_view sql, std::span<const Param> params) override;
  std::int64_t execute(std::string_view sql, std::span<const Param> params) override;
  void enqueue(std::string_view sql, std::span<const Param> params) override;
  bool is_shared() const override { return true; }

 private:
  struct FinishConnection {
    void operator()(PGconn* db) const { PQfinish(db); }
  };
  struct FreeResult {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Result = std::unique_ptr<PGresult, FreeResult>;
  friend class PostgresCursor;

  struct Statement {
    std::string sql;
    std::string name;
    std::vector<Oid> types;  // as prepared; 0: the server chose, because the value was NULL
  };
  enum class Step { Prepare, Run, Sync };
  // What has been sent and not been answered.
  struct Sent {
    Step step;
    std::string sql;  // Prepare and Run: for errors, and to forget what was not prepared
  };

  void send_begin();
  void send(std::string_view sql, std::span<const Param> params);
  const Statement& prepared(std::string_view sql, std::span<const Param> params);
  void forget(std::string_view sql);
  // Sends what is pending and reads everything that is owed; the result of the last statement.
  Result collect();
  Result read_answer(const Sent& sent);
  void note_error(const PGresult* result, const Sent& sent);
  [[noreturn]] void lost();

  const std::string url_;
  std::unique_ptr<PGconn, FinishConnection> db_;
  // Least recently used first.
  std::list<Statement> statements_;
  std::unordered_map<std::string_view, std::list<Statement>::iterator> index_;
  std::uint64_t named_ = 0;
  std::deque<Sent> sent_;
  std::exception_ptr first_error_;  // of the answers being collected
  bool forget_statements_ = false;

  Access access_ = Access::Read;
  bool begun_ = false;  // begin() was called
  bool open_ = false;   // and BEGIN has been sent
  bool committing_ = false;
  Trouble trouble_ = Trouble::None;
};

}  // namespace store::engine
