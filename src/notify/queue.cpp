#include "notify/queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "crypto/hash.h"

namespace notify {
namespace {

using base::Instant;

constexpr std::string_view kPrefix = "msg_";

void append_number(std::string& out, std::int64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<std::uint64_t>(number) >> shift);
  }
}

// Texts with their lengths, so that no two lists of texts look alike.
void append_text(std::string& out, std::string_view text) {
  append_number(out, static_cast<std::int64_t>(text.size()), 4);
  out += text;
}

std::string names_of(std::span<const channels::Channel> channels) {
  std::string list;
  for (const auto channel : channels) {
    list += fmt::format("{}'{}'", list.empty() ? "" : ", ", channels::name(channel));
  }
  return list;
}

std::optional<Instant> instant_or_none(const store::Rows& rows, int column) {
  if (rows.is_null(column)) return std::nullopt;
  return rows.instant(column);
}

LaneState read_state(const store::Rows& rows) {
  LaneState state;
  state.lane.account_id = rows.integer(0);
  state.lane.channel = channels::find_channel(rows.text(1)).value_or(channels::Channel::Webhook);
  state.lane.number = rows.integer(2);
  state.failures = static_cast<int>(rows.integer(3));
  state.failing_since = instant_or_none(rows, 4);
  state.succeeded_at = instant_or_none(rows, 5);
  state.paused_at = instant_or_none(rows, 6);
  state.due_at = instant_or_none(rows, 7);
  state.code = rows.text(8);
  return state;
}

constexpr std::string_view kState =
    "failures, failing_since, succeeded_at, paused_at, due_at, code";

Delivery read_delivery(const store::Rows& rows, const Lane& lane) {
  Delivery d;
  d.wanted.lane = lane;
  d.wanted.shipment = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
  d.wanted.receiver = rows.blob(1);
  d.wanted.version = rows.integer(2);
  d.wanted.occasion = rows.text(3);
  d.id = rows.blob(4);
  d.wanted.created_at = rows.instant(5);
  d.wanted.not_before = rows.instant(6);
  d.attempt = static_cast<int>(rows.integer(7)) + 1;
  d.is_replay = rows.integer(8) != 0;
  return d;
}

constexpr std::string_view kDelivery =
    "d.shipment_id, d.receiver, d.version, d.occasion, d.id, d.created_at, d.due_at, d.attempts, "
    "d.is_replay";

// Nothing earlier of the same shipment waits for the same receiver.
constexpr std::string_view kIsFirst =
    "NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.account_id = d.account_id AND e.channel = "
    "d.channel AND e.lane = d.lane AND e.shipment_id = d.shipment_id AND e.receiver = d.receiver "
    "AND e.version < d.version)";

constexpr std::string_view kThisLane = "account_id = $1 AND channel = $2 AND lane = $3";
constexpr std::string_view kThisDelivery =
    "account_id = $1 AND channel = $2 AND lane = $3 AND shipment_id = $4 AND receiver = $5 AND "
    "version = $6 AND occasion = $7";

std::optional<Instant> next_due(store::Tx& tx, const Lane& lane) {
  static const auto sql = fmt::format(
      "SELECT d.due_at FROM deliveries d WHERE d.account_id = $1 AND d.channel = $2 AND d.lane = "
      "$3 AND {} ORDER BY d.due_at LIMIT 1",
      kIsFirst);
  auto rows = tx.query(sql, lane.account_id, channels::name(lane.channel), lane.number);
  if (!rows.next()) return std::nullopt;
  return rows.instant(0);
}

}  // namespace

std::string delivery_id(const Wanted& w) {
  std::string what;
  append_number(what, w.lane.account_id, 8);
  append_text(what, channels::name(w.lane.channel));
  append_number(what, w.lane.number, 8);
  what += w.shipment.bytes();
  append_text(what, w.receiver);
  append_number(what, w.version, 8);
  append_text(what, w.occasion);
  std::string id;
  append_number(id, base::to_micros(w.created_at) / 1000, 6);
  return id + crypto::sha256(what).substr(0, 10);
}

std::string message_id(std::string_view id) { return std::string(kPrefix) + base::to_hex(id); }

std::optional<std::string> parse_message_id(std::string_view text) {
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  std::optional<std::string> bytes = base::from_hex(text);
  if (bytes->size() != 16) bytes.reset();
  return bytes;
}

void put(store::Tx& tx, std::span<const Wanted> wanted, Instant now) {
  std::map<Lane, Instant> lanes;
  for (const auto& w : wanted) {
    const auto due = std::max(w.not_before, now);
    tx.enqueue(
        "INSERT INTO deliveries (account_id, channel, lane, shipment_id, receiver, version, "
        "occasion, id, created_at, due_at, attempts, is_replay) VALUES ($1, $2, $3, $4, $5, $6, "
        "$7, $8, $9, $10, 0, 0) ON CONFLICT (account_id, channel, lane, shipment_id, receiver, "
        "version, occasion) DO NOTHING",
        w.lane.account_id, channels::name(w.lane.channel), w.lane.number,
        store::Blob{w.shipment.bytes()}, store::Blob{w.receiver}, w.version, w.occasion,
        store::Blob{delivery_id(w)}, w.created_at, due);
    const auto [lane, is_new] = lanes.try_emplace(w.lane, due);
    if (!is_new) lane->second = std::min(lane->second, due);
  }
  for (const auto& [lane, due] : lanes) wake_lane(tx, lane, due);
}

