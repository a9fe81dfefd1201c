#include "store/postgres_connection.h"

#include <bit>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "store/dialect.h"

namespace store::engine {

namespace {

constexpr std::size_t kMostStatements = 256;

// pg_type's numbers, which never change.
constexpr Oid kBool = 16, kBytes = 17, kInt8 = 20, kInt2 = 21, kText = 25, kInt4 = 23,
              kFloat4 = 700, kFloat8 = 701, kNumeric = 1700;

constexpr std::string_view kBeginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
// One snapshot for all statements of a reading closure, as on SQLite.
constexpr std::string_view kBeginRead = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

// write() promises a commit on disk, whatever the server's default; plans of short statements are
// not worth compiling.
constexpr const char* kSettings =
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') = 'off';"
    "SET client_min_messages = warning; SET jit = off; SET TimeZone = 'UTC';"
    "SET idle_in_transaction_session_timeout = '60s'; SET lock_timeout = '30s'";

Oid type_of(const Param& param) {
  struct {
    Oid operator()(std::monostate) const { return 0; }
    Oid operator()(std::int64_t) const { return kInt8; }
    Oid operator()(double) const { return kFloat8; }
    Oid operator()(std::string_view) const { return kText; }
    Oid operator()(Blob) const { return kBytes; }
    Oid operator()(NullOf type) const {
      constexpr Oid kTypes[] = {kInt8, kFloat8, kText, kBytes};
      return kTypes[static_cast<std::size_t>(type)];
    }
  } types;
  return std::visit(types, param);
}

template <class T>
T big_endian(const char* bytes) {
  std::make_unsigned_t<T> value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<std::make_unsigned_t<T>>((static_cast<std::uint64_t>(value) << 8) |
                                                 static_cast<unsigned char>(bytes[i]));
  }
  return static_cast<T>(value);
}

// NUMERIC on the wire: groups of four decimal digits, the weight of the first one, sign, scale.
// sum(BIGINT) comes as one.
double numeric(const char* bytes) {
  const auto groups = big_endian<std::int16_t>(bytes);
  int weight = big_endian<std::int16_t>(bytes + 2);
  const bool negative = big_endian<std::int16_t>(bytes + 4) == 0x4000;
  double value = 0;
  for (int i = 0; i < groups; ++i, --weight) {
    value += big_endian<std::int16_t>(bytes + 8 + 2 * i) * std::pow(10'000.0, weight);
  }
  return negative ? -value : value;
}

std::int64_t whole_numeric(const char* bytes) {
  const auto groups = big_endian<std::int16_t>(bytes);
  const int weight = big_endian<std::int16_t>(bytes + 2);
  const bool negative = big_endian<std::int16_t>(bytes + 4) == 0x4000;
  std::uint64_t value = 0;
  for (int i = 0; i <= weight; ++i) {
    value *= 10'000;
    if (i < groups)
      value += static_cast<std::uint64_t>(big_endian<std::int16_t>(bytes + 8 + 2 * i));
  }
  return static_cast<std::int64_t>(negative ? 0 - value : value);
}

// The server's words may repeat values ("invalid input syntax for type bigint: ..."), so only those
// of classes that speak of the schema and of the server itself are passed on, and never DETAIL.
std::string speak(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string_view code = state ? state : "";
  constexpr std::string_view kSafe[] = {"08", "0A", "23", "25", "26", "40",
                                        "42", "53", "54", "55", "57"};
  const bool safe = std::ranges::any_of(kSafe, [&](auto cls) { return code.starts_with(cls); });
  if (code.starts_with("53100")) return "the disk is full";
  return fmt::format("{} (SQLSTATE {})", safe && words ? words : "PostgreSQL refuses a value",
                     code);
}

}  // namespace

class PostgresCursor final : public Cursor {
 public:
  explicit PostgresCursor(PostgresConnection::Result result)
      : result_(std::move(result)), rows_(PQntuples(result_.get())) {}

  bool next() override { return ++row_ < rows_; }
  bool is_null(int column) const override {
    return !has_row() || PQgetisnull(result_.get(), row_, column) != 0;
  }
  std::int64_t integer(int column) const override;
  double real(int column) const override;
  std::string_view text(int column) const override;
  std::string_view blob(int column) const override {
    return is_null(column) ? std::string_view() : bytes(column);
  }

