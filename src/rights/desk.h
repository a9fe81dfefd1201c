// The rights desk: cases, their deadlines, and how they end.
//
// A case ends with a letter or not at all: close() takes a PostedLetter, and only posting a letter
// makes one. What a letter says in the reader's language is in data/languages/letters/ (kinds
// rights-...); what may not stand in one, line ends in a value that could become a header, is taken
// out here.
//
// The controller of a shipment is the shop. What the person can do alone (see, take, erase,
// restrict, object) is done at once and the shop is told; what needs the shop's judgement waits in
// its list, with the deadline, and either side can complete it.
//
// All functions that take a Tx work in the caller's transaction; the others block. Safe from any
// thread.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "letters/letters.h"
#include "rights/case.h"

namespace rights {

// That a letter was posted, in this transaction. Only the desk makes one.
class PostedLetter {
 public:
  const base::Id& id() const { return id_; }

 private:
  friend class Desk;
  explicit PostedLetter(base::Id id) : id_(id) {}
  base::Id id_;
};

enum class DeskError : std::uint8_t {
  NoSuchCase,
  Closed,           // it is already
  AlreadyExtended,  // Art. 12(3) allows it once
  TooLate,          // the notice must reach the person within the first month
  NoReason,         // a refusal and an extension say why
  NoAddress,        // nobody can be written to
  ProofAsked,       // it was asked for already, and nobody has answered yet
};
std::string_view describe(DeskError error);

class Desk {
 public:
  struct Options {
    std::string country = "DE";  // of the operator: calendar and authority when a case names none
    std::string operator_name = "Milepost";
    // "https://track.example"; letters link below it.
    std::string address = "http://localhost:8080";
    // Where the controller of an account is written to; nothing when nobody is known.
    std::function<std::optional<letters::To>(store::Tx&, std::int64_t account_id)> controller = {};
  };
  Desk(store::Database& database, personal::Vault& vault, personal::Ledger& ledger,
       letters::Letters& letters, const base::Clock& clock, Options options);

  // ---- In the caller's transaction.
  // A new case; the person gets an acknowledgement with number and deadline unless `quiet` (what is
  // done at once is answered at once), the controller is told and has it in the list.
  enum class Tell { Everybody, Controller, Nobody };
  Case open(store::Tx& tx, const Request& request, Tell tell = Tell::Everybody);
  std::optional<Case> find(store::Tx& tx, std::int64_t account_id, const base::Id& id);
  struct Filter {
    std::optional<std::int64_t> account_id;
    bool only_open = true;
    std::string address_hash;    // of this person only
    bool with_unproven = false;  // those, too, whose asker nobody knows yet
    int most = 200;
  };
  // The most urgent first.
  std::vector<Case> list(store::Tx& tx, const Filter& filter);
  std::vector<CaseStep> steps(store::Tx& tx, std::int64_t account_id, const base::Id& id);
  std::vector<CaseLetter> letters(store::Tx& tx, std::int64_t account_id, const base::Id& id);

  // Whoever followed a link that went to this address has shown that it is theirs: what waited for
  // that is acknowledged and goes to the controller. How many.
  int prove(store::Tx& tx, std::int64_t account_id, std::string_view address_hash);

  // The controller doubts that the asker is the person: nothing is done until somebody has followed
  // the link that Acts::ask_proof sends. The deadline runs on.
  base::Outcome<DeskError> await_proof(store::Tx& tx, const Case& one, personal::Actor by);

  // Two further months (Art. 12(3)), with the reason told to the person.
  base::Outcome<DeskError> extend(store::Tx& tx, const Case& one, std::string_view reason,
                                  personal::Actor by);
  base::Outcome<DeskError> complete(store::Tx& tx, const Case& one, std::string_view answer,
                                    personal::Actor by, Outcome outcome = Outcome::Done);
  // The letter says why, and names the authority and the court (Art. 12(4)).
  base::Outcome<DeskError> refuse(store::Tx& tx, const Case& one, std::string_view reason,
                                  personal::Actor by);

  // The same with a letter of another kind: an erasure's certificate.
  base::Outcome<DeskError> finish(store::Tx& tx, const Case& one, std::string_view kind,
                                  letters::Values values, Outcome outcome, std::string_view answer,
                                  Step step, personal::Actor by);

  // A letter about a case to the person in it. Nothing when the person's address is not known.
  std::optional<PostedLetter> write(store::Tx& tx, const Case& one, std::string_view kind,
                                    letters::Values values);
  // A case whose letter was posted, and no other.
  void close(store::Tx& tx, const Case& one, Outcome outcome, const PostedLetter& letter,
             personal::Actor by);
  // The person in it is forgotten at once, what happened stays: after an erasure. Gives back the
  // key to destroy (vault.forget) after the commit.
  personal::SubjectId forget_person(store::Tx& tx, const Case& one);

  // ---- Timers; these block.
  // Cases that nobody proved in their month are closed, with a letter that says so.
  struct Alarms {
    std::vector<Case> late;
    int told = 0;  // of them, for the first time today
  };
  // What is late today: the operator and the controller are told, once a day.
  Alarms sound_alarms();
  // The people in old cases are forgotten, and old cases go. How many of both.
  std::int64_t sweep();

  const Options& options() const { return options_; }

 private:
  std::string country_of(const Case& one) const;
  letters::Values values_of(const Case& one) const;
  void tell_controller(store::Tx& tx, const Case& one, std::string_view kind);
  void note(store::Tx& tx, const Case& one, Step what, personal::Actor by);
  void note_letter(store::Tx& tx, const Case& one, std::string_view kind, bool is_to_controller,
                   const base::Id& letter);
  void keep_answer(store::Tx& tx, const Case& one, std::string_view answer);

  store::Database& database_;
  personal::Vault& vault_;
  personal::Ledger& ledger_;
  letters::Letters& letters_;
  const base::Clock& clock_;
  Options options_;
};

// One line: what could begin a header or a new paragraph becomes a space, and nothing is longer
// than `most` bytes, cut between characters.
std::string one_line(std::string_view text, std::size_t most = 2000);

}  // namespace rights
