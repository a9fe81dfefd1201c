#include "shipments/events.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "shipments/packed_events.h"

namespace shipments {
namespace {

constexpr std::string_view kOutbox =
    "account_id, created_at, shipment_id, version, kind, status_before, substatus_before, status, "
    "substatus, event";

std::vector<OutboxRow> read_outbox(store::Rows rows) {
  std::vector<OutboxRow> found;
  while (rows.next()) {
    auto& row = found.emplace_back();
    row.account_id = rows.integer(0);
    row.created_at = rows.instant(1);
    row.shipment = base::Id::from_bytes(rows.blob(2)).value_or(base::Id());
    row.version = rows.integer(3);
    row.news = static_cast<News>(rows.integer(4));
    row.status_before = static_cast<journey::Status>(rows.integer(5));
    row.substatus_before = static_cast<int>(rows.integer(6));
    row.status = static_cast<journey::Status>(rows.integer(7));
    row.substatus = static_cast<int>(rows.integer(8));
    row.event = rows.integer(9);
  }
  std::ranges::sort(found, {}, [](const OutboxRow& row) {
    return std::tie(row.created_at, row.shipment, row.version, row.news);
  });
  return found;
}

}  // namespace

std::vector<Event> events_of(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  auto rows = tx.query("SELECT events FROM shipments WHERE account_id = $1 AND id = $2", account_id,
                       store::Blob{id.bytes()});
  if (!rows.next()) return {};
  auto events = unpack_events(rows.blob(0));
  if (!events) throw store::StoreError("a shipment's events cannot be read");
  return std::move(*events);
}

void append_outbox(store::Tx& tx, const OutboxRow& row) {
  tx.enqueue(
      "INSERT INTO outbox (account_id, created_at, shipment_id, version, kind, status_before, "
      "substatus_before, status, substatus, event) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
      "$10)",
      row.account_id, row.created_at, store::Blob{row.shipment.bytes()}, row.version, row.news,
      row.status_before, row.substatus_before, row.status, row.substatus, row.event);
}

std::vector<OutboxRow> take_outbox(store::Tx& tx, std::int64_t account_id, int most) {
  static constexpr std::string_view kKey = "account_id, created_at, shipment_id, version, kind";
  // Materialised, or else PostgreSQL may run the SELECT again for each row.
  const auto sql = fmt::format(
      "WITH taken AS MATERIALIZED (SELECT {0} FROM outbox WHERE account_id = $1 ORDER BY {0} LIMIT "
      "$2 {2}) DELETE FROM outbox WHERE ({0}) IN (SELECT {0} FROM taken) RETURNING {1}",
      kKey, kOutbox, tx.skip_locked());
  return read_outbox(tx.query(sql, account_id, most));
}

std::optional<std::int64_t> next_in_outbox(store::Tx& tx, std::int64_t above) {
  auto rows = tx.query(
      "SELECT account_id FROM outbox WHERE account_id > $1 ORDER BY account_id LIMIT 1", above);
  if (!rows.next()) return std::nullopt;
  return rows.integer(0);
}

std::vector<OutboxRow> outbox_of(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  return read_outbox(tx.query(
      fmt::format("SELECT {} FROM outbox WHERE account_id = $1 AND shipment_id = $2", kOutbox),
      account_id, store::Blob{shipment.bytes()}));
}

void remove_outbox(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  tx.enqueue("DELETE FROM outbox WHERE account_id = $1 AND shipment_id = $2", account_id,
             store::Blob{shipment.bytes()});
}

void forget_untold(store::Tx& tx, std::int64_t account_id) {
  tx.enqueue(
      "DELETE FROM outbox WHERE account_id = $1 AND NOT EXISTS (SELECT 1 FROM shipments WHERE "
      "shipments.account_id = outbox.account_id AND shipments.id = outbox.shipment_id)",
      account_id);
}

std::int64_t sweep_outbox(store::Database& database, base::Instant now) {
  constexpr int kSlice = 2000;
  std::int64_t swept = 0, account = -1;
  for (;;) {
    const auto next = database.read_now([&](store::Tx& tx) { return next_in_outbox(tx, account); });
    if (!next) return swept;
    account = *next;
    for (std::int64_t slice = kSlice; slice == kSlice; swept += slice) {
      slice = database.write_now([&](store::Tx& tx) {
        return tx.execute(
            "DELETE FROM outbox WHERE (account_id, created_at, shipment_id, version, kind) IN "
            "(SELECT account_id, created_at, shipment_id, version, kind FROM outbox WHERE "
            "account_id = $1 AND created_at <= $2 ORDER BY created_at LIMIT $3)",
            account, now - kOutboxKept, kSlice);
      });
    }
  }
}

}  // namespace shipments
