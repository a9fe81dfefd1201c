#include "shipments/events.h"

namespace shipments {
namespace {

constexpr int kSlice = 2000;

// Big end first, so that ids sort by version.
void append_big_endian(std::string& out, std::uint64_t n) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(n >> shift);
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t n = 0;
  for (const char c : bytes) n = n << 8 | static_cast<unsigned char>(c);
  return n;
}

// The first id after all that begin with the shipment's.
std::string after(const base::Id& shipment) {
  std::string end(shipment.bytes());
  end.append(16, '\xff');
  return end;
}

}  // namespace

void append_events(store::Tx& tx, std::int64_t account_id, const base::Id& id, std::int64_t first,
                   const std::vector<Event>& events) {
  for (const auto& event : events) {
    std::optional<std::int64_t> milestone;
    if (event.milestone) milestone = static_cast<std::int64_t>(*event.milestone);
    tx.enqueue(
        "INSERT INTO events (account_id, shipment_id, number, kind, status, substatus, milestone, "
        "happened, learnt_at, mouth, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        account_id, store::Blob{id.bytes()}, first++, event.kind, event.status, event.substatus,
        milestone, event.happened, event.learnt_at, event.mouth, event.source);
  }
}

std::vector<Event> events_of(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  std::vector<Event> events;
  auto rows = tx.query(
      "SELECT number, kind, status, substatus, milestone, happened, learnt_at, mouth, source FROM "
      "events WHERE account_id = $1 AND shipment_id = $2 ORDER BY number",
      account_id, store::Blob{id.bytes()});
  while (rows.next()) {
    auto& event = events.emplace_back();
    event.number = rows.integer(0);
    event.kind = static_cast<EventKind>(rows.integer(1));
    event.status = static_cast<journey::Status>(rows.integer(2));
    event.substatus = static_cast<int>(rows.integer(3));
    if (!rows.is_null(4)) event.milestone = static_cast<journey::Milestone>(rows.integer(4));
    event.happened = rows.text(5);
    event.learnt_at = rows.instant(6);
    event.mouth = static_cast<Mouth>(rows.integer(7));
    event.source = rows.text(8);
  }
  return events;
}

std::string outbox_id(const base::Id& shipment, std::int64_t version, News news) {
  std::string id(shipment.bytes());
  append_big_endian(id, static_cast<std::uint64_t>(version));
  id += static_cast<char>(news);
  return id;
}

void append_outbox(store::Tx& tx, const OutboxRow& row) {
  tx.enqueue(
      "INSERT INTO outbox (account_id, id, kind, status_before, substatus_before, status, "
      "substatus, event, created_at, due_at, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
      "$9, 0)",
      row.account_id, store::Blob{outbox_id(row.shipment, row.version, row.news)}, row.news,
      row.status_before, row.substatus_before, row.status, row.substatus, row.event,
      row.created_at);
}

std::vector<OutboxRow> outbox_of(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  std::vector<OutboxRow> found;
  auto rows = tx.query(
      "SELECT id, kind, status_before, substatus_before, status, substatus, event, created_at FROM "
      "outbox WHERE account_id = $1 AND id >= $2 AND id < $3 ORDER BY id",
      account_id, store::Blob{shipment.bytes()}, store::Blob{after(shipment)});
  while (rows.next()) {
    auto& row = found.emplace_back();
    row.account_id = account_id;
    row.shipment = shipment;
    row.version = static_cast<std::int64_t>(read_big_endian(rows.blob(0).substr(16, 8)));
    row.news = static_cast<News>(rows.integer(1));
    row.status_before = static_cast<journey::Status>(rows.integer(2));
    row.substatus_before = static_cast<int>(rows.integer(3));
    row.status = static_cast<journey::Status>(rows.integer(4));
    row.substatus = static_cast<int>(rows.integer(5));
    row.event = rows.integer(6);
    row.created_at = rows.instant(7);
  }
  return found;
}

void remove_outbox(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  tx.enqueue("DELETE FROM outbox WHERE account_id = $1 AND id >= $2 AND id < $3", account_id,
             store::Blob{shipment.bytes()}, store::Blob{after(shipment)});
}

std::int64_t sweep_outbox(store::Database& database, base::Instant now) {
  const auto cutoff = now - kOutboxKept;
  std::int64_t swept = 0;
  for (;;) {
    const auto slice = database.write_now([&](store::Tx& tx) {
      auto last = tx.query(
          "SELECT due_at FROM outbox WHERE due_at <= $1 ORDER BY due_at LIMIT 1 "
          "OFFSET $2",
          cutoff, kSlice);
      const auto until = last.next() ? last.instant(0) : cutoff;
      return tx.execute("DELETE FROM outbox WHERE due_at <= $1", until);
    });
    if (slice == 0) return swept;
    swept += slice;
  }
}

}  // namespace shipments
