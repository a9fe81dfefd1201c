// What happened around signing in: for the person concerned, and for whoever keeps the service safe
// (clause 41). A purpose of its own (Secure), readers of its own (Permission::ReadSecurityLog,
// which nobody has who answers customers), a time of its own (180 days).
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "accounts/context.h"
#include "base/id.h"
#include "base/task.h"
#include "personal/fields/accounts.gen.h"

namespace accounts {

enum class SecurityEvent : std::uint8_t {
  SignedIn,
  SignInFailed,
  SignInSlowed,  // too many attempts: not even weighed
  SecondFactorFailed,
  SignedOut,
  SteppedUp,
  PasswordChanged,
  PasswordReset,
  ResetAsked,
  EmailChanged,
  TotpOn,
  TotpOff,
  PasskeyAdded,
  PasskeyRemoved,
  PasskeyCloned,  // its counter went back
  RecoveryCodesMade,
  RecoveryCodeUsed,
  SessionEnded,  // revoked from the list
  TokenReused,   // a remembered browser's old token came back
  DeletionAsked,
  DeletionTakenBack,
};
std::string_view word(
    SecurityEvent event);  // "signed_in": as stored, and the key of its translation

struct SecurityEntry {
  base::Id id;
  base::Instant at{};
  std::int64_t person_id = 0;
  std::string kind;  // word()
  personal::SubjectId subject = 0;
  personal::Personal<std::string, personal::field::EventDevice> device;
  bool is_same_network = false;  // as the newest of the list
};

class SecurityLog {
 public:
  explicit SecurityLog(const Context& context) : context_(context) {}

  // In the caller's transaction. person_id 0: nobody we know.
  void note(store::Tx& tx, SecurityEvent event, std::int64_t person_id, const Origin& origin);

  // One person's own, newest first.
  base::Task<std::vector<SecurityEntry>> of_person(std::int64_t person_id, int most = 50);
  // Of an account's members, newest first: for Permission::ReadSecurityLog only.
  base::Task<std::vector<SecurityEntry>> of_account(std::int64_t account_id, int most = 200);

  std::int64_t sweep();  // older than 180 days. Blocks.

 private:
  base::Task<std::vector<SecurityEntry>> read(std::string_view sql, std::int64_t id, int most);
  Context context_;
};

}  // namespace accounts
