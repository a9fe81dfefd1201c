#include "accounts/accounts.h"

#include <array>
#include <map>
#include <mutex>
#include <unordered_map>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"

namespace accounts {
namespace {

using Hash = std::array<std::uint8_t, 32>;

constexpr std::string_view kKeyScope = "api-key";
constexpr std::string_view kEmailScope = "account-email";
constexpr std::int64_t kFirstAccount = 1001;
constexpr std::chrono::seconds kRemembered{1};
constexpr std::chrono::minutes kLastUsedGrain{1};
constexpr std::size_t kMostRemembered = 10'000;

struct Word {
  std::string_view text;
  Scope scope;
};
constexpr Word kScopes[] = {{"read", Scope::Read},
                            {"write", Scope::Write},
                            {"webhooks", Scope::Webhooks},
                            {"privacy", Scope::Privacy}};

// Lower-case letters and digits, as the keys of the v4 API are; a first part to recognise a key by,
// then the secret.
std::string random_word(std::size_t length) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out(length, 'a');
  std::vector<std::uint8_t> bytes(length);
  base::fill_random(bytes);
  for (std::size_t i = 0; i < length; ++i) out[i] = kAlphabet[bytes[i] & 31U];
  return out;
}

std::string_view view(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

struct HashOfHash {
  std::size_t operator()(const Hash& h) const {
    std::size_t out = 0;
    std::memcpy(&out, h.data(), sizeof out);
    return out;
  }
};

// Enough to catch a slip of the keyboard; whether it exists is found out by writing to it.
bool looks_like_email(std::string_view e) {
  const auto at = e.rfind('@');
  return e.size() <= 254 && at != std::string_view::npos && at > 0 &&
         e.find('.', at) != std::string_view::npos && e.back() != '.' &&
         e.find_first_of(" \t\r\n<>,;") == std::string_view::npos && base::is_utf8(e);
}

bool is_printable(std::string_view text) {
  return base::is_utf8(text) && std::ranges::none_of(text, [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

std::optional<base::Instant> instant_or_none(const store::Rows& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.instant(column);
}

personal::RowIdentity account_row(std::int64_t account_id) {
  return {"accounts", account_id, "holder"};
}

}  // namespace

std::string scopes_text(Scopes scopes) {
  std::string words;
  for (const auto& [word, scope] : kScopes) {
    if (!contains(scopes, scope)) continue;
    if (!words.empty()) words += ' ';
    words += word;
  }
  return words;
}

std::optional<Scopes> parse_scopes(std::string_view words) {
  Scopes scopes = 0;
  while (true) {
    const auto start = words.find_first_not_of(" ,");
    if (start == std::string_view::npos) break;
    words.remove_prefix(start);
    const auto word = words.substr(0, words.find_first_of(" ,"));
    const auto* known = std::ranges::find(kScopes, word, &Word::text);
    if (word == "all") {
      scopes |= kAllScopes;
    } else if (known != std::end(kScopes)) {
      scopes |= static_cast<Scopes>(known->scope);
    } else {
      return std::nullopt;
    }
    words.remove_prefix(word.size());
  }
  if (scopes == 0) return std::nullopt;
  return scopes;
}

std::string_view describe(AccountError error) {
  switch (error) {
    case AccountError::EmailInvalid:
      return "that is not an e-mail address";
    case AccountError::EmailTaken:
      return "an account with this e-mail address exists already";
    case AccountError::UnknownPlan:
      return "there is no plan of this name (see: milepost account plans)";
    case AccountError::UnknownAccount:
      return "there is no such account (see: milepost account list)";
    case AccountError::KeyInvalid:
      return "a key is printable text of 1 to 256 bytes";
    case AccountError::KeyTaken:
      return "this key is in use already";
    case AccountError::ExpiryInvalid:
      return "the expiry lies in the past";
    case AccountError::NetworksInvalid:
      return "networks are addresses or prefixes, such as 203.0.113.7 or 2001:db8::/32";
  }
  return "the account could not be changed";
}

struct Accounts::State {
  store::Database& database;
  personal::Vault& vault;
  personal::Ledger& ledger;
  const base::Clock& clock;

  struct Remembered {
    Caller caller;
    base::Instant checked_at;
    base::Instant last_used_written;
  };
  std::mutex mutex;
  std::unordered_map<Hash, Remembered, HashOfHash> remembered;

  base::Result<std::int64_t, AccountError> store_key(std::int64_t account_id, std::string_view name,
                                                     std::string_view text, std::string_view prefix,
                                                     Scopes scopes,
                                                     std::optional<base::Instant> expires_at,
                                                     std::string_view networks = {},
                                                     std::int64_t made_by = 0);
  std::optional<Caller> recall(const Hash& hash, base::Instant now);
  base::Task<> note_use(Hash hash, Caller caller, base::Instant now);
};

Accounts::Accounts(store::Database& database, personal::Vault& vault, personal::Ledger& ledger,
                   const base::Clock& clock)
    : state_(new State{database, vault, ledger, clock, {}, {}}) {}
Accounts::~Accounts() = default;

base::Result<std::int64_t, AccountError> Accounts::create(std::string_view email,
                                                          std::string_view plan) {
  auto& s = *state_;
  email = base::trim(email);
  if (!looks_like_email(email)) return base::Failure{AccountError::EmailInvalid};
  if (find_plan(plan) == nullptr) return base::Failure{AccountError::UnknownPlan};
  const auto hash = s.vault.keyed_hash(0, kEmailScope, base::lower(email));
  const auto now = s.clock.now();

  // The row first, so that the id is ours; then the key that seals the address, then the address.
  const auto id = s.database.write_now([&](store::Tx& tx) -> std::optional<std::int64_t> {
    auto rows =
        tx.query("SELECT COALESCE(MAX(account_id), $1) + 1 FROM accounts", kFirstAccount - 1);
    rows.next();
    const auto next = rows.integer(0);
    if (tx.execute(
            "INSERT INTO accounts (account_id, created_at, updated_at, plan, subject, email_hash) "
            "VALUES ($1, $2, $2, $3, 0, $4) ON CONFLICT (email_hash) DO NOTHING",
            next, now, plan, store::Blob{view(hash)}) == 0) {
      return std::nullopt;
    }
    return next;
  });
  if (!id) return base::Failure{AccountError::EmailTaken};

  s.vault.prepare(*id);
  const auto subject = s.vault.new_subject_now(*id);
  personal::Envelope envelope;
  envelope.put(personal::Personal<std::string, personal::field::AccountEmail>(
      std::string(email), personal::Label(personal::Source::Shop)));
  const auto sealed = s.vault.seal(account_row(*id), subject, envelope);
  s.database.write_now([&](store::Tx& tx) {
    tx.execute("UPDATE accounts SET subject = $2, sealed = $3 WHERE account_id = $1", *id, subject,
               store::Blob{sealed.value()});
  });
  return *id;
}

bool Accounts::exists(std::int64_t account_id) {
  return state_->database.read_now([&](store::Tx& tx) {
    return tx
        .query("SELECT 1 FROM accounts WHERE account_id = $1 AND closed_at IS NULL", account_id)
        .next();
  });
}

std::vector<std::int64_t> Accounts::closed() {
  return state_->database.read_now([](store::Tx& tx) {
    std::vector<std::int64_t> ids;
    auto rows = tx.query("SELECT account_id FROM accounts WHERE closed_at IS NOT NULL");
    while (rows.next()) ids.push_back(rows.integer(0));
    return ids;
  });
}

personal::Personal<std::string, personal::field::AccountEmail> Accounts::holder_in(
    store::Tx& tx, personal::Vault& vault, std::int64_t account_id) {
  auto rows = tx.query("SELECT subject, sealed FROM accounts WHERE account_id = $1", account_id);
  if (!rows.next()) return {};
  const auto envelope = vault.unseal(account_row(account_id), rows.integer(0), rows.blob(1));
  return envelope ? envelope->take<personal::field::AccountEmail>()
                  : personal::Personal<std::string, personal::field::AccountEmail>();
}

std::vector<Account> Accounts::list() {
  auto& s = *state_;
  return s.database.read_now([&](store::Tx& tx) {
    std::vector<Account> accounts;
    auto rows = tx.query(
        "SELECT account_id, plan, created_at, suspended_at, subject, sealed FROM accounts WHERE "
        "closed_at IS NULL ORDER BY "
        "account_id");
    while (rows.next()) {
      Account a{rows.integer(0), std::string(rows.text(1)), rows.instant(2), !rows.is_null(3), {}};
      const auto envelope =
          s.vault.unseal(account_row(a.account_id), rows.integer(4), rows.blob(5));
      if (envelope) a.email = envelope->take<personal::field::AccountEmail>();
      accounts.push_back(std::move(a));
    }
    return accounts;
  });
}

personal::Personal<std::string, personal::field::AccountEmail> Accounts::email_in(
    store::Tx& tx, std::int64_t account_id) {
  auto rows = tx.query("SELECT subject, sealed FROM accounts WHERE account_id = $1", account_id);
  if (!rows.next()) return {};
  const auto envelope =
      state_->vault.unseal(account_row(account_id), rows.integer(0), rows.blob(1));
  if (!envelope) return {};
  return envelope->take<personal::field::AccountEmail>();
}

base::Outcome<AccountError> Accounts::set_plan(std::int64_t account_id, std::string_view plan) {
  if (find_plan(plan) == nullptr) return base::Failure{AccountError::UnknownPlan};
  const auto changed = state_->database.write_now([&](store::Tx& tx) {
    return tx.execute(
        "UPDATE accounts SET plan = $2, updated_at = $3 WHERE account_id = $1 AND closed_at IS "
        "NULL",
        account_id, plan, state_->clock.now());
  });
  if (changed == 0) return base::Failure{AccountError::UnknownAccount};
  return base::kDone;
}

base::Outcome<AccountError> Accounts::set_suspended(std::int64_t account_id, bool is_suspended) {
  const auto now = state_->clock.now();
  const std::optional<base::Instant> at = is_suspended ? std::optional(now) : std::nullopt;
  const auto changed = state_->database.write_now([&](store::Tx& tx) {
    return tx.execute(
        "UPDATE accounts SET suspended_at = $2, updated_at = $3 WHERE account_id = $1 AND "
        "closed_at IS NULL",
        account_id, at, now);
  });
  if (changed == 0) return base::Failure{AccountError::UnknownAccount};
  return base::kDone;
}

base::Result<std::int64_t, AccountError> Accounts::State::store_key(
    std::int64_t account_id, std::string_view name, std::string_view text, std::string_view prefix,
    Scopes scopes, std::optional<base::Instant> expires_at, std::string_view networks,
    std::int64_t made_by) {
  const auto now = clock.now();
  if (expires_at && *expires_at <= now) return base::Failure{AccountError::ExpiryInvalid};
  const auto from = http::Networks::parse(networks);
  if (!from) return base::Failure{AccountError::NetworksInvalid};
  const auto addresses = from->are_any() ? std::nullopt : std::optional(from->text());
  const auto hash = vault.keyed_hash(0, kKeyScope, text);
  const auto words = scopes_text(scopes);
  const auto maker = made_by == 0 ? std::nullopt : std::optional(made_by);
  using Stored = base::Result<std::int64_t, AccountError>;
  return database.write_now([&](store::Tx& tx) -> Stored {
    auto account =
        tx.query("SELECT 1 FROM accounts WHERE account_id = $1 AND closed_at IS NULL", account_id);
    if (!account.next()) return base::Failure{AccountError::UnknownAccount};
    auto rows = tx.query("SELECT COALESCE(MAX(key_id), 0) + 1 FROM api_keys WHERE account_id = $1",
                         account_id);
    rows.next();
    const auto key_id = rows.integer(0);
    if (tx.execute(
            "INSERT INTO api_keys (account_id, key_id, name, prefix, hash, scopes, "
            "created_at, expires_at, addresses, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, "
            "$8, $9, $10) "
            "ON CONFLICT (hash) DO NOTHING",
            account_id, key_id, name, prefix, store::Blob{view(hash)}, words, now, expires_at,
            addresses, maker) == 0) {
      return base::Failure{AccountError::KeyTaken};
    }
    return key_id;
  });
}

base::Result<Accounts::NewKey, AccountError> Accounts::create_key(
    std::int64_t account_id, std::string_view name, Scopes scopes,
    std::optional<base::Instant> expires_at, std::string_view networks, std::int64_t made_by) {
  const auto prefix = "mp_" + random_word(8);
  auto text = prefix + "_" + random_word(32);
  const auto stored =
      state_->store_key(account_id, name, text, prefix, scopes, expires_at, networks, made_by);
  if (!stored) return base::Failure{stored.error()};
  return NewKey{*stored, std::move(text)};
}

base::Result<std::int64_t, AccountError> Accounts::import_key(
    std::int64_t account_id, std::string_view name, std::string_view text, Scopes scopes,
    std::optional<base::Instant> expires_at) {
  text = base::trim(text);
  if (text.empty() || text.size() > 256 || !is_printable(text))
    return base::Failure{AccountError::KeyInvalid};
  // A quarter of it at most, so that the stored prefix gives nothing away.
  const auto prefix = std::string(text.substr(0, std::min<std::size_t>(6, text.size() / 4)));
  return state_->store_key(account_id, name, text, prefix, scopes, expires_at);
}

std::vector<Key> Accounts::list_keys(std::int64_t account_id) {
  return state_->database.read_now([&](store::Tx& tx) {
    std::vector<Key> keys;
    auto rows = tx.query(
        "SELECT key_id, name, prefix, scopes, created_at, expires_at, revoked_at, last_used_at, "
        "addresses FROM api_keys "
        "WHERE account_id = $1 ORDER BY key_id",
        account_id);
    while (rows.next()) {
      keys.push_back({account_id, rows.integer(0), std::string(rows.text(1)),
                      std::string(rows.text(2)), parse_scopes(rows.text(3)).value_or(0),
                      rows.instant(4), instant_or_none(rows, 5), instant_or_none(rows, 6),
                      instant_or_none(rows, 7), std::string(rows.text(8))});
    }
    return keys;
  });
}

bool Accounts::revoke_key(std::int64_t account_id, std::int64_t key_id) {
  const auto changed = state_->database.write_now([&](store::Tx& tx) {
    return tx.execute(
        "UPDATE api_keys SET revoked_at = $3 WHERE account_id = $1 AND key_id = $2 AND revoked_at "
        "IS NULL",
        account_id, key_id, state_->clock.now());
  });
  if (changed > 0) {
    const std::lock_guard lock(state_->mutex);
    state_->remembered.clear();
  }
  return changed > 0;
}

const Plan* Accounts::plan_in(store::Tx& tx, std::int64_t account_id) {
  auto rows = tx.query("SELECT plan, suspended_at FROM accounts WHERE account_id = $1", account_id);
  return rows.next() && rows.is_null(1) ? find_plan(rows.text(0)) : nullptr;
}

std::optional<Caller> Accounts::State::recall(const Hash& hash, base::Instant now) {
  const std::lock_guard lock(mutex);
  const auto found = remembered.find(hash);
  if (found == remembered.end() || now - found->second.checked_at >= kRemembered)
    return std::nullopt;
  return found->second.caller;
}

// Remembers the caller, and writes the time of use at most once a minute.
base::Task<> Accounts::State::note_use(Hash hash, Caller caller, base::Instant now) {
  bool is_due = false;
  {
    const std::lock_guard lock(mutex);
    if (remembered.size() >= kMostRemembered) remembered.clear();
    auto& entry = remembered[hash];
    is_due = now - entry.last_used_written >= kLastUsedGrain;
    entry = {caller, now, is_due ? now : entry.last_used_written};
  }
  if (!is_due) co_return;
  try {
    auto write = [&](store::Tx& tx) {
      tx.execute("UPDATE api_keys SET last_used_at = $3 WHERE account_id = $1 AND key_id = $2",
                 caller.account_id, caller.key_id, now);
    };
    co_await database.write(write);
  } catch (const std::exception& e) {
    base::log(base::Level::Warning, "accounts.last_used_not_written", {{"error", e.what()}});
  }
}

base::Task<base::Result<Caller, Refusal>> Accounts::authenticate(std::string_view key,
                                                                 std::string_view from) {
  auto& s = *state_;
  if (key.empty() || key.size() > 256) co_return base::Failure{Refusal::UnknownKey};
  const auto hash = s.vault.keyed_hash(0, kKeyScope, key);
  const auto now = s.clock.now();
  const auto is_from_there = [&](const Caller& caller) {
    return caller.networks == nullptr || caller.networks->contain(from);
  };
  if (const auto caller = s.recall(hash, now)) {
    if (!is_from_there(*caller)) co_return base::Failure{Refusal::UnknownKey};
    co_return *caller;
  }

  using Found = base::Result<Caller, Refusal>;
  auto look_up = [&](store::Tx& tx) -> Found {
    auto rows = tx.query(
        "SELECT k.account_id, k.key_id, k.scopes, k.expires_at, k.revoked_at, a.plan, "
        "a.suspended_at, k.addresses "
        "FROM api_keys k JOIN accounts a ON a.account_id = k.account_id WHERE k.hash = $1",
        store::Blob{view(hash)});
    if (!rows.next()) return base::Failure{Refusal::UnknownKey};
    const bool is_over = !rows.is_null(4) || (!rows.is_null(3) && rows.instant(3) <= now);
    const auto* plan = find_plan(rows.text(5));
    if (is_over || plan == nullptr) return base::Failure{Refusal::UnknownKey};
    if (!rows.is_null(6)) return base::Failure{Refusal::Suspended};
    Caller caller{rows.integer(0), rows.integer(1), parse_scopes(rows.text(2)).value_or(0), plan,
                  nullptr};
    if (!rows.is_null(7)) {
      // Networks that cannot be read are none: such a key opens nothing.
      caller.networks = std::make_shared<const http::Networks>(
          http::Networks::parse(rows.text(7)).value_or(http::Networks()));
    }
    return caller;
  };
  auto found = co_await s.database.read(look_up);
  if (found && !is_from_there(*found)) co_return base::Failure{Refusal::UnknownKey};
  if (found) base::spawn(s.note_use(hash, *found, now));
  co_return found;
}

}  // namespace accounts
