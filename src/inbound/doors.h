// Doors: who may push documents for which account and connector.
//
// A door's secret is random (160 bits) and shown once. What is kept is its keyed hash, or, where
// the carrier signs with it (HMAC needs the secret itself), a random salt from which only this
// instance can derive it again: a dump of the database opens no door (policy clause 11).
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "inbound/signature.h"
#include "personal/vault.h"
#include "store/database.h"

namespace inbound {

// How the carrier proves itself. Stored as words.
enum class Proof : std::uint8_t {
  Header,  // "header": the secret in a header: the connector's own, Authorization, X-Milepost-Token
  Path,    // "path": the secret as the last part of the address; for carriers that can do no more
  Signature,  // "hmac": the body signed with the secret
};
std::string_view name(Proof proof);
std::optional<Proof> parse_proof(std::string_view word);

// What happens to numbers that the account does not know. Stored as words.
enum class Unknown : std::uint8_t {
  Ignore,  // "ignore": counted in the answer, nothing else
  Create,  // "create": a shipment is opened for each, as far as the account's plan allows
};
std::string_view name(Unknown unknown);
std::optional<Unknown> parse_unknown(std::string_view word);

struct Door {
  std::int64_t account_id = 0;
  std::int64_t door_id = 0;
  std::string connector;
  std::string name;
  Proof proof = Proof::Header;
  Unknown unknown = Unknown::Ignore;
  base::Instant created_at{};
  std::optional<base::Instant> removed_at, last_used_at;
};

// What a request shows of itself.
struct Knock {
  std::int64_t account_id = 0;
  std::string connector;
  std::string path_token;
  std::function<std::string(std::string_view header)> header;  // empty text when it is not there
  std::string_view body;
};

class Doors {
 public:
  Doors(store::Database& database, personal::Vault& vault, const base::Clock& clock)
      : database_(database), vault_(vault), clock_(clock) {}

  struct Made {
    std::int64_t door_id = 0;
    std::string secret;  // nowhere else, never again
  };
  // Nothing when there is no such account. Blocks, as all but open() do: for the command line.
  std::optional<Made> make(std::int64_t account_id, std::string_view connector,
                           std::string_view name, Proof proof, Unknown unknown);
  // Those that were removed too.
  std::vector<Door> list(std::int64_t account_id);
  bool remove(std::int64_t account_id, std::int64_t door_id);

  // The door that this knock opens; nothing when none does, without saying why: whoever guesses
  // learns nothing about accounts, connectors or doors. `form` is the connector's way to sign, or
  // its own header for the secret.
  base::Task<std::optional<Door>> open(Knock knock, SignatureForm form);

 private:
  struct Lock;
  std::string derived(std::int64_t account_id, std::string_view salt);
  bool fits(const Lock& lock, const Knock& knock, const SignatureForm& form);
  base::Task<> note_use(std::int64_t account_id, std::int64_t door_id, base::Instant now);

  store::Database& database_;
  personal::Vault& vault_;
  const base::Clock& clock_;
};

}  // namespace inbound
