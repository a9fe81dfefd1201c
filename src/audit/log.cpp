#include "audit/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "audit/tiles.h"
#include "base/json_writer.h"
#include "base/random.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/hash.h"

namespace audit {
namespace {

constexpr std::chrono::days kKept{180};
constexpr std::size_t kSaltBytes = 32;

struct Waiting {
  std::int64_t account_id = 0;
  std::string id, kind, commitment;
  base::Instant at{};
};

std::uint64_t size_in(store::Tx& tx) {
  auto rows = tx.query("SELECT MAX(size) FROM audit_checkpoints WHERE account_id = 0");
  return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

std::vector<Waiting> waiting_in(store::Tx& tx, int most) {
  auto rows = tx.query(
      "SELECT account_id, id, at, kind, commitment FROM audit_entries "
      "WHERE position IS NULL ORDER BY id LIMIT $1",
      most);
  std::vector<Waiting> all;
  while (rows.next()) {
    Waiting& entry = all.emplace_back();
    entry.account_id = rows.integer(0);
    entry.id = rows.blob(1);
    entry.at = rows.instant(2);
    entry.kind = rows.text(3);
    entry.commitment = rows.blob(4);
  }
  return all;
}

void write_tiles(store::Tx& tx, const Appender::Changed& changed) {
  for (const auto& [place, bytes] : changed) {
    tx.enqueue(
        "INSERT INTO audit_tiles (account_id, level, number, bytes) VALUES (0, $1, $2, $3) "
        "ON CONFLICT (account_id, level, number) DO UPDATE SET bytes = excluded.bytes",
        place.first, place.second, store::Blob{bytes});
  }
}

}  // namespace

std::string leaf_of(const base::Id& id, base::Instant at, std::string_view kind,
                    std::string_view commitment) {
  base::JsonWriter json;
  json.begin_object();
  json.key("id").value(id.hex());
  json.key("at").value(base::to_micros(at));
  json.key("kind").value(kind);
  json.key("commitment").value(base::to_hex(commitment));
  json.end_object();
  return std::move(json).text();
}

std::string commitment_of(std::string_view salt, std::int64_t account_id, std::int64_t subject,
                          std::string_view payload) {
  return crypto::hmac_sha256(salt, fmt::format("{}\n{}\n{}", account_id, subject, payload));
}

base::Id Log::append(store::Tx& tx, const Entry& entry) {
  const auto now = clock_.now();
  const auto id = base::Id::make(now);
  std::array<std::uint8_t, kSaltBytes> random;
  base::fill_random(random);
  const std::string_view salt(reinterpret_cast<const char*>(random.data()), random.size());
  const auto commitment = commitment_of(salt, entry.account_id, entry.subject, entry.payload);
  tx.enqueue(
      "INSERT INTO audit_entries (account_id, id, at, kind, subject, commitment, salt, payload) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      entry.account_id, store::Blob{id.bytes()}, now, entry.kind, entry.subject,
      store::Blob{commitment}, store::Blob{salt}, entry.payload);
  return id;
}

ReadTile Log::reader(store::Tx& tx) const {
  return [&tx](int level, std::uint64_t number) -> std::optional<std::string> {
    auto rows = tx.query(
        "SELECT bytes FROM audit_tiles WHERE account_id = 0 AND level = $1 AND number = $2", level,
        number);
    if (!rows.next()) return std::nullopt;
    return std::string(rows.blob(0));
  };
}

std::int64_t Log::integrate(int most) {
  auto work = [&](store::Tx& tx) -> std::int64_t {
    const auto entries = waiting_in(tx, most);
    if (entries.empty()) return 0;
    Appender tree(size_in(tx), reader(tx));
    for (const auto& entry : entries) {
      tx.enqueue("UPDATE audit_entries SET position = $1 WHERE account_id = $2 AND id = $3",
                 tree.size(), entry.account_id, store::Blob{entry.id});
      tree.append(
          leaf_of(base::Id::from_bytes(entry.id).value(), entry.at, entry.kind, entry.commitment));
    }
    const auto note = signer_.sign(write_checkpoint({signer_.name(), tree.size(), tree.root()}));
    write_tiles(tx, tree.changed());
    tx.enqueue("INSERT INTO audit_checkpoints (account_id, size, at, note) VALUES (0, $1, $2, $3)",
               tree.size(), clock_.now(), note);
    return static_cast<std::int64_t>(entries.size());
  };
  try {
    return database_.write_now(work);
  } catch (const store::UniqueViolation&) {
    return 0;  // another process was faster; what it left comes next time
  }
}

void Log::forget(store::Tx& tx, std::int64_t account_id, std::int64_t subject) {
  tx.execute(
      "UPDATE audit_entries SET salt = NULL, payload = NULL "
      "WHERE account_id = $1 AND subject = $2",
      account_id, subject);
}

void Log::sweep() {
  const auto now = clock_.now();
  auto work = [&](store::Tx& tx) {
    tx.execute(
        "UPDATE audit_entries SET salt = NULL, payload = NULL "
        "WHERE salt IS NOT NULL AND at <= $1",
        now - kKept);
    tx.execute(
        "DELETE FROM audit_checkpoints WHERE account_id = 0 AND at <= $1 AND size NOT IN "
        "(SELECT MAX(size) FROM audit_checkpoints WHERE account_id = 0 GROUP BY at / 3600000000)",
        now - std::chrono::days(1));
  };
  database_.write_now(work);
}

Verdict Log::verify_all() {
  return database_.read_now([&](store::Tx& tx) {
    std::vector<std::string> notes;
    auto rows = tx.query("SELECT note FROM audit_checkpoints WHERE account_id = 0 ORDER BY size");
    while (rows.next()) notes.emplace_back(rows.text(0));
    if (notes.empty()) return Verdict{};
    auto verdict = verify(reader(tx), notes, signer_.verifier_key());
    std::uint64_t bundle_number = 0;
    std::vector<std::string> bundle;
    auto told = tx.query(
        "SELECT position, id, at, kind, salt, account_id, subject, payload FROM audit_entries "
        "WHERE position IS NOT NULL ORDER BY position");
    while (told.next()) {
      const auto position = static_cast<std::uint64_t>(told.integer(0));
      if (bundle.empty() || position / kTileWidth != bundle_number) {
        bundle_number = position / kTileWidth;
        bundle = split_bundle(reader(tx)(kEntries, bundle_number).value_or(std::string()))
                     .value_or(std::vector<std::string>());
      }
      if (told.is_null(4) || position % kTileWidth >= bundle.size()) continue;
      const auto leaf = leaf_of(
          base::Id::from_bytes(told.blob(1)).value_or(base::Id()), told.instant(2), told.text(3),
          commitment_of(told.blob(4), told.integer(5), told.integer(6), told.text(7)));
      if (leaf == bundle[position % kTileWidth]) continue;
      verdict.faults.push_back(
          {position, position + 1,
           fmt::format("what is told beside entry {} is not what was committed to", position)});
    }
    return verdict;
  });
}

std::string Log::checkpoint() {
  return database_.read_now([](store::Tx& tx) {
    auto rows = tx.query(
        "SELECT note FROM audit_checkpoints WHERE account_id = 0 ORDER BY size DESC LIMIT 1");
    return rows.next() ? std::string(rows.text(0)) : std::string();
  });
}

}  // namespace audit