void wake_lane(store::Tx& tx, const Lane& lane, Instant due) {
  constexpr std::string_view kSql =
      "INSERT INTO lanes (account_id, channel, lane, due_at, failures) VALUES ($1, $2, $3, $4, 0) "
      "ON CONFLICT (account_id, channel, lane) DO UPDATE SET due_at = CASE WHEN lanes.open_until > "
      "excluded.due_at THEN lanes.open_until ELSE excluded.due_at END WHERE lanes.due_at IS NULL "
      "OR lanes.due_at > excluded.due_at";
  tx.enqueue(kSql, lane.account_id, channels::name(lane.channel), lane.number, due);
}

// ---- Lanes

std::vector<LaneState> claim_lanes(store::Tx& tx, std::span<const channels::Channel> channels,
                                   std::string_view owner, Instant now,
                                   std::chrono::microseconds length, int most) {
  // Materialised, or else PostgreSQL may run the SELECT again for each row and claim more.
  const auto sql = fmt::format(
      "WITH due AS MATERIALIZED (SELECT account_id, channel, lane FROM lanes WHERE due_at <= $3 "
      "AND paused_at IS NULL AND (lease_until IS NULL OR lease_until <= $3) AND channel IN ({0}) "
      "ORDER BY due_at LIMIT $4 {1}) "
      "UPDATE lanes SET lease_owner = $1, lease_until = $2 FROM due WHERE lanes.account_id = "
      "due.account_id AND lanes.channel = due.channel AND lanes.lane = due.lane RETURNING "
      "lanes.account_id, lanes.channel, lanes.lane, lanes.failures, lanes.failing_since, "
      "lanes.succeeded_at, lanes.paused_at, lanes.due_at, lanes.code",
      names_of(channels), tx.skip_locked());
  std::vector<LaneState> claimed;
  auto rows = tx.query(sql, owner, now + length, now, most);
  while (rows.next()) claimed.push_back(read_state(rows));
  return claimed;
}

bool is_lane_due(store::Tx& tx, std::span<const channels::Channel> channels, Instant now) {
  return tx
      .query(fmt::format("SELECT 1 FROM lanes WHERE due_at <= $1 AND paused_at IS NULL AND "
                         "(lease_until IS NULL OR lease_until <= $1) AND channel IN ({}) LIMIT 1",
                         names_of(channels)),
             now)
      .next();
}

bool keep_lane(store::Tx& tx, const LaneState& s, std::string_view owner, Instant lease_until) {
  static const auto sql = fmt::format(
      "UPDATE lanes SET lease_until = $4, failures = $5, failing_since = $6, succeeded_at = $7, "
      "code = $8 WHERE {} AND lease_owner = $9",
      kThisLane);
  return tx.execute(sql, s.lane.account_id, channels::name(s.lane.channel), s.lane.number,
                    lease_until, s.failures, s.failing_since, s.succeeded_at, s.code, owner) == 1;
}

void release_lane(store::Tx& tx, const LaneState& s, std::string_view owner, Instant not_before) {
  const auto channel = channels::name(s.lane.channel);
  // Held first: whoever is writing a delivery into this lane has written before we look, or finds
  // what we leave.
  static const auto hold =
      fmt::format("SELECT 1 FROM lanes WHERE {} AND lease_owner = $4", kThisLane);
  {
    auto rows = tx.query(hold + std::string(tx.hold_rows()), s.lane.account_id, channel,
                         s.lane.number, owner);
    if (!rows.next()) return;
  }
  auto due = next_due(tx, s.lane);
  if (due) due = std::max(*due, not_before);
  const auto open_until =
      not_before == Instant{} ? std::nullopt : std::optional<Instant>(not_before);
  static const auto sql = fmt::format(
      "UPDATE lanes SET lease_owner = NULL, lease_until = NULL, due_at = $4, failures = $5, "
      "failing_since = $6, succeeded_at = $7, code = $8, open_until = $9 WHERE {}",
      kThisLane);
  tx.execute(sql, s.lane.account_id, channel, s.lane.number, due, s.failures, s.failing_since,
             s.succeeded_at, s.code, open_until);
}

std::int64_t end_leases(store::Tx& tx) {
  return tx.execute(
      "UPDATE lanes SET lease_owner = NULL, lease_until = NULL WHERE lease_owner IS NOT NULL");
}

// ---- Deliveries

