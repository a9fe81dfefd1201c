#include "rights/closing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "rights/kept.h"
#include "shipments/retention.h"

namespace rights {
namespace {

// Closed by accounts, which leaves a row without a person.
constexpr std::string_view kAccounts = "accounts";

std::vector<std::string> read_tables() {
  struct Seen {
    bool names_account = false, stays = false;
  };
  std::map<std::string, Seen> seen;
  for (const auto& column : dictionary().columns()) {
    if (column.schema != "main") continue;
    auto& table = seen[column.name.table];
    if (column.name.column == "account_id") table.names_account = true;
    const auto* kept = retention_of(column.retention);
    if (kept == nullptr || kept->outlives_account) table.stays = true;
  }
  std::vector<std::string> tables;
  for (const auto& [name, table] : seen) {
    if (table.names_account && !table.stays && name != kAccounts) tables.push_back(name);
  }
  return tables;
}

}  // namespace

const std::vector<std::string>& tables_of_accounts() {
  static const auto read = read_tables();
  return read;
}

Cleared clear_account(store::Database& database, personal::Vault& vault, std::int64_t account_id) {
  Cleared cleared;
  if (account_id <= 0) return cleared;  // the instance's own
  cleared.shipments = shipments::forget_account(database, vault, account_id);
  std::vector<personal::SubjectId> subjects;
  database.read_now([&](store::Tx& tx) {
    subjects.clear();
    for (const auto& table : tables_of_accounts()) {
      // A template's subject is a line of its mail.
      if (column_type(table, "subject") != ColumnType::Integer) continue;
      auto rows = tx.query(
          fmt::format("SELECT DISTINCT subject FROM {} WHERE account_id = $1", table), account_id);
      while (rows.next()) {
        if (!rows.is_null(0) && rows.integer(0) > 0) subjects.push_back(rows.integer(0));
      }
    }
    return 0;
  });
  // First the keys: a row without one is noise, and is found again by whoever begins again.
  std::ranges::sort(subjects);
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  if (!subjects.empty()) vault.forget(account_id, subjects);
  cleared.keys = static_cast<std::int64_t>(subjects.size());
  for (const auto& table : tables_of_accounts()) {
    cleared.rows += database.write_now([&](store::Tx& tx) {
      return tx.execute(fmt::format("DELETE FROM {} WHERE account_id = $1", table), account_id);
    });
  }
  if (cleared.rows > 0) database.checkpoint();
  return cleared;
}

}  // namespace rights
