#include "store/database.h"

#include "store/engine.h"
#include "store/postgres_database.h"
#include "store/sqlite_database.h"

namespace store {

Rows::Rows(std::unique_ptr<engine::Cursor> cursor) : cursor_(std::move(cursor)) {}
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
Rows::~Rows() = default;

bool Rows::next() { return cursor_->next(); }
bool Rows::is_null(int column) const { return cursor_->is_null(column); }
std::int64_t Rows::integer(int column) const { return cursor_->integer(column); }
double Rows::real(int column) const { return cursor_->real(column); }
std::string_view Rows::text(int column) const { return cursor_->text(column); }
std::string_view Rows::blob(int column) const { return cursor_->blob(column); }

Rows Tx::query_params(std::string_view sql, std::span<const Param> params) {
  return Rows(connection_.query(sql, params));
}
std::int64_t Tx::execute_params(std::string_view sql, std::span<const Param> params) {
  return connection_.execute(sql, params);
}
void Tx::enqueue_params(std::string_view sql, std::span<const Param> params) {
  connection_.enqueue(sql, params);
}
bool Tx::is_shared() const { return connection_.is_shared(); }
std::string_view Tx::skip_locked() const {
  return is_shared() ? "FOR UPDATE SKIP LOCKED" : std::string_view();
}
std::string_view Tx::hold_rows() const { return is_shared() ? " FOR UPDATE" : std::string_view(); }

std::unique_ptr<Database> Database::open(const Options& options) {
  constexpr std::string_view kSqlite = "sqlite:";
  const std::string_view url = options.url;
  if (url.starts_with(kSqlite)) {
    return engine::open_sqlite(std::string(url.substr(kSqlite.size())), options);
  }
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
    return engine::open_postgres(options);
  }
  // The URL may hold a password: it is not repeated.
  throw StoreError("the database's URL begins neither with sqlite: nor with postgres://");
}

}  // namespace store
