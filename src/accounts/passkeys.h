// Passkeys (WebAuthn level 2, https://www.w3.org/TR/webauthn-2/): the ceremonies and what is kept.
// The verification itself is in webauthn.h.
//
// Options and answers travel as JSON with base64url, in the form of
// PublicKeyCredential.parseCreationOptionsFromJSON() and PublicKeyCredential.toJSON().
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "accounts/people.h"
#include "accounts/security_log.h"
#include "accounts/webauthn.h"
#include "personal/fields/accounts.gen.h"

namespace accounts {

struct Passkey {
  std::string credential;  // the authenticator's id of it, bytes
  personal::SubjectId subject = 0;
  personal::Personal<std::string, personal::field::PasskeyLabel> label;
  bool is_synced = false;
  base::Instant created_at{};
  std::optional<base::Instant> last_used_at;
};

class Passkeys {
 public:
  // `name` is the service's, as authenticators show it.
  Passkeys(const Context& context, SecurityLog& log, RelyingParty party)
      : context_(context), log_(log), party_(std::move(party)) {}

  // Creation options for navigator.credentials.create(); good for five minutes and once.
  base::Task<std::string> begin_adding(std::int64_t person_id);
  base::Task<base::Outcome<WebauthnFault>> finish_adding(std::int64_t person_id,
                                                         std::string answer_json, std::string label,
                                                         Origin origin);

  // Request options for navigator.credentials.get(). Nobody is named: the authenticator knows whom
  // it has keys for (discoverable credentials), so the options tell nothing about who has an
  // account.
  base::Task<std::string> begin_sign_in();
  base::Task<base::Result<std::int64_t, WebauthnFault>> finish_sign_in(std::string answer_json,
                                                                       Origin origin);

  base::Task<std::vector<Passkey>> list(std::int64_t person_id);
  base::Task<bool> rename(std::int64_t person_id, std::string credential, std::string label);
  // Refused (false) for the last way in: no password and no other passkey.
  base::Task<bool> remove(std::int64_t person_id, std::string credential, Origin origin);

 private:
  Context context_;
  SecurityLog& log_;
  RelyingParty party_;
};

}  // namespace accounts