 private:
  bool has_row() const { return row_ >= 0 && row_ < rows_; }
  Oid type(int column) const { return PQftype(result_.get(), column); }
  std::string_view bytes(int column) const {
    return {PQgetvalue(result_.get(), row_, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
  }

  PostgresConnection::Result result_;
  int row_ = -1;
  const int rows_;
  mutable std::deque<std::string> spoken_;  // numbers that were asked for as text
};

std::int64_t PostgresCursor::integer(int column) const {
  if (is_null(column)) return 0;
  const std::string_view value = bytes(column);
  switch (type(column)) {
    case kInt8:
      return big_endian<std::int64_t>(value.data());
    case kInt4:
      return big_endian<std::int32_t>(value.data());
    case kInt2:
      return big_endian<std::int16_t>(value.data());
    case kBool:
      return value[0] != 0 ? 1 : 0;
    case kNumeric:
      return whole_numeric(value.data());
    case kFloat4:
    case kFloat8:
      return static_cast<std::int64_t>(real(column));
    default:
      break;
  }
  std::int64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

double PostgresCursor::real(int column) const {
  if (is_null(column)) return 0;
  const std::string_view value = bytes(column);
  switch (type(column)) {
    case kFloat8:
      return std::bit_cast<double>(big_endian<std::int64_t>(value.data()));
    case kFloat4:
      return static_cast<double>(std::bit_cast<float>(big_endian<std::int32_t>(value.data())));
    case kNumeric:
      return numeric(value.data());
    default:
      return static_cast<double>(integer(column));
  }
}

std::string_view PostgresCursor::text(int column) const {
  if (is_null(column)) return {};
  switch (type(column)) {
    case kInt8:
    case kInt4:
    case kInt2:
    case kBool:
      return spoken_.emplace_back(std::to_string(integer(column)));
    case kFloat4:
    case kFloat8:
    case kNumeric:
      return spoken_.emplace_back(fmt::format("{}", real(column)));
    default:
      return bytes(column);
  }
}

PostgresConnection::PostgresConnection(std::string url) : url_(std::move(url)) {}
PostgresConnection::~PostgresConnection() = default;

void PostgresConnection::connect() {
  index_.clear();
  statements_.clear();
  sent_.clear();
  begun_ = open_ = false;
  // What the URL says comes later and wins.
  constexpr const char* kKeywords[] = {"application_name",
                                       "connect_timeout",
                                       "keepalives_idle",
                                       "tcp_user_timeout",
                                       "client_encoding",
                                       "dbname",
                                       nullptr};
  const char* values[] = {"milepost", "5", "30", "30000", "UTF8", url_.c_str(), nullptr};
  db_.reset(PQconnectdbParams(kKeywords, values, 1));
  if (!is_connected()) {
    std::string words = db_ ? PQerrorMessage(db_.get()) : "out of memory";
    words = std::string(base::trim(words));
    std::ranges::replace_if(
        words, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    db_.reset();
    throw StoreError("PostgreSQL cannot be reached: " + words);
  }
  PQsetNoticeProcessor(
      db_.get(), [](void*, const char*) {}, nullptr);
  const Result settings(PQexec(db_.get(), kSettings));
  if (PQresultStatus(settings.get()) != PGRES_COMMAND_OK) {
    throw StoreError("PostgreSQL refuses a session's settings: " + speak(settings.get()));
  }
  if (PQenterPipelineMode(db_.get()) != 1) throw StoreError("PostgreSQL: no pipeline mode");
}

// --- Transactions.

void PostgresConnection::begin(Access access) {
  forget_failure();
  trouble_ = Trouble::None;
  access_ = access;
  begun_ = true;
  open_ = false;
  committing_ = false;
}

void PostgresConnection::send_begin() {
  if (!begun_ || open_) return;
  open_ = true;
  send(access_ == Access::Write ? kBeginWrite : kBeginRead, {});
}

void PostgresConnection::commit() {
  if (std::exchange(begun_, false) && std::exchange(open_, false)) {
    // An enqueued statement that nobody waited for may still fail: then COMMIT is waited for after
    // all.
    if (access_ == Access::Read && sent_.empty()) {
      send("COMMIT", {});
      if (PQpipelineSync(db_.get()) != 1) lost();
      sent_.push_back({Step::Sync, {}});
      return;
    }
    try {
      committing_ = true;
      send("COMMIT", {});
      const Result result = collect();
      committing_ = false;
      if (std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
        fail(StoreError("PostgreSQL rolled the transaction back"));
      }
    } catch (...) {
      rollback();
      throw;
    }
  }
}

void PostgresConnection::rollback() noexcept {
  begun_ = open_ = committing_ = false;
  const Trouble why = trouble_;  // what goes wrong from here on is of no interest to the closure
  try {
    if (is_connected() && !sent_.empty()) collect();
  } catch (const StoreError&) {
  }
  forget_failure();
  try {
    if (is_connected() && PQtransactionStatus(db_.get()) != PQTRANS_IDLE) {
      send("ROLLBACK", {});
      collect();
    }
  } catch (const StoreError&) {
    db_.reset();  // not worth keeping: the next transaction connects again
  }
  if (std::exchange(forget_statements_, false)) db_.reset();
  forget_failure();
  trouble_ = why;
}

// --- Statements.

std::unique_ptr<Cursor> PostgresConnection::query(std::string_view sql,
                                                  std::span<const Param> params) {
  refuse_after_failure();
  send_begin();
  send(sql, params);
  return std::make_unique<PostgresCursor>(collect());
}

std::int64_t PostgresConnection::execute(std::string_view sql, std::span<const Param> params) {
  refuse_after_failure();
  send_begin();
  send(sql, params);
  const Result result = collect();
  const std::string_view count = PQcmdTuples(result.get());
  std::int64_t rows = 0;
  if (!std::string_view(PQcmdStatus(result.get())).starts_with("SELECT")) {
    std::from_chars(count.data(), count.data() + count.size(), rows);
  }
  return rows;
}

void PostgresConnection::enqueue(std::string_view sql, std::span<const Param> params) {
  refuse_after_failure();
  send_begin();
  send(sql, params);
}

void PostgresConnection::send(std::string_view sql, std::span<const Param> params) {
  if (!is_connected()) lost();
  // Numbers travel as text, whose meaning does not depend on the width the server chose; text and
  // bytes in binary form, which for them is what they are and needs no copy.
  constexpr std::size_t kMost = 999, kDigits = 32;
  if (params.size() > kMost) fail(StoreError("too many parameters: " + statement_head(sql)));
  std::array<std::array<char, kDigits>, kMost> digits;
  std::array<const char*, kMost> values;
  std::array<int, kMost> lengths;
  std::array<int, kMost> formats;
  for (std::size_t i = 0; i < params.size(); ++i) {
    values[i] = nullptr;
    lengths[i] = 0;
    formats[i] = 0;
    const auto spell = [&](auto number) {
      char* end = std::to_chars(digits[i].data(), digits[i].data() + kDigits - 1, number).ptr;
      *end = '\0';
      values[i] = digits[i].data();
    };
    const auto pass = [&](std::string_view bytes) {
      values[i] = bytes.data() ? bytes.data() : "";
      lengths[i] = static_cast<int>(bytes.size());
      formats[i] = 1;
    };
    if (const auto* number = std::get_if<std::int64_t>(&params[i])) {
      spell(*number);
    } else if (const auto* real = std::get_if<double>(&params[i])) {
      spell(*real);
    } else if (const auto* text = std::get_if<std::string_view>(&params[i])) {
      if (!is_storable_text(*text)) {
        fail(
            StoreError("text with a NUL or broken UTF-8 cannot be stored: " + statement_head(sql)));
      }
      pass(*text);
    } else if (const auto* blob = std::get_if<Blob>(&params[i])) {
      pass(blob->bytes);
    }
  }
  const Statement& statement = prepared(sql, params);
  constexpr int kBinaryResult = 1;
  if (PQsendQueryPrepared(db_.get(), statement.name.c_str(), static_cast<int>(params.size()),
                          values.data(), lengths.data(), formats.data(), kBinaryResult) != 1) {
    lost();
  }
  sent_.push_back({Step::Run, statement_head(sql)});
}

// The types of a statement are those of its first values; a NULL leaves the choice to the server. A
// value of another type than before has it prepared anew.
const PostgresConnection::Statement& PostgresConnection::prepared(std::string_view sql,
                                                                  std::span<const Param> params) {
  if (const auto found = index_.find(sql); found != index_.end()) {
    const Statement& statement = *found->second;
    bool fits = statement.types.size() == params.size();
    for (std::size_t i = 0; fits && i < params.size(); ++i) {
      const Oid type = type_of(params[i]);
      fits = type == 0 || statement.types[i] == 0 || statement.types[i] == type;
    }
    statements_.splice(statements_.end(), statements_, found->second);
    if (fits) return statement;
    forget(sql);
  } else if (statements_.size() >= kMostStatements) {
    forget(statements_.front().sql);
  }
  if (const auto wanted = highest_parameter(sql); wanted != params.size()) {
    fail(StoreError(fmt::format("{} parameters given, {} wanted: {}", params.size(), wanted,
                                statement_head(sql))));
  }
  Statement& fresh = statements_.emplace_back();
  fresh.sql = sql;
  fresh.name = fmt::format("m{}", ++named_);
  for (const Param& param : params) fresh.types.push_back(type_of(param));
  index_.emplace(fresh.sql, std::prev(statements_.end()));
  if (PQsendPrepare(db_.get(), fresh.name.c_str(), fresh.sql.c_str(),
                    static_cast<int>(fresh.types.size()), fresh.types.data()) != 1) {
    lost();
  }
  sent_.push_back({Step::Prepare, fresh.sql});
  return fresh;
}

void PostgresConnection::forget(std::string_view sql) {
  const auto found = index_.find(sql);
  if (found == index_.end()) return;
  const auto statement = found->second;
  index_.erase(found);
  const std::string deallocate = "DEALLOCATE " + statement->name;
  statements_.erase(statement);
  if (PQsendQueryParams(db_.get(), deallocate.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) !=
      1) {
    lost();
  }
  sent_.push_back({Step::Run, deallocate});
}

// --- Answers.

PostgresConnection::Result PostgresConnection::collect() {
  if (PQpipelineSync(db_.get()) != 1) lost();
  sent_.push_back({Step::Sync, {}});
  first_error_ = nullptr;
  Result last;
  while (!sent_.empty()) {
    const Sent sent = std::move(sent_.front());
    sent_.pop_front();
    Result result = read_answer(sent);
    if (sent.step == Step::Run) last = std::move(result);
  }
  if (first_error_) std::rethrow_exception(std::exchange(first_error_, nullptr));
  return last;
}

PostgresConnection::Result PostgresConnection::read_answer(const Sent& sent) {
  Result answer;
  for (;;) {
    Result result(PQgetResult(db_.get()));
    if (!result) {
      if (!is_connected()) lost();
      return answer;
    }
    const ExecStatusType status = PQresultStatus(result.get());
    if (sent.step == Step::Sync) {
      if (status == PGRES_PIPELINE_SYNC) return result;
      if (!is_connected()) lost();
      continue;
    }
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      if (!is_connected()) lost();
      note_error(result.get(), sent);
    }
    answer = std::move(result);
  }
}

void PostgresConnection::note_error(const PGresult* result, const Sent& sent) {
  if (sent.step == Step::Prepare) {  // it does not exist, so there is nothing to deallocate
    if (const auto found = index_.find(sent.sql); found != index_.end()) {
      const auto statement = found->second;
      index_.erase(found);
      statements_.erase(statement);
    }
  }
  if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED || first_error_) return;
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view state = field ? field : "";
  // No state: libpq itself speaks, of a connection that broke. 57P..: the server ends the session.
  if (state.empty() || state.starts_with("57P")) lost();
  const std::string words = fmt::format("{}, in: {}", speak(result), statement_head(sent.sql));
  if (state == "40001" || state == "40P01") trouble_ = Trouble::Conflict;
  // Another process changed a table under a prepared statement, or a pooler gave us another
  // session: with fresh statements it will do.
  if (state == "0A000" || state == "26000") {
    trouble_ = Trouble::Conflict;
    forget_statements_ = true;
  }
  try {
    if (state == "23505") fail(UniqueViolation(words));
    fail(StoreError(words));
  } catch (...) {
    first_error_ = std::current_exception();
  }
}

void PostgresConnection::lost() {
  trouble_ = committing_ ? Trouble::InDoubt : Trouble::Lost;
  sent_.clear();
  db_.reset();
  fail(StoreError(committing_ ? "the connection to PostgreSQL broke during a commit: nobody knows "
                                "whether it happened"
                              : "the connection to PostgreSQL broke"));
}

}  // namespace store::engine
