// Letters that the service itself owes somebody, from the transaction that makes one necessary to
// the moment it is sent.
//
// Who posts names a kind ("verify-email") and its values; what it says in the reader's language is
// the template's business (src/messages). The address and the values are sealed under a key that
// belongs to the letter alone; it is destroyed when the letter was sent, was given up or is too
// old, so that no backup can tell what was in it.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "personal/access.h"
#include "personal/fields/letters.gen.h"
#include "personal/vault.h"
#include "store/database.h"
#include "store/lease.h"

namespace letters {

using To = personal::Personal<std::string, personal::field::LetterTo>;
using SealedValues = personal::Personal<std::string, personal::field::LetterValues>;
// What the template is filled with: "link", "code", "name" ...
using Values = std::map<std::string, std::string, std::less<>>;

struct Letter {
  std::int64_t account_id = 0;  // 0: the instance itself writes; else in the account's name
  std::string kind;             // lower case with hyphens: "verify-email"
  std::string language = "en";  // as the reader reads
  To to;                        // an e-mail address
  Values values;
  std::chrono::hours useful{72};  // afterwards it would only confuse; at most 30 days
};

struct Claimed {
  store::Claim claim;
  base::Id id;
  std::string kind, language;
  int attempts = 0;  // before this one
  base::Instant created_at{}, expires_at{};
  personal::SubjectId subject = 0;
  To to;
  SealedValues values;
};

// Safe from any thread.
class Letters {
 public:
  Letters(store::Database& database, personal::Vault& vault, const base::Clock& clock)
      : database_(database), vault_(vault), clock_(clock) {}

  // In the caller's transaction. The letter is due at once. Its id is also the idempotency key of
  // the message that is made of it.
  base::Id post(store::Tx& tx, const Letter& letter);

  // Up to `most` due letters, leased to `owner`. Those whose key is gone or whose time is over are
  // removed on the way. Blocks.
  std::vector<Claimed> claim(std::string_view owner, std::chrono::microseconds length, int most);
  // The values of one that was claimed.
  static Values values(const Claimed& letter,
                       personal::Access<personal::Purpose::Correspond>& access);

  // It was sent, or will never be: row and key are destroyed. Blocks.
  void settle(const Claimed& letter);
  // It could not be sent now.
  void put_off(const Claimed& letter, std::string_view owner, base::Instant until);

  // Removes what is older than its own time. Blocks; gives back how many.
  std::int64_t sweep();

 private:
  store::Database& database_;
  personal::Vault& vault_;
  const base::Clock& clock_;
};

}  // namespace letters
