#include "store/dialect.h"

#include <charconv>

#include "base/text.h"

namespace store::engine {

namespace {

bool is_word(char c) { return base::is_letter(c) || base::is_digit(c) || c == '_'; }

// The end of the token that begins at `at`: a comment, a quoted text or name, a word, or one
// character.
std::size_t token_end(std::string_view sql, std::size_t at) {
  const auto until = [&](std::string_view end) {
    const std::size_t found = sql.find(end, at + end.size());
    return found == std::string_view::npos ? sql.size() : found + end.size();
  };
  const std::string_view rest = sql.substr(at);
  if (rest.starts_with("--")) return std::min(sql.find('\n', at), sql.size());
  if (rest.starts_with("/*")) return until("*/");
  if (rest.front() == '\'' || rest.front() == '"') return until(rest.substr(0, 1));
  std::size_t end = at;
  while (end < sql.size() && is_word(sql[end])) ++end;
  return std::max(end, at + 1);
}

bool is_comment(std::string_view token) {
  return token.starts_with("--") || token.starts_with("/*");
}

}  // namespace

std::vector<std::string> split_script(std::string_view script) {
  std::vector<std::string> statements;
  std::string statement;
  const auto finish = [&] {
    const std::string_view trimmed = base::trim(statement);
    if (!trimmed.empty()) statements.emplace_back(trimmed);
    statement.clear();
  };
  for (std::size_t at = 0, end; at < script.size(); at = end) {
    end = token_end(script, at);
    const std::string_view token = script.substr(at, end - at);
    if (token == ";") {
      finish();
    } else if (is_comment(token)) {
      statement += ' ';
    } else {
      statement += token;
    }
  }
  finish();
  return statements;
}

std::string postgres_schema(std::string_view statement) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"INTEGER", "BIGINT"},
      {"BLOB", "BYTEA"},
      {"REAL", "DOUBLE PRECISION"},
      {"TEXT", "TEXT COLLATE \"C\""},
      {"STRICT", ""},
      {"WITHOUT", ""},
      {"ROWID", ""},
  };
  std::string out;
  bool has_options = false;
  for (std::size_t at = 0, end; at < statement.size(); at = end) {
    end = token_end(statement, at);
    std::string_view token = statement.substr(at, end - at);
    for (const auto& [ours, theirs] : kWords) {
      if (token != ours) continue;
      has_options |= token == "ROWID";
      token = theirs;
      break;
    }
    out += token;
  }
  // What stood between "STRICT" and "WITHOUT ROWID".
  if (has_options) out.resize(out.find_last_not_of(", \n") + 1);
  return out;
}

std::size_t highest_parameter(std::string_view sql) {
  std::size_t highest = 0;
  for (std::size_t at = 0, end; at < sql.size(); at = end) {
    end = token_end(sql, at);
    if (sql[at] != '$' || end == sql.size()) continue;
    end = token_end(sql, end);
    std::size_t number = 0;
    std::from_chars(sql.data() + at + 1, sql.data() + end, number);
    highest = std::max(highest, number);
  }
  return highest;
}

std::string_view find_table(bool is_shared) {
  return is_shared ? "SELECT 1 WHERE to_regclass($1) IS NOT NULL"
                   : "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1";
}

std::string_view list_tables(bool is_shared) {
  return is_shared ? "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND "
                     "relnamespace = current_schema()::regnamespace AND relname <> 'migrations' "
                     "ORDER BY oid"
                   : "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                     "'sqlite_%' AND name <> 'migrations' ORDER BY rowid";
}

std::string_view list_columns(bool is_shared) {
  return is_shared ? "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute "
                     "WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped "
                     "ORDER BY attnum"
                   : "SELECT name, type FROM pragma_table_info($1) ORDER BY cid";
}

std::string_view lock_for_migration(bool is_shared) {
  // The number is ours alone: "milepost" on a telephone's keys.
  return is_shared ? "SELECT pg_advisory_xact_lock(64537678)" : std::string_view();
}

}  // namespace store::engine