std::vector<Delivery> due_deliveries(store::Tx& tx, const Lane& lane, Instant now, int most) {
  static const auto sql = fmt::format(
      "SELECT {} FROM deliveries d WHERE d.account_id = $1 AND d.channel = $2 AND d.lane = $3 AND "
      "d.due_at <= $4 AND {} ORDER BY d.due_at LIMIT $5",
      kDelivery, kIsFirst);
  std::vector<Delivery> due;
  auto rows = tx.query(sql, lane.account_id, channels::name(lane.channel), lane.number, now, most);
  while (rows.next()) due.push_back(read_delivery(rows, lane));
  return due;
}

namespace {

template <class... A>
std::int64_t change(store::Tx& tx, const std::string& sql, const Delivery& d, const A&... more) {
  const auto& w = d.wanted;
  return tx.execute(sql, w.lane.account_id, channels::name(w.lane.channel), w.lane.number,
                    store::Blob{w.shipment.bytes()}, store::Blob{w.receiver}, w.version, w.occasion,
                    more...);
}

}  // namespace

bool mark_attempt(store::Tx& tx, const Delivery& delivery) {
  static const auto sql =
      fmt::format("UPDATE deliveries SET attempts = $8 WHERE {}", kThisDelivery);
  return change(tx, sql, delivery, delivery.attempt) == 1;
}

void remove(store::Tx& tx, const Delivery& d) {
  static const auto sql = fmt::format("DELETE FROM deliveries WHERE {}", kThisDelivery);
  const auto& w = d.wanted;
  tx.enqueue(sql, w.lane.account_id, channels::name(w.lane.channel), w.lane.number,
             store::Blob{w.shipment.bytes()}, store::Blob{w.receiver}, w.version, w.occasion);
}

void postpone(store::Tx& tx, const Delivery& delivery, int attempts, Instant until,
              std::string_view code) {
  static const auto sql = fmt::format(
      "UPDATE deliveries SET attempts = $8, due_at = $9, code = $10 WHERE {}", kThisDelivery);
  change(tx, sql, delivery, attempts, until, code);
}

// ---- By hand

std::optional<LaneState> lane_state(store::Tx& tx, const Lane& lane) {
  static const auto sql =
      fmt::format("SELECT account_id, channel, lane, {} FROM lanes WHERE {}", kState, kThisLane);
  auto rows = tx.query(sql, lane.account_id, channels::name(lane.channel), lane.number);
  if (!rows.next()) return std::nullopt;
  return read_state(rows);
}

void pause_lane(store::Tx& tx, const Lane& lane, Instant now) {
  tx.execute(
      "INSERT INTO lanes (account_id, channel, lane, paused_at, failures) VALUES ($1, $2, $3, $4, "
      "0) ON CONFLICT (account_id, channel, lane) DO UPDATE SET paused_at = excluded.paused_at",
      lane.account_id, channels::name(lane.channel), lane.number, now);
}

void resume_lane(store::Tx& tx, const Lane& lane, Instant now) {
  const auto due = next_due(tx, lane);
  static const auto sql = fmt::format(
      "UPDATE lanes SET paused_at = NULL, failures = 0, failing_since = NULL, open_until = NULL, "
      "due_at = $4 WHERE {}",
      kThisLane);
  tx.execute(sql, lane.account_id, channels::name(lane.channel), lane.number,
             due ? std::optional(now) : std::nullopt);
}

std::int64_t new_lane(store::Tx& tx, std::int64_t account_id, channels::Channel channel) {
  const auto word = channels::name(channel);
  std::int64_t number = 1;
  {
    auto rows = tx.query("SELECT MAX(lane) FROM lanes WHERE account_id = $1 AND channel = $2",
                         account_id, word);
    if (rows.next()) number = rows.integer(0) + 1;
  }
  tx.execute("INSERT INTO lanes (account_id, channel, lane, failures) VALUES ($1, $2, $3, 0)",
             account_id, word, number);
  return number;
}

void close_lane(store::Tx& tx, const Lane& lane, Instant now) {
  static const auto sql = fmt::format("DELETE FROM deliveries WHERE {}", kThisLane);
  tx.execute(sql, lane.account_id, channels::name(lane.channel), lane.number);
  pause_lane(tx, lane, now);
}

std::int64_t waiting_in(store::Tx& tx, const Lane& lane) {
  static const auto sql = fmt::format("SELECT COUNT(*) FROM deliveries WHERE {}", kThisLane);
  auto rows = tx.query(sql, lane.account_id, channels::name(lane.channel), lane.number);
  return rows.next() ? rows.integer(0) : 0;
}

std::vector<Delivery> waiting(store::Tx& tx, const Lane& lane, int most) {
  static const auto sql = fmt::format(
      "SELECT {} FROM deliveries d WHERE d.account_id = $1 AND d.channel = $2 AND d.lane = $3 "
      "ORDER BY d.due_at LIMIT $4",
      kDelivery);
  std::vector<Delivery> all;
  auto rows = tx.query(sql, lane.account_id, channels::name(lane.channel), lane.number, most);
  while (rows.next()) all.push_back(read_delivery(rows, lane));
  return all;
}

}  // namespace notify
