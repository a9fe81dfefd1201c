#include "consent/preferences.h"

namespace consent {
namespace {

using channels::kChannelNames;

void read_rows(store::Rows rows, Matrix& matrix) {
  while (rows.next()) {
    const auto channel = channels::find_channel(rows.text(0));
    if (channel) matrix.read_row(*channel, rows.text(1));
  }
}

template <class Put>
void for_each_row(const Matrix& matrix, const Put& put) {
  for (std::size_t c = 0; c < kChannelNames.size(); ++c) {
    const auto cells = matrix.row(static_cast<channels::Channel>(c));
    if (!cells.empty()) put(kChannelNames[c], cells);
  }
}

}  // namespace

Preferences preferences_of(store::Tx& tx, std::int64_t account_id, const Person& person) {
  Preferences found;
  read_rows(
      tx.query("SELECT channel, cells FROM person_choices WHERE account_id = $1 AND person = $2",
               account_id, store::Blob{person.bytes()}),
      found.wanted);
  auto rows = tx.query(
      "SELECT language, zone, quiet_from, quiet_until, digest FROM preferences WHERE account_id = "
      "$1 AND person = $2",
      account_id, store::Blob{person.bytes()});
  if (!rows.next()) return found;
  found.language = rows.text(0);
  found.zone = rows.text(1);
  if (!rows.is_null(2)) {
    found.quiet = QuietHours{static_cast<int>(rows.integer(2)), static_cast<int>(rows.integer(3))};
  }
  found.is_daily = rows.integer(4) != 0;
  return found;
}

void forget_preferences(store::Tx& tx, std::int64_t account_id, const Person& person) {
  for (const auto* sql : {"DELETE FROM person_choices WHERE account_id = $1 AND person = $2",
                          "DELETE FROM preferences WHERE account_id = $1 AND person = $2"}) {
    tx.execute(sql, account_id, store::Blob{person.bytes()});
  }
}

void set_preferences(store::Tx& tx, std::int64_t account_id, const Person& person,
                     const Preferences& preferences, base::Instant now) {
  forget_preferences(tx, account_id, person);
  for_each_row(preferences.wanted, [&](std::string_view channel, const std::string& cells) {
    tx.execute(
        "INSERT INTO person_choices (account_id, person, channel, cells, changed_at) VALUES ($1, "
        "$2, $3, $4, $5)",
        account_id, store::Blob{person.bytes()}, channel, cells, now);
  });
  Preferences rest = preferences;
  rest.wanted = {};
  if (rest == Preferences{}) return;
  const auto text = [](const std::string& value) {
    return value.empty() ? std::optional<std::string_view>() : std::string_view(value);
  };
  const auto& quiet = preferences.quiet;
  tx.execute(
      "INSERT INTO preferences (account_id, person, language, zone, quiet_from, quiet_until, "
      "digest, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      account_id, store::Blob{person.bytes()}, text(preferences.language), text(preferences.zone),
      quiet ? std::optional<int>(quiet->from) : std::nullopt,
      quiet ? std::optional<int>(quiet->until) : std::nullopt, preferences.is_daily ? 1 : 0, now);
}

Matrix account_matrix(store::Tx& tx, std::int64_t account_id) {
  Matrix matrix;
  read_rows(
      tx.query("SELECT channel, cells FROM account_choices WHERE account_id = $1", account_id),
      matrix);
  return matrix;
}

void set_account_matrix(store::Tx& tx, std::int64_t account_id, const Matrix& matrix,
                        base::Instant now) {
  tx.execute("DELETE FROM account_choices WHERE account_id = $1", account_id);
  for_each_row(matrix, [&](std::string_view channel, const std::string& cells) {
    tx.execute(
        "INSERT INTO account_choices (account_id, channel, cells, changed_at) VALUES ($1, $2, $3, "
        "$4)",
        account_id, channel, cells, now);
  });
}

Matrix shipment_matrix(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  Matrix matrix;
  read_rows(
      tx.query(
          "SELECT channel, cells FROM shipment_choices WHERE account_id = $1 AND shipment_id = $2",
          account_id, store::Blob{shipment.bytes()}),
      matrix);
  return matrix;
}

void set_shipment_matrix(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                         const Matrix& matrix, base::Instant now) {
  tx.execute("DELETE FROM shipment_choices WHERE account_id = $1 AND shipment_id = $2", account_id,
             store::Blob{shipment.bytes()});
  for_each_row(matrix, [&](std::string_view channel, const std::string& cells) {
    tx.execute(
        "INSERT INTO shipment_choices (account_id, shipment_id, channel, cells, changed_at) VALUES "
        "($1, $2, $3, $4, $5)",
        account_id, store::Blob{shipment.bytes()}, channel, cells, now);
  });
}

Matrix shop_matrix(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  Matrix matrix = usual_matrix();
  matrix.overlay(account_matrix(tx, account_id));
  if (!shipment.is_none()) matrix.overlay(shipment_matrix(tx, account_id, shipment));
  return matrix;
}

}  // namespace consent
