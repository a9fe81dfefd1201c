#include "inbound/doors.h"

#include <array>
#include <span>

#include "base/log.h"
#include "base/random.h"
#include "crypto/hash.h"

namespace inbound {
namespace {

constexpr std::string_view kSecretScope = "inbound-secret";
constexpr std::string_view kSaltScope = "inbound-salt";
constexpr std::chrono::minutes kLastUsedGrain{1};
constexpr std::size_t kLongestSecret = 256;

std::string word_of(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out;
  for (const auto byte : bytes) out += kAlphabet[byte & 31U];
  return out;
}

template <std::size_t N>
std::string_view view(const std::array<std::uint8_t, N>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<base::Instant> instant_or_none(const store::Rows& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.instant(column);
}

constexpr std::string_view kDoorColumns =
    "door_id, connector, name, proof, unknown, created_at, removed_at, last_used_at";

Door door_of(std::int64_t account_id, const store::Rows& row) {
  return {account_id,
          row.integer(0),
          std::string(row.text(1)),
          std::string(row.text(2)),
          parse_proof(row.text(3)).value_or(Proof::Header),
          parse_unknown(row.text(4)).value_or(Unknown::Ignore),
          row.instant(5),
          instant_or_none(row, 6),
          instant_or_none(row, 7)};
}

}  // namespace

std::string_view name(Proof proof) {
  switch (proof) {
    case Proof::Header:
      return "header";
    case Proof::Path:
      return "path";
    case Proof::Signature:
      return "hmac";
  }
  return "header";
}
std::optional<Proof> parse_proof(std::string_view word) {
  for (const auto proof : {Proof::Header, Proof::Path, Proof::Signature})
    if (word == name(proof)) return proof;
  return std::nullopt;
}
std::string_view name(Unknown unknown) { return unknown == Unknown::Ignore ? "ignore" : "create"; }
std::optional<Unknown> parse_unknown(std::string_view word) {
  for (const auto unknown : {Unknown::Ignore, Unknown::Create})
    if (word == name(unknown)) return unknown;
  return std::nullopt;
}

struct Doors::Lock {
  Door door;
  std::string hash, salt;
};

// The secret of a door that signs: the same each time, and nobody's without the key store.
std::string Doors::derived(std::int64_t account_id, std::string_view salt) {
  std::string text = std::to_string(account_id);
  text.append("/").append(salt);
  const auto hash = vault_.keyed_hash(0, kSaltScope, text);
  return "mpi_" + word_of(hash);
}

std::optional<Doors::Made> Doors::make(std::int64_t account_id, std::string_view connector,
                                       std::string_view name_, Proof proof, Unknown unknown) {
  std::array<std::uint8_t, 32> random{};
  base::fill_random(random);
  const bool signs = proof == Proof::Signature;
  const auto secret = signs ? derived(account_id, view(random)) : "mpi_" + word_of(random);
  const auto hash = vault_.keyed_hash(0, kSecretScope, secret);
  const auto now = clock_.now();
  const auto id = database_.write_now([&](store::Tx& tx) -> std::optional<std::int64_t> {
    if (!tx.query("SELECT 1 FROM accounts WHERE account_id = $1", account_id).next())
      return std::nullopt;
    auto rows =
        tx.query("SELECT COALESCE(MAX(door_id), 0) + 1 FROM inbound_doors WHERE account_id = $1",
                 account_id);
    rows.next();
    const auto next = rows.integer(0);
    const std::optional<store::Blob> salt =
        signs ? std::optional(store::Blob{view(random)}) : std::nullopt;
    tx.execute(
        "INSERT INTO inbound_doors (account_id, door_id, connector, name, proof, unknown, hash, "
        "salt, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        account_id, next, connector, name_, name(proof), name(unknown), store::Blob{view(hash)},
        salt, now);
    return next;
  });
  if (!id) return std::nullopt;
  return Made{*id, secret};
}

std::vector<Door> Doors::list(std::int64_t account_id) {
  return database_.read_now([&](store::Tx& tx) {
    std::vector<Door> doors;
    auto rows =
        tx.query(fmt::format("SELECT {} FROM inbound_doors WHERE account_id = $1 ORDER BY door_id",
                             kDoorColumns),
                 account_id);
    while (rows.next()) doors.push_back(door_of(account_id, rows));
    return doors;
  });
}

bool Doors::remove(std::int64_t account_id, std::int64_t door_id) {
  return database_.write_now([&](store::Tx& tx) {
    return tx.execute(
        "UPDATE inbound_doors SET removed_at = $3 WHERE account_id = $1 AND door_id = "
        "$2 AND removed_at IS NULL",
        account_id, door_id, clock_.now());
  }) > 0;
}

bool Doors::fits(const Lock& lock, const Knock& knock, const SignatureForm& form) {
  if (lock.door.proof == Proof::Signature) {
    return is_signed(form, derived(knock.account_id, lock.salt), knock.body,
                     knock.header(form.header));
  }
  std::vector<std::string> candidates;
  if (lock.door.proof == Proof::Path) {
    candidates.push_back(knock.path_token);
  } else {
    candidates = credentials_in(knock.header("Authorization"));
    candidates.push_back(knock.header("X-Milepost-Token"));
    if (!form.header.empty()) {
      for (auto& credential : credentials_in(knock.header(form.header)))
        candidates.push_back(std::move(credential));
    }
  }
  bool is_it = false;
  for (const auto& candidate : candidates) {
    if (candidate.empty() || candidate.size() > kLongestSecret) continue;
    const auto hash = vault_.keyed_hash(0, kSecretScope, candidate);
    is_it |= crypto::equal(lock.hash, view(hash));
  }
  return is_it;
}

base::Task<std::optional<Door>> Doors::open(Knock knock, SignatureForm form) {
  auto look = [&](store::Tx& tx) {
    std::vector<Lock> locks;
    auto rows = tx.query(
        fmt::format("SELECT {}, hash, salt FROM inbound_doors WHERE account_id = $1 AND connector "
                    "= $2 AND removed_at IS NULL",
                    kDoorColumns),
        knock.account_id, knock.connector);
    while (rows.next()) {
      locks.push_back(
          {door_of(knock.account_id, rows), std::string(rows.blob(8)), std::string(rows.blob(9))});
    }
    return locks;
  };
  const auto locks = co_await database_.read(look);
  for (const auto& lock : locks) {
    if (!fits(lock, knock, form)) continue;
    const auto now = clock_.now();
    if (!lock.door.last_used_at || now - *lock.door.last_used_at >= kLastUsedGrain)
      co_await note_use(knock.account_id, lock.door.door_id, now);
    co_return lock.door;
  }
  co_return std::nullopt;
}

base::Task<> Doors::note_use(std::int64_t account_id, std::int64_t door_id, base::Instant now) {
  try {
    auto write = [&](store::Tx& tx) {
      tx.execute(
          "UPDATE inbound_doors SET last_used_at = $3 WHERE account_id = $1 AND door_id = $2",
          account_id, door_id, now);
    };
    co_await database_.write(write);
  } catch (const store::StoreError& e) {
    base::log(base::Level::Warning, "inbound.last_used_not_written", {{"error", e.what()}});
  }
}

}  // namespace inbound
