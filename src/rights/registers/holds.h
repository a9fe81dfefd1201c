// Legal holds (GDPR Art. 17(3)(b) and (e), 18(2)): a few named values outlive their time, because a
// claim or a law needs them; everything else goes as if there were no hold.
//
// A hold copies the values it names, at the moment it is placed, into the claims store: rows under
// a key of the hold's own, of purposes Claims and Rights alone, which no other part of the program
// reads. So nothing that deletes (an erasure, the 180 days, the shop itself, a closed account) has
// to ask whether it may, and none can forget to ask. What comes into the store later is not held;
// it takes a hold of its own, which somebody has to answer for anew.
//
// There is no hold without a name behind it, a reason, a jurisdiction and an end date. On that date
// its key is destroyed, and the values with it; that there was a hold stays three years, without
// the person. Both ends are entries of the audit log.
//
// Functions that take a Tx work in the caller's transaction; the others block. Safe from any
// thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/log.h"
#include "base/result.h"
#include "personal/fields/registers.gen.h"
#include "rights/person.h"

namespace rights {

// Stored as numbers: only append.
enum class HoldAbout : std::uint8_t { Shipment = 0, Person = 1, Account = 2 };
enum class HoldGround : std::uint8_t {
  Claim = 0,         // to establish, exercise or defend a legal claim: Art. 17(3)(e)
  LegalDuty = 1,     // a law obliges to keep it: Art. 17(3)(b)
  Preservation = 2,  // an authority asked to preserve what it is about to ask for: Art. 17(3)(b)
};
std::string_view name(HoldAbout about);    // "shipment"
std::string_view name(HoldGround ground);  // "claim", "legal-duty", "preservation"
std::optional<HoldGround> parse_hold_ground(std::string_view word);
std::string_view article(HoldGround ground);  // "Art. 17(3)(e) GDPR"

enum class HoldEnd : std::uint8_t { Date = 0, Lifted = 1 };

using HoldOwner = personal::Personal<std::string, personal::field::HoldOwner>;
using HoldReason = personal::Personal<std::string, personal::field::HoldReason>;
using HeldValues = personal::Personal<std::string, personal::field::HeldValues>;

struct HoldRequest {
  std::int64_t account_id = 0;
  HoldAbout about = HoldAbout::Shipment;
  base::Id shipment;                // of a shipment's
  std::string address;              // of a person's: e-mail or telephone
  std::vector<std::string> fields;  // "shipments.customer_name", as the dictionary has them
  HoldGround ground = HoldGround::Claim;
  std::string jurisdiction;  // two letters
  std::string owner, reason;
  base::Instant ends_at{};
};

struct Hold {
  std::int64_t account_id = 0;
  base::Id id;
  HoldAbout about{};
  HoldGround ground{};
  std::vector<std::string> fields;
  std::string jurisdiction;
  std::int64_t rows = 0;  // that values were found in
  std::string address_hash;
  personal::SubjectId subject = 0;
  HoldOwner owner;  // these two are not given once it ended
  HoldReason reason;
  base::Instant created_at{}, ends_at{};
  std::optional<base::Instant> ended_at;
  std::optional<HoldEnd> why;

  bool is_live() const { return !ended_at; }
};

enum class HoldError : std::uint8_t {
  NoField,       // it names none
  UnknownField,  // no such field, or one that does not list the purpose Claims
  NoOwner,
  NoReason,
  NoJurisdiction,
  NoEnd,          // not after now
  TooLong,        // more than ten years: somebody is to look at it again before
  NobodyThere,    // no such shipment, person or account
  NothingToHold,  // none of the named fields has a value there
  FromMailbox,    // what a linked mailbox gave serves its owner and nobody's claim
};
std::string_view describe(HoldError error);

// What may be held: every field and clear column of the dictionary that lists Claims.
const std::vector<std::string>& holdable_fields();

class Holds {
 public:
  Holds(store::Database& database, personal::Vault& vault, personal::Ledger& ledger,
        audit::Log& audit, const base::Clock& clock)
      : database_(database), vault_(vault), ledger_(ledger), audit_(audit), clock_(clock) {}

  base::Result<Hold, HoldError> place(store::Tx& tx, const HoldRequest& request,
                                      personal::Actor by);
  std::optional<Hold> find(store::Tx& tx, const base::Id& id);
  // The first to end first; ended ones only when they are asked for.
  enum class Which : std::uint8_t { Live, All };
  std::vector<Hold> list(store::Tx& tx, Which which = Which::Live);

  // What is held, one text of JSON for each row it was in: {"table":..,"values":{..}}.
  std::vector<std::string> open_values(store::Tx& tx, const Hold& hold, ClaimsAccess& access);

  // Before its date, because the claim is over. False when it is no live hold. Blocks.
  bool lift(const base::Id& id, personal::Actor by);
  // Ends those whose date has come, and removes the bare rows of old ones; how many ended. Blocks.
  std::int64_t sweep();

  static constexpr std::chrono::days kLongest{3653};
  static constexpr std::chrono::days kBareKept{1096};

 private:
  void end(const Hold& hold, HoldEnd why, personal::Actor by);

  store::Database& database_;
  personal::Vault& vault_;
  personal::Ledger& ledger_;
  audit::Log& audit_;
  const base::Clock& clock_;
};

// The live holds on a person's values, by address; owner and reason stay closed.
std::vector<Hold> holds_on(store::Tx& tx, const Person& person);

}  // namespace rights
