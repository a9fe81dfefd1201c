// What is done about somebody's data, once, whichever door it was asked at: by the person through a
// link, by the shop with its key or at its desk, by a command. Each act is a case: opened, done,
// answered by a letter and closed; or, when a case waits already, done and that case closed.
//
// The shop's hands reach its own account only (Asker::only); the person's reach every account that
// keeps something under the address. Functions that take a Tx work in the caller's transaction; the
// others block.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "rights/correction.h"
#include "rights/desk.h"
#include "rights/erasure.h"
#include "rights/transfer.h"
#include "rights/visits.h"

namespace rights {

// Whose data, and who does it.
struct Asker {
  std::string address;  // proven, or vouched for by the controller
  std::string language = "en";
  Door door = Door::Web;
  personal::Actor by{personal::ActorKind::Subject, 0};
  std::optional<std::int64_t> only;  // one account's people
  const Case* answering = nullptr;   // a case that this act is the answer to
  Facts facts = {};                  // of an erasure: what is known beyond the asking

  bool is_person() const { return by.kind == personal::ActorKind::Subject; }
};

enum class ActError : std::uint8_t {
  NoSuchCase,
  Closed,
  Unproven,     // nobody has shown yet that the address is theirs
  NoAddress,    // the person in the case is forgotten
  NothingHeld,  // nothing under this address that the act could be about
  BadValue,     // a correction of what may not be corrected here, or to what is there already
  NeedsWords,   // a human has to answer this one in words
  ProofAsked,   // already, and nobody has followed the link yet
  SignInStays,  // they are the last owner of an account with others in it
};
std::string_view describe(ActError error);

struct Erased {
  Certificate certificate;
  Ruling ruling;
};

class Acts {
 public:
  struct Parts {
    store::Database& database;
    const shipments::Repository& repository;
    personal::Ledger& ledger;
    const base::Clock& clock;
    Desk& desk;
    Visits& visits;
    Eraser& eraser;
    // The person with this address signs in here no more, and everything of theirs is gone. False:
    // somebody with this address still signs in. Blocks. Not set: nobody signs in.
    std::function<bool(const std::string& address)> end_sign_in = {};
  };
  explicit Acts(const Parts& parts) : parts_(parts) {}

  using Done = base::Outcome<ActError>;
  Done rectify(store::Tx& tx, const Asker& asker, const ShipmentPlace& place, Correctable what,
               std::string_view value);
  // No more messages. Holds for the next one already.
  Done object(store::Tx& tx, const Asker& asker);
  // Stored, and used for nothing. `reason`: "accuracy", "unlawful", "claims", "objection".
  Done restrict(store::Tx& tx, const Asker& asker, std::string_view reason = "accuracy");
  // The person ends their restriction at once. Who is not the person tells them first, and it ends
  // kNotice later (Art. 18(3)): lift_due() does it then.
  Done lift(store::Tx& tx, const Asker& asker);
  // Every consent that stands is withdrawn.
  Done withdraw(store::Tx& tx, const Asker& asker);
  // The data went to another service; its receipt is kept with the case and goes into the letter.
  void note_moved(store::Tx& tx, const Asker& asker, const Receipt& receipt);
  // Somebody came by the link to an address: what waited for that proof goes on (Desk::prove).
  void proved(store::Tx& tx, std::string_view visit);
  // A letter with a link to everything goes to the address.
  Done send_link(store::Tx& tx, const Asker& asker, Kind kind);
  // Somebody says that data of a child is kept: a case of the operator's with a week's deadline.
  // Nothing when this reporter was written to three times today.
  std::optional<Case> report_child(store::Tx& tx, const Request& request);
  // The controller's doubt (Art. 12(6)): a link goes to the address of the case, and until somebody
  // follows it nothing of what is asked for is done.
  Done ask_proof(std::int64_t account_id, const base::Id& id, personal::Actor by);
  // With the letter that holds the certificate's number. Blocks.
  base::Result<Erased, ActError> erase(const Asker& asker);

  // What a request waits for, by its kind: the shop's side of completing it. Blocks.
  struct Details {
    std::optional<base::Id> shipment;  // of a correction
    std::string field, value;
  };
  Done perform(std::int64_t account_id, const base::Id& id, personal::Actor by,
               const Details& details);

  // Restrictions whose notice is over end. How many. Blocks.
  std::int64_t lift_due();
  // Is any of the person's data restricted?
  bool is_restricted(store::Tx& tx, const Person& person) const;

  static constexpr std::chrono::days kNotice{7};

 private:
  Person find(store::Tx& tx, const Asker& asker) const;
  Request request_of(const Asker& asker, std::int64_t account, Kind kind) const;
  // `done`: a word of the letter rights-done.
  void settle(store::Tx& tx, const Asker& asker, std::int64_t account, Kind kind,
              std::string_view done, letters::Values values = {});
  void end_restriction(store::Tx& tx, std::int64_t account, const HeldShipment& shipment);
  Done erase_child(const Case& one, personal::Actor by);
  Done act(store::Tx& tx, const Asker& asker, Kind kind, const Details& details);

  Parts parts_;
};

}  // namespace rights
