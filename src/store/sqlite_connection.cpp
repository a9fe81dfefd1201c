#include "store/sqlite_connection.h"

#include <fcntl.h>
#include <unistd.h>

namespace store::engine {

namespace {

constexpr std::size_t kMostStatements = 256;

// The file is made here, because SQLite would let everybody read it; -wal and -shm inherit the
// mode. A file that exists must not even be opened: closing it would drop every lock that this
// process holds on it (POSIX), another process would take itself for the last one, and remove the
// write-ahead log with all that was promised in it.
void create_for_owner_only(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) return;
  if (file < 0) {
    throw StoreError(
        fmt::format("the database file {} cannot be opened: {}", path, std::strerror(errno)));
  }
  ::close(file);
}

bool is_busy(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_BUSY || primary == SQLITE_LOCKED;
}

// Never null: SQLite reads a null pointer as NULL, and an empty text is not that.
const char* not_null(std::string_view bytes) { return bytes.data() ? bytes.data() : ""; }

}  // namespace

class SqliteCursor final : public Cursor {
 public:
  SqliteCursor(SqliteConnection& connection, SqliteConnection::Statement& statement)
      : connection_(connection), statement_(&statement) {
    waiting_ = advance();
  }
  ~SqliteCursor() override {
    if (statement_) connection_.release(*statement_);
  }
  SqliteCursor(const SqliteCursor&) = delete;
  SqliteCursor& operator=(const SqliteCursor&) = delete;

  bool next() override {
    if (waiting_) {
      waiting_ = false;
      return true;
    }
    return statement_ && advance();
  }
  bool is_null(int column) const override {
    return !statement_ || sqlite3_column_type(statement_->handle, column) == SQLITE_NULL;
  }
  std::int64_t integer(int column) const override {
    return statement_ ? sqlite3_column_int64(statement_->handle, column) : 0;
  }
  double real(int column) const override {
    return statement_ ? sqlite3_column_double(statement_->handle, column) : 0;
  }
  std::string_view text(int column) const override {
    if (!statement_) return {};
    const auto* text = sqlite3_column_text(statement_->handle, column);
    return {reinterpret_cast<const char*>(text), size(column)};
  }
  std::string_view blob(int column) const override {
    if (!statement_) return {};
    const void* bytes = sqlite3_column_blob(statement_->handle, column);
    return {static_cast<const char*>(bytes), size(column)};
  }

 private:
  std::size_t size(int column) const {
    return static_cast<std::size_t>(sqlite3_column_bytes(statement_->handle, column));
  }
  // A statement at its end is given back at once: one that lingers would stand in the way of
  // COMMIT.
  bool advance() {
    try {
      if (connection_.step(*statement_)) return true;
    } catch (...) {
      connection_.release(*std::exchange(statement_, nullptr));
      throw;
    }
    connection_.release(*std::exchange(statement_, nullptr));
    return false;
  }

  SqliteConnection& connection_;
  SqliteConnection::Statement* statement_;
  bool waiting_ = false;  // the first row is there and has not been asked for
};

SqliteConnection::SqliteConnection(const std::string& path, const Options& options, Access access) {
  if (path.empty() || path.front() == ':') {
    throw StoreError("sqlite: needs the path of a file, which several connections can open");
  }
  create_for_owner_only(path);
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &db_, kFlags, nullptr);
  try {
    if (code != SQLITE_OK) raise(code, {});
    configure(options, access);
  } catch (const StoreError& error) {
    sqlite3_close_v2(db_);
    throw StoreError(fmt::format("the database file {} cannot be used: {}", path, error.what()));
  }
}

SqliteConnection::~SqliteConnection() {
  index_.clear();
  statements_.clear();
  extra_.clear();
  sqlite3_close_v2(db_);
}

