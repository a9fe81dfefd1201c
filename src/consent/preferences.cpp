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

Pace pace_of(std::int64_t number) {
  return number == 1 ? Pace::Daily : number == 2 ? Pace::AtOnce : Pace::Unsaid;
}

// Of columns quiet_from, quiet_until, pace.
Manners read_manners(store::Rows rows) {
  Manners manners;
  if (!rows.next()) return manners;
  if (!rows.is_null(0)) {
    manners.quiet =
        QuietHours{static_cast<int>(rows.integer(0)), static_cast<int>(rows.integer(1))};
  }
  manners.pace = pace_of(rows.integer(2));
  return manners;
}

std::optional<int> from_of(const std::optional<QuietHours>& quiet) {
  return quiet ? std::optional(quiet->from) : std::nullopt;
}
std::optional<int> until_of(const std::optional<QuietHours>& quiet) {
  return quiet ? std::optional(quiet->until) : std::nullopt;
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
  found.pace = pace_of(rows.integer(4));
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
  tx.execute(
      "INSERT INTO preferences (account_id, person, language, zone, quiet_from, quiet_until, "
      "digest, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      account_id, store::Blob{person.bytes()}, text(preferences.language), text(preferences.zone),
      from_of(preferences.quiet), until_of(preferences.quiet), static_cast<int>(preferences.pace),
      now);
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

Matrix recipient_matrix(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                        int recipient) {
  Matrix matrix;
  read_rows(tx.query("SELECT channel, cells FROM recipient_choices WHERE account_id = $1 AND "
                     "shipment_id = $2 AND number = $3",
                     account_id, store::Blob{shipment.bytes()}, recipient),
            matrix);
  return matrix;
}

void set_recipient_matrix(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                          int recipient, const Matrix& matrix, base::Instant now) {
  tx.execute(
      "DELETE FROM recipient_choices WHERE account_id = $1 AND shipment_id = $2 AND number = $3",
      account_id, store::Blob{shipment.bytes()}, recipient);
  for_each_row(matrix, [&](std::string_view channel, const std::string& cells) {
    tx.execute(
        "INSERT INTO recipient_choices (account_id, shipment_id, number, channel, cells, "
        "changed_at) VALUES ($1, $2, $3, $4, $5, $6)",
        account_id, store::Blob{shipment.bytes()}, recipient, channel, cells, now);
  });
}

Manners account_manners(store::Tx& tx, std::int64_t account_id) {
  return read_manners(
      tx.query("SELECT quiet_from, quiet_until, pace FROM account_manners WHERE account_id = $1",
               account_id));
}

void set_account_manners(store::Tx& tx, std::int64_t account_id, const Manners& manners,
                         base::Instant now) {
  tx.execute("DELETE FROM account_manners WHERE account_id = $1", account_id);
  if (manners == Manners{}) return;
  tx.execute(
      "INSERT INTO account_manners (account_id, quiet_from, quiet_until, pace, changed_at) VALUES "
      "($1, $2, $3, $4, $5)",
      account_id, from_of(manners.quiet), until_of(manners.quiet), static_cast<int>(manners.pace),
      now);
}

Manners recipient_manners(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                          int recipient) {
  return read_manners(
      tx.query("SELECT quiet_from, quiet_until, pace FROM recipient_manners WHERE account_id = $1 "
               "AND shipment_id = $2 AND number = $3",
               account_id, store::Blob{shipment.bytes()}, recipient));
}

void set_recipient_manners(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                           int recipient, const Manners& manners, base::Instant now) {
  const store::Blob id{shipment.bytes()};
  tx.execute(
      "DELETE FROM recipient_manners WHERE account_id = $1 AND shipment_id = $2 AND number = $3",
      account_id, id, recipient);
  if (manners == Manners{}) return;
  tx.execute(
      "INSERT INTO recipient_manners (account_id, shipment_id, number, quiet_from, quiet_until, "
      "pace, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
      account_id, id, recipient, from_of(manners.quiet), until_of(manners.quiet),
      static_cast<int>(manners.pace), now);
}

void forget_recipient(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                      int recipient) {
  set_recipient_matrix(tx, account_id, shipment, recipient, {}, {});
  set_recipient_manners(tx, account_id, shipment, recipient, {}, {});
}

Matrix shop_matrix(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  Matrix matrix = usual_matrix();
  matrix.overlay(account_matrix(tx, account_id));
  if (!shipment.is_none()) matrix.overlay(shipment_matrix(tx, account_id, shipment));
  return matrix;
}

}  // namespace consent
