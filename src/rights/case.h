// A request about somebody's data: one type, whichever door it came through.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "personal/access.h"
#include "personal/fields/rights.gen.h"
#include "personal/vault.h"
#include "rights/calendar.h"

namespace rights {

// What is asked for. Stored as numbers: only append.
enum class Kind : std::uint8_t {
  Access = 0,         // GDPR Art. 15
  Rectification = 1,  // Art. 16
  Erasure = 2,        // Art. 17
  Restriction = 3,    // Art. 18
  Portability = 4,    // Art. 20
  Objection = 5,      // Art. 21
  Withdrawal = 6,     // Art. 7(3)
  Complaint = 7,      // Art. 12(4), 77
  HumanReview = 8,    // Art. 22(3)
  Safeguards = 9,     // a copy of a transfer's safeguards, Art. 46 with 15(2)
  Appeal = 10,        // against the suspension of an account (registers/suspensions.h)
  ChildReport = 11,   // that data of a child is kept; Art. 8, 17(1)(f)
};
inline constexpr int kKinds = 12;
// "access", "rectification" ...
std::string_view name(Kind kind);
std::optional<Kind> parse_kind(std::string_view word);
// "Art. 15 GDPR"
std::string_view article(Kind kind);

enum class Door : std::uint8_t { Web = 0, Api = 1, Mail = 2, Account = 3, CommandLine = 4 };
std::string_view name(Door door);

enum class State : std::uint8_t {
  Open = 0,      // waits for whoever is the controller
  Extended = 1,  // two further months, and the person knows why
  Closed = 2,
};
std::string_view name(State state);

enum class Outcome : std::uint8_t {
  Done = 0,
  Refused = 1,
  NothingHeld = 2,
  TakenBack = 3,    // by the person
  Unconfirmed = 4,  // nobody followed the link to the address it came from
};
std::string_view name(Outcome outcome);

// What happened in a case, in the order in which it did.
enum class Step : std::uint8_t {
  Received = 0,
  Forwarded = 1,  // to the controller
  Extended = 2,
  DoneByPerson = 3,
  DoneByController = 4,
  Refused = 5,
  Closed = 6,
  Alarmed = 7,
  Proven = 8,      // the link to the address was followed
  ProofAsked = 9,  // the controller doubts that it is the person, and a link went to the address
};
std::string_view name(Step step);

using CaseAddress = personal::Personal<std::string, personal::field::CaseAddress>;
using CaseWords = personal::Personal<std::string, personal::field::CaseWords>;
using CaseAbout = personal::Personal<std::string, personal::field::CaseAbout>;
using CaseAnswer = personal::Personal<std::string, personal::field::CaseAnswer>;

struct Request {
  std::int64_t account_id = 0;  // the controller; 0: the instance's operator
  Kind kind = Kind::Access;
  Door door = Door::Web;
  std::string language = "en";
  std::string country;  // whose calendar and authority; empty: the instance's
  CaseAddress address;  // proven
  CaseWords words;
  CaseAbout about;  // of a report: whose data it is about, when that is somebody else
  std::optional<base::Id> shipment;
  base::Instant received_at{};  // when it reached us; the epoch: now
  // False: it came from an address that anybody can write on a letter. It waits, and nobody but the
  // address is told, until the link that goes there is followed (Desk::prove).
  bool is_proven = true;
};

struct Case {
  std::int64_t account_id = 0;
  base::Id id;
  Kind kind{};
  State state{};
  Door door{};
  std::string language, country;
  base::Instant received_at{};
  Day due{};
  std::optional<base::Instant> extended_at, closed_at;
  std::optional<Outcome> outcome;
  std::optional<base::Id> shipment;
  bool is_proven = true;  // it is known that the address is the asker's
  // The controller asked for proof, and the link was not followed yet: nothing is done until then.
  bool awaits_proof = false;
  personal::SubjectId subject = 0;
  CaseAddress address;  // not given once the person in it was forgotten
  CaseWords words;
  CaseAbout about;
  CaseAnswer answer;

  bool is_open() const { return !closed_at; }
  // Days that are left; negative: it is late.
  int days_left(base::Instant now) const {
    return static_cast<int>((due - std::chrono::floor<std::chrono::days>(now)).count());
  }
  // "R-0AB3-91XY": short enough to be read out.
  std::string number() const;
};

// A letter that was written in a case.
struct CaseLetter {
  base::Instant at{};
  std::string kind;  // "rights-extended"
  bool is_to_controller = false;
  bool is_waiting = false;  // it was not handed over yet
};

struct CaseStep {
  base::Instant at{};
  Step what{};
  personal::Actor actor;
};

}  // namespace rights