void SqliteConnection::configure(const Options& options, Access access) {
  sqlite3_busy_timeout(db_, static_cast<int>(options.busy_timeout.count()));
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  const std::string settings = fmt::format(
      "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
      "PRAGMA case_sensitive_like=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-{}; PRAGMA "
      "mmap_size={};"
      "PRAGMA journal_size_limit=67108864; PRAGMA query_only={}",
      options.cache_bytes / 1024, options.map_bytes, access == Access::Read ? 1 : 0);
  // Two processes that make the same file at once meet here, where SQLite does not wait by itself.
  for (int tries = 1;
       sqlite3_exec(db_, "PRAGMA journal_mode=WAL", nullptr, nullptr, nullptr) == SQLITE_BUSY &&
       tries < 100;
       ++tries) {
    sqlite3_sleep(20);
  }
  run(settings.c_str());
  auto mode = query("PRAGMA journal_mode", {});
  if (!mode->next() || mode->text(0) != "wal") {
    throw StoreError("its file system does not allow a write-ahead log");
  }
}

void SqliteConnection::run(const char* sql) {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) raise(code, sql);
}

// SQLite's messages name tables and columns, never values.
void SqliteConnection::raise(int code, std::string_view sql) {
  if (is_busy(code)) fail(StoreError("the database is locked by another process"));
  if ((code & 0xff) == SQLITE_FULL) fail(StoreError("the disk is full"));
  std::string words = db_ ? sqlite3_errmsg(db_) : sqlite3_errstr(code);
  if ((code & 0xff) == SQLITE_IOERR) words = fmt::format("{} ({})", words, code);
  if (!sql.empty()) words += fmt::format(", in: {}", statement_head(sql));
  if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) {
    fail(UniqueViolation(words));
  }
  fail(StoreError(words));
}

// --- Transactions.

void SqliteConnection::begin(Access access) {
  forget_failure();
  execute(access == Access::Write ? "BEGIN IMMEDIATE" : "BEGIN", {});
}

void SqliteConnection::commit() {
  try {
    execute("COMMIT", {});
  } catch (...) {
    rollback();
    throw;
  }
}

