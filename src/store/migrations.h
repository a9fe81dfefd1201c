// Numbered, forward-only changes of a schema. The SQL files live in
// src/store/migrations/<set>/NNNN_words.sql and are compiled into the program; each runs once, in
// its own transaction, and is remembered in the table "migrations". Two sets exist: "main" (the
// database) and "keys" (the key store, apart from it: DESIGN.md, personal data).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"

namespace store {

enum class Schema { Main, Keys };

struct Migration {
  int number;
  std::string_view name;
  std::string_view sql;
};

// All that this program knows, ascending.
std::vector<Migration> known_migrations(Schema schema);

// What the database has not had yet.
std::vector<Migration> pending_migrations(Database& database, Schema schema);

// Runs what is pending and gives it back. Safe when several processes start at once. Throws
// StoreError, naming the file, when one fails, or when the database has had a migration that this
// program does not know (it is newer).
std::vector<Migration> migrate(Database& database, Schema schema, base::Instant now);

// The same over a list of one's own: for tests, which bring an old schema with rows in it forward.
std::vector<Migration> pending_migrations(Database& database, std::vector<Migration> known);
std::vector<Migration> migrate(Database& database, std::vector<Migration> known, base::Instant now);

}  // namespace store
