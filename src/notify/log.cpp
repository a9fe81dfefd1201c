#include "notify/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "notify/queue.h"

namespace notify {
namespace {

constexpr std::array<std::string_view, 3> kEnds = {"delivered", "dead", "dropped"};
constexpr int kSlice = 2000;

constexpr std::string_view kColumns =
    "channel, lane, shipment_id, receiver, version, occasion, id, created_at, settled_at, "
    "attempts, "
    "outcome, code, took";

// A condition and its parameters. Texts live as long as `which`.
struct Condition {
  std::string sql = "account_id = $1";
  std::vector<store::Param> params;

  void add(std::string_view test, store::Param value) {
    params.push_back(value);
    sql += fmt::format(" AND {} ${}", test, params.size());
  }
};

Condition condition_of(const Which& which) {
  Condition c;
  c.params.push_back(which.account_id);
  if (which.channel) c.add("channel =", channels::name(*which.channel));
  if (which.lane) c.add("lane =", *which.lane);
  // Written out: SQLite uses the index of dead letters only when it sees the number.
  if (which.end) c.sql += fmt::format(" AND outcome = {}", static_cast<int>(*which.end));
  if (which.from) c.add("settled_at >=", base::to_micros(*which.from));
  if (which.until) c.add("settled_at <", base::to_micros(*which.until));
  if (which.shipment) c.add("shipment_id =", store::Blob{which.shipment->bytes()});
  if (which.id) c.add("id =", store::Blob{*which.id});
  return c;
}

Settled read(const store::Rows& rows, std::int64_t account_id) {
  Settled s;
  auto& w = s.delivery.wanted;
  w.lane.account_id = account_id;
  w.lane.channel = channels::find_channel(rows.text(0)).value_or(channels::Channel::Webhook);
  w.lane.number = rows.integer(1);
  w.shipment = base::Id::from_bytes(rows.blob(2)).value_or(base::Id());
  w.receiver = rows.blob(3);
  w.version = rows.integer(4);
  w.occasion = rows.text(5);
  s.delivery.id = rows.blob(6);
  w.created_at = rows.instant(7);
  s.at = rows.instant(8);
  s.attempts = static_cast<int>(rows.integer(9));
  s.delivery.attempt = s.attempts;
  s.end = static_cast<End>(rows.integer(10));
  s.code = rows.text(11);
  s.took = std::chrono::microseconds(rows.integer(12));
  return s;
}

std::vector<Settled> select(store::Tx& tx, const Which& which, std::string_view order, int most) {
  const auto c = condition_of(which);
  auto rows =
      tx.query_params(fmt::format("SELECT {} FROM delivery_log WHERE {} ORDER BY {} LIMIT {}",
                                  kColumns, c.sql, order, most),
                      c.params);
  std::vector<Settled> found;
  while (rows.next()) found.push_back(read(rows, which.account_id));
  return found;
}

// Back into the queue as it was, attempts and all forgotten.
void put_back(store::Tx& tx, const Delivery& d, base::Instant now) {
  const auto& w = d.wanted;
  tx.execute(
      "INSERT INTO deliveries (account_id, channel, lane, shipment_id, receiver, version, "
      "occasion, id, created_at, due_at, attempts, is_replay) VALUES ($1, $2, $3, $4, $5, $6, $7, "
      "$8, $9, $10, 0, 1) ON CONFLICT (account_id, channel, lane, shipment_id, receiver, version, "
      "occasion) DO NOTHING",
      w.lane.account_id, channels::name(w.lane.channel), w.lane.number,
      store::Blob{w.shipment.bytes()}, store::Blob{w.receiver}, w.version, w.occasion,
      store::Blob{d.id}, w.created_at, now);
}

}  // namespace

std::string_view name(End end) { return kEnds[static_cast<std::size_t>(end)]; }

void keep(store::Tx& tx, const Settled& s) {
  const auto& w = s.delivery.wanted;
  tx.enqueue(
      "INSERT INTO delivery_log (account_id, settled_at, id, channel, lane, shipment_id, receiver, "
      "version, occasion, created_at, attempts, outcome, code, took) VALUES ($1, $2, $3, $4, $5, "
      "$6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (account_id, settled_at, id) DO "
      "NOTHING",
      w.lane.account_id, s.at, store::Blob{s.delivery.id}, channels::name(w.lane.channel),
      w.lane.number, store::Blob{w.shipment.bytes()}, store::Blob{w.receiver}, w.version,
      w.occasion, w.created_at, s.attempts, s.end, s.code,
      static_cast<std::int64_t>(s.took.count()));
}

std::vector<Settled> find(store::Tx& tx, const Which& which, int most) {
  return select(tx, which, "settled_at DESC", most);
}

std::int64_t count(store::Tx& tx, const Which& which) {
  const auto c = condition_of(which);
  auto rows =
      tx.query_params(fmt::format("SELECT COUNT(*) FROM delivery_log WHERE {}", c.sql), c.params);
  return rows.next() ? rows.integer(0) : 0;
}

std::int64_t replay(store::Tx& tx, const Which& which, base::Instant now, int most) {
  const auto found = select(tx, which, "settled_at", most);
  std::vector<Lane> lanes;
  for (const auto& s : found) {
    put_back(tx, s.delivery, now);
    if (s.end == End::Dead) {
      tx.execute("DELETE FROM delivery_log WHERE account_id = $1 AND settled_at = $2 AND id = $3",
                 which.account_id, s.at, store::Blob{s.delivery.id});
    }
    if (std::ranges::find(lanes, s.delivery.wanted.lane) == lanes.end()) {
      lanes.push_back(s.delivery.wanted.lane);
    }
  }
  std::ranges::sort(lanes);
  for (const auto& lane : lanes) wake_lane(tx, lane, now);
  return static_cast<std::int64_t>(found.size());
}

namespace {

std::int64_t sweep_account(store::Database& database, std::string_view table, std::string_view key,
                           std::string_view age, std::int64_t account_id, base::Instant cutoff) {
  const auto sql = fmt::format(
      "DELETE FROM {0} WHERE account_id = $1 AND ({1}) IN (SELECT {1} FROM {0} WHERE account_id = "
      "$1 AND {2} <= $2 LIMIT $3)",
      table, key, age);
  std::int64_t swept = 0;
  for (std::int64_t slice = kSlice; slice == kSlice; swept += slice) {
    slice = database.write_now(
        [&](store::Tx& tx) { return tx.execute(sql, account_id, cutoff, kSlice); });
  }
  return swept;
}

}  // namespace

std::int64_t sweep(store::Database& database, base::Instant now) {
  const auto accounts = database.read_now([](store::Tx& tx) {
    std::vector<std::int64_t> ids;
    auto rows = tx.query("SELECT account_id FROM accounts ORDER BY account_id");
    while (rows.next()) ids.push_back(rows.integer(0));
    return ids;
  });
  std::int64_t swept = 0;
  for (const auto account_id : accounts) {
    swept += sweep_account(database, "delivery_log", "settled_at, id", "settled_at", account_id,
                           now - kLogKept);
    swept += sweep_account(database, "deliveries",
                           "channel, lane, shipment_id, receiver, version, occasion", "created_at",
                           account_id, now - kLogKept);
  }
  return swept;
}

}  // namespace notify