void SqliteConnection::rollback() noexcept {
  forget_failure();
  if (sqlite3_get_autocommit(db_)) return;
  try {
    execute("ROLLBACK", {});  // prepared once: each batch of reads ends so
  } catch (...) {
    sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  forget_failure();
}

void SqliteConnection::set_savepoint() { execute("SAVEPOINT closure", {}); }
void SqliteConnection::release_savepoint() { execute("RELEASE closure", {}); }

bool SqliteConnection::rollback_to_savepoint() noexcept {
  if (sqlite3_get_autocommit(db_)) return false;
  forget_failure();
  return sqlite3_exec(db_, "ROLLBACK TO closure; RELEASE closure", nullptr, nullptr, nullptr) ==
         SQLITE_OK;
}

// --- Statements.

std::unique_ptr<Cursor> SqliteConnection::query(std::string_view sql,
                                                std::span<const Param> params) {
  refuse_after_failure();
  Statement& statement = acquire(sql);
  try {
    bind(statement, params);
  } catch (...) {
    release(statement);
    throw;
  }
  return std::make_unique<SqliteCursor>(*this, statement);
}

std::int64_t SqliteConnection::execute(std::string_view sql, std::span<const Param> params) {
  refuse_after_failure();
  Statement& statement = acquire(sql);
  try {
    bind(statement, params);
    while (step(statement)) {
    }
  } catch (...) {
    release(statement);
    throw;
  }
  const bool changes = !sqlite3_stmt_readonly(statement.handle);
  release(statement);
  return changes ? sqlite3_changes64(db_) : 0;
}

SqliteConnection::Statement& SqliteConnection::acquire(std::string_view sql) {
  const auto found = index_.find(sql);
  if (found != index_.end() && !found->second->busy) {
    statements_.splice(statements_.end(), statements_, found->second);
    found->second->busy = true;
    return *found->second;
  }
  std::list<Statement> fresh;
  prepare(fresh.emplace_back(sql));
  fresh.front().busy = true;
  if (found != index_.end()) {
    extra_.splice(extra_.end(), fresh);
    return extra_.back();
  }
  if (statements_.size() >= kMostStatements && !statements_.front().busy) {
    index_.erase(statements_.front().sql);
    statements_.pop_front();
  }
  statements_.splice(statements_.end(), fresh);
  index_.emplace(statements_.back().sql, std::prev(statements_.end()));
  return statements_.back();
}

void SqliteConnection::release(Statement& statement) noexcept {
  sqlite3_reset(statement.handle);
  statement.busy = false;
  if (extra_.empty()) return;
  extra_.remove_if([&](const Statement& other) { return &other == &statement; });
}

void SqliteConnection::prepare(Statement& statement) {
  const char* rest = nullptr;
  const int code =
      sqlite3_prepare_v3(db_, statement.sql.data(), static_cast<int>(statement.sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement.handle, &rest);
  if (code != SQLITE_OK) raise(code, statement.sql);
  if (!statement.handle) fail(StoreError("an empty statement"));
  const std::string_view after(rest, statement.sql.data() + statement.sql.size());
  if (after.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    fail(StoreError("two statements in one text: " + statement_head(statement.sql)));
  }
  // SQLite takes $2 for a *name* and numbers names as they come: $2 before $1 is its parameter 1.
  const int count = sqlite3_bind_parameter_count(statement.handle);
  for (int slot = 1; slot <= count; ++slot) {
    const char* name = sqlite3_bind_parameter_name(statement.handle, slot);
    const int number = name && *name == '$' ? std::atoi(name + 1) : 0;
    if (number < 1 || number > 999) {
      fail(StoreError("parameters are $1, $2 ..: " + statement_head(statement.sql)));
    }
    if (statement.slots.size() < static_cast<std::size_t>(number)) {
      statement.slots.resize(static_cast<std::size_t>(number), 0);
    }
    statement.slots[static_cast<std::size_t>(number) - 1] = slot;
  }
}

void SqliteConnection::bind(Statement& statement, std::span<const Param> params) {
  if (params.size() != statement.slots.size()) {
    fail(StoreError(fmt::format("{} parameters given, {} wanted: {}", params.size(),
                                statement.slots.size(), statement_head(statement.sql))));
  }
  // Text and bytes are copied together into the statement, whose rows may be read long after this
  // call; reserved first, so that nothing moves once it is bound.
  std::size_t size = 0;
  for (const Param& param : params) {
    if (const auto* text = std::get_if<std::string_view>(&param)) {
      if (!is_storable_text(*text)) {
        fail(StoreError("text with a NUL or broken UTF-8 cannot be stored: " +
                        statement_head(statement.sql)));
      }
      size += text->size();
    } else if (const auto* blob = std::get_if<Blob>(&param)) {
      size += blob->bytes.size();
    }
  }
  statement.texts.clear();
  statement.texts.reserve(size);
  const auto keep = [&](std::string_view bytes) {
    const char* kept = statement.texts.data() + statement.texts.size();
    statement.texts.append(not_null(bytes), bytes.size());
    return kept;
  };
  for (std::size_t i = 0; i < params.size(); ++i) {
    const int slot = statement.slots[i];
    if (slot == 0) continue;
    int code = SQLITE_OK;
    if (const auto* number = std::get_if<std::int64_t>(&params[i])) {
      code = sqlite3_bind_int64(statement.handle, slot, *number);
    } else if (const auto* text = std::get_if<std::string_view>(&params[i])) {
      code = sqlite3_bind_text64(statement.handle, slot, keep(*text), text->size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    } else if (const auto* blob = std::get_if<Blob>(&params[i])) {
      code = sqlite3_bind_blob64(statement.handle, slot, keep(blob->bytes), blob->bytes.size(),
                                 SQLITE_STATIC);
    } else if (const auto* real = std::get_if<double>(&params[i])) {
      code = sqlite3_bind_double(statement.handle, slot, *real);
    } else {
      code = sqlite3_bind_null(statement.handle, slot);
    }
    if (code != SQLITE_OK) raise(code, statement.sql);
  }
}

bool SqliteConnection::step(Statement& statement) {
  const int code = sqlite3_step(statement.handle);
  // A broken constraint takes back its own statement; anything else may have changed something.
  const bool undone = (code & 0xff) == SQLITE_CONSTRAINT;
  if (!undone && !sqlite3_stmt_readonly(statement.handle)) ++writes_;
  if (code != SQLITE_ROW && code != SQLITE_DONE) raise(code, statement.sql);
  return code == SQLITE_ROW;
}

}  // namespace store::engine
