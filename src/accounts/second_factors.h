// What proves somebody beyond a password: an authenticator app (totp.h) and recovery codes.
// Passkeys are in passkeys.h; they are both factors at once.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "accounts/people.h"
#include "accounts/security_log.h"
#include "accounts/totp.h"

namespace accounts {

class SecondFactors {
 public:
  SecondFactors(const Context& context, SecurityLog& log) : context_(context), log_(log) {}

  struct State {
    bool has_totp = false;
    int recovery_codes_left = 0;
    int passkeys = 0;
  };
  base::Task<State> state(std::int64_t person_id);
  static bool has_totp(store::Tx& tx, std::int64_t person_id);

  // A secret to be shown as text and QR code; not in force until a code of it was typed.
  struct Offer {
    std::string secret;  // base 32
    std::string uri;     // for the QR code
  };
  base::Task<std::optional<Offer>> offer_totp(std::int64_t person_id, std::string issuer);
  // In force from now. Recovery codes are shown this once.
  base::Task<std::optional<std::vector<std::string>>> confirm_totp(std::int64_t person_id,
                                                                   std::string code, Origin origin);
  base::Task<bool> remove_totp(std::int64_t person_id, Origin origin);

  // Ten new ones, "k7wm-3pqd-x9ha"; the old ones are void.
  base::Task<std::vector<std::string>> new_recovery_codes(std::int64_t person_id, Origin origin);

  // A code of the app or a recovery code, used up. In the caller's transaction; the method it was.
  enum class Used : std::uint8_t { No, Totp, RecoveryCode };
  Used use(store::Tx& tx, std::int64_t person_id, std::string_view code, const Origin& origin);

 private:
  std::vector<std::string> make_codes(store::Tx& tx, std::int64_t person_id);
  Context context_;
  SecurityLog& log_;
};

}  // namespace accounts
