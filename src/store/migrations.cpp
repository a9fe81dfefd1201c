#include "store/migrations.h"

#include <map>
#include <set>

#include "base/log.h"
#include "store/dialect.h"
#include "store/migration_table.h"

namespace store {

namespace {

constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS migrations (number INTEGER NOT NULL PRIMARY KEY, "
    "name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT";

std::string in_dialect(const Tx& tx, std::string_view statement) {
  return tx.is_shared() ? engine::postgres_schema(statement) : std::string(statement);
}

std::map<int, std::string> applied_migrations(Tx& tx) {
  std::map<int, std::string> applied;
  if (!tx.query(engine::find_table(tx.is_shared()), "migrations").next()) return applied;
  Rows rows = tx.query("SELECT number, name FROM migrations");
  while (rows.next()) applied.emplace(static_cast<int>(rows.integer(0)), rows.text(1));
  return applied;
}

// What of `known` is not applied; throws when something unknown is.
std::vector<Migration> missing(std::vector<Migration> known,
                               const std::map<int, std::string>& applied) {
  std::map<int, std::string> unknown = applied;
  for (const Migration& migration : known) unknown.erase(migration.number);
  if (!unknown.empty()) {
    throw StoreError(fmt::format(
        "the database has had migration {:04} ({}), which this program does not know: the database "
        "belongs to a newer Milepost",
        unknown.rbegin()->first, unknown.rbegin()->second));
  }
  std::erase_if(known, [&](const Migration& m) { return applied.contains(m.number); });
  return known;
}

// True when it ran, false when another process was quicker.
bool apply(Tx& tx, const Migration& migration, base::Instant now) {
  if (const auto lock = engine::lock_for_migration(tx.is_shared()); !lock.empty()) tx.query(lock);
  tx.execute(in_dialect(tx, kTable));
  if (applied_migrations(tx).contains(migration.number)) return false;
  for (const std::string& statement : engine::split_script(migration.sql)) {
    tx.execute(in_dialect(tx, statement));
  }
  tx.execute("INSERT INTO migrations (number, name, applied_at) VALUES ($1, $2, $3)",
             migration.number, migration.name, now);
  return true;
}

}  // namespace

std::vector<Migration> known_migrations(Schema schema) {
  std::vector<Migration> known = engine::embedded_migrations(schema);
  std::ranges::sort(known, {}, &Migration::number);
  return known;
}

std::vector<Migration> pending_migrations(Database& database, std::vector<Migration> known) {
  const auto applied = database.read_now([](Tx& tx) { return applied_migrations(tx); });
  return missing(std::move(known), applied);
}

std::vector<Migration> migrate(Database& database, std::vector<Migration> known,
                               base::Instant now) {
  std::vector<Migration> ran;
  for (const Migration& migration : pending_migrations(database, std::move(known))) {
    try {
      const bool here = database.write_now([&](Tx& tx) { return apply(tx, migration, now); });
      if (!here) continue;
      ran.push_back(migration);
      base::log(base::Level::Info, "store.migrated",
                {{"number", migration.number}, {"name", migration.name}});
    } catch (const StoreError& error) {
      throw StoreError(fmt::format("migration {:04}_{} failed: {}", migration.number,
                                   migration.name, error.what()));
    }
  }
  return ran;
}

std::vector<Migration> pending_migrations(Database& database, Schema schema) {
  return pending_migrations(database, known_migrations(schema));
}

std::vector<Migration> migrate(Database& database, Schema schema, base::Instant now) {
  return migrate(database, known_migrations(schema), now);
}

}  // namespace store
