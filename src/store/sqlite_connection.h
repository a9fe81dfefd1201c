// One connection to an SQLite file: settings, prepared statements, transactions.
#pragma once
#include <sqlite3.h>

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/engine.h"

namespace store::engine {

class SqliteConnection final : public Connection {
 public:
  // Reading connections refuse to write. Throws StoreError with a sentence for the operator.
  SqliteConnection(const std::string& path, const Options& options, Access access);
  ~SqliteConnection() override;

  void begin(Access access) override;
  void commit() override;
  void rollback() noexcept override;

  // For the replay of a group: a closure that throws takes only its own changes back.
  void set_savepoint();
  void release_savepoint();
  // False when the whole transaction is lost.
  bool rollback_to_savepoint() noexcept;
  // Grows whenever a statement has changed something, or may have.
  std::int64_t writes() const { return writes_; }
  // Has SQLite itself ended the transaction (disk full, I/O error)?
  bool has_lost_transaction() const { return sqlite3_get_autocommit(db_) != 0; }

  std::unique_ptr<Cursor> query(std::string_view sql, std::span<const Param> params) override;
  std::int64_t execute(std::string_view sql, std::span<const Param> params) override;
  void enqueue(std::string_view sql, std::span<const Param> params) override {
    execute(sql, params);
  }
  bool is_shared() const override { return false; }

  sqlite3* handle() const { return db_; }

 private:
  friend class SqliteCursor;

  struct Statement {
    std::string sql;
    sqlite3_stmt* handle = nullptr;
    std::vector<int> slots;  // of $1, $2 ..: SQLite's own numbers; 0 when the text leaves one out
    std::string texts;       // the bound text and bytes: they must outlive the call
    bool busy = false;

    explicit Statement(std::string_view text) : sql(text) {}
    ~Statement() { sqlite3_finalize(handle); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
  };

  // Of a statement's length and of a few of its letters: texts of half a kilobyte are looked up
  // five times a create, and those that share a bucket are told apart by comparing them.
  struct QuickHash {
    std::size_t operator()(std::string_view sql) const noexcept {
      constexpr std::size_t kPlaces = 8;
      std::uint64_t sum = sql.size();
      const std::size_t step = std::max<std::size_t>(1, sql.size() / kPlaces);
      for (std::size_t at = 0; at < sql.size(); at += step)
        sum = (sum ^ static_cast<unsigned char>(sql[sql.size() - 1 - at])) * 0x9E3779B97F4A7C15ULL;
      return static_cast<std::size_t>(sum ^ (sum >> 29));
    }
  };

  Statement& acquire(std::string_view sql);
  void release(Statement& statement) noexcept;
  void prepare(Statement& statement);
  void bind(Statement& statement, std::span<const Param> params);
  bool step(Statement& statement);
  void run(const char* sql);
  void configure(const Options& options, Access access);
  [[noreturn]] void raise(int code, std::string_view sql);

  sqlite3* db_ = nullptr;
  // Least recently used first; the index's keys are views of the statements' own text.
  std::list<Statement> statements_;
  std::unordered_map<std::string_view, std::list<Statement>::iterator, QuickHash> index_;
  std::list<Statement> extra_;  // the same text running twice at once
  std::int64_t writes_ = 0;
};

}  // namespace store::engine
