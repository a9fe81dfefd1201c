// Accounts and their API keys.
//
// A key is random (160 bits), shown once, and kept only as a keyed hash under a key derived from
// the master key: a dump of the database yields no usable key, not even a weak one that was
// imported from elsewhere (policy clause 11).
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/plan.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "http/networks.h"
#include "personal/access.h"
#include "personal/fields/accounts.gen.h"
#include "personal/vault.h"
#include "store/database.h"

namespace accounts {

// What a key may do. Stored as words.
enum class Scope : std::uint8_t {
  Read = 1,      // "read": list, get, detect, couriers
  Write = 2,     // "write": create, update, delete, retrack, air waybills
  Webhooks = 4,  // "webhooks": where programs are told
  Privacy = 8,   // "privacy": requests of the people in the data
};
using Scopes = std::uint8_t;
// "all": what the tracking API asks for. Beyond it a key gets only what was named.
inline constexpr Scopes kAllScopes = 3;
constexpr bool contains(Scopes scopes, Scope scope) {
  return (scopes & static_cast<Scopes>(scope)) != 0;
}
std::string scopes_text(Scopes scopes);
// "read write", "read,write", "all"; nothing for an unknown word or none at all.
std::optional<Scopes> parse_scopes(std::string_view words);

struct Account {
  std::int64_t account_id = 0;
  std::string plan;
  base::Instant created_at{};
  bool is_suspended = false;
  personal::Personal<std::string, personal::field::AccountEmail> email;
};

struct Key {
  std::int64_t account_id = 0;
  std::int64_t key_id = 0;
  std::string name;
  std::string prefix;
  Scopes scopes = 0;
  base::Instant created_at{};
  std::optional<base::Instant> expires_at, revoked_at, last_used_at;
  std::string networks;  // http/networks.h; empty: from anywhere
};

// Whoever calls, once their key has been accepted.
struct Caller {
  std::int64_t account_id = 0;
  std::int64_t key_id = 0;
  Scopes scopes = 0;
  const Plan* plan = nullptr;
  std::shared_ptr<const http::Networks> networks;  // null: from anywhere
  personal::Actor actor() const { return {personal::ActorKind::ApiKey, key_id}; }
};

enum class Refusal {
  UnknownKey,  // never existed, expired, revoked, or not from there: told alike
  Suspended,   // the account is
};

enum class AccountError {
  EmailInvalid,
  EmailTaken,
  UnknownPlan,
  UnknownAccount,
  KeyInvalid,
  KeyTaken,
  ExpiryInvalid,
  NetworksInvalid
};
std::string_view describe(AccountError error);

class Accounts {
 public:
  Accounts(store::Database& database, personal::Vault& vault, personal::Ledger& ledger,
           const base::Clock& clock);
  ~Accounts();

  // ---- For the command line: these block. ----
  base::Result<std::int64_t, AccountError> create(std::string_view email, std::string_view plan);
  std::vector<Account> list();
  bool exists(std::int64_t account_id);
  // Those whose last member is gone: everything in them is to go too.
  std::vector<std::int64_t> closed();
  // The holder's address; not given when there is no such account. Inside a transaction of the
  // caller's; may read the key store.
  personal::Personal<std::string, personal::field::AccountEmail> email_in(store::Tx& tx,
                                                                          std::int64_t account_id);
  base::Outcome<AccountError> set_plan(std::int64_t account_id, std::string_view plan);
  base::Outcome<AccountError> set_suspended(std::int64_t account_id, bool is_suspended);

  struct NewKey {
    std::int64_t key_id;
    std::string text;  // nowhere else, never again
  };
  base::Result<NewKey, AccountError> create_key(std::int64_t account_id, std::string_view name,
                                                Scopes scopes,
                                                std::optional<base::Instant> expires_at,
                                                std::string_view networks = {},
                                                std::int64_t made_by = 0);  // a person; 0: nobody
  // A key that programs hold already: any printable text up to 256 bytes. How
  // hard it is to guess is its owner's business; the command line warns.
  base::Result<std::int64_t, AccountError> import_key(std::int64_t account_id,
                                                      std::string_view name, std::string_view text,
                                                      Scopes scopes,
                                                      std::optional<base::Instant> expires_at);
  std::vector<Key> list_keys(std::int64_t account_id);
  bool revoke_key(std::int64_t account_id, std::int64_t key_id);

  // The plan of an account that may store something; nullptr when there is no such account, or it
  // is suspended. Inside a transaction of the caller's.
  static const Plan* plan_in(store::Tx& tx, std::int64_t account_id);
  // The address of whoever holds the account; not given when there is no such account. Inside a
  // transaction of the caller's.
  static personal::Personal<std::string, personal::field::AccountEmail> holder_in(
      store::Tx& tx, personal::Vault& vault, std::int64_t account_id);

  // ---- For the API: called on an I/O thread. ----
  // Remembers accepted keys for a second, so that a revocation made by another process counts
  // within one. `from`: the address it came from, for keys that are bound to some.
  base::Task<base::Result<Caller, Refusal>> authenticate(std::string_view key,
                                                         std::string_view from = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace accounts
