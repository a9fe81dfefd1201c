// Accounts that were suspended: who decided it, when, on which ground, and why in words (clause 35;
// a statement of reasons as Art. 17 of Reg. 2022/2065 asks for).
//
// A human decides, never a program: suspend() and lift() take a Human. The account's holder gets a
// letter with the reason and the way to appeal; an appeal is a case like any other, with a deadline
// and an answer. Whoever is suspended signs in, takes their data, erases it, appeals; nothing else.
//
// Functions work in the caller's transaction.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rights/desk.h"
#include "rights/registers/human.h"

namespace rights {

// Stored as words.
enum class SuspensionGround : std::uint8_t { Counting, Scraping, KeySharing, Interception, Terms };
std::string_view name(SuspensionGround ground);  // "counting", "scraping", "key-sharing" ...
std::optional<SuspensionGround> parse_suspension_ground(std::string_view word);

enum class SuspensionError : std::uint8_t { NoSuchAccount, NoReason, Already, NotSuspended, Asked };
std::string_view describe(SuspensionError error);

struct Suspension {
  base::Id id;
  SuspensionGround ground{};
  std::string reason;
  base::Instant at{};
  std::optional<base::Id> appeal;  // the case
};

class Suspensions {
 public:
  struct Parts {
    personal::Vault& vault;
    personal::Ledger& ledger;
    letters::Letters& letters;
    const base::Clock& clock;
    Desk& desk;  // for its address, its controller's letters, and appeals
  };
  explicit Suspensions(const Parts& parts) : parts_(parts) {}

  // Its keys are refused from now on. The letter that says why is part of it.
  base::Outcome<SuspensionError> suspend(store::Tx& tx, std::int64_t account_id,
                                         SuspensionGround ground, std::string_view reason,
                                         const Human& by);
  // All is as it was. `words`: what the holder is told.
  base::Outcome<SuspensionError> lift(store::Tx& tx, std::int64_t account_id,
                                      std::string_view words, const Human& by);
  // What stands; nothing for an account that is not suspended, or was without a statement.
  std::optional<Suspension> standing(store::Tx& tx, std::int64_t account_id,
                                     personal::Actor reader);
  // Once for each suspension: a case of the operator's, with whoever appeals as the asker.
  base::Result<Case, SuspensionError> appeal(store::Tx& tx, std::int64_t account_id,
                                             std::string_view address, std::string_view language,
                                             std::string_view words);

 private:
  void tell(store::Tx& tx, std::int64_t account_id, std::string_view kind, letters::Values values);

  Parts parts_;
};

}  // namespace rights
