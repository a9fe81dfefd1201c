// The register of those who ask, by right or not, to be given somebody's data: courts, authorities,
// claimants, and the house itself. Three acts, each recorded by itself:
//
//   preserve  open() places a hold on the fields asked for, as far as they are fields that may be
//             held at all; what is asked beyond that is cut, not refused
//   review    two humans look at it, each bringing a Human; who is in danger need not wait: on the
//             ground of safety one is enough, and the second has a day, or there is an incident
//   disclose  answer() takes an Approved, which only a review makes, and a decision whether the
//             person is told; it opens exactly the granted fields, for Claims, with a row in the
//             access ledger, and enters the bundle's digest in the audit log
//
// Four grounds, each with a rule of its own (describe(LegalError) says them): the terms stay inside
// the house; a claim about content never names who wrote it; the law needs its instrument, and
// somebody who checked that it is genuine.
//
// Functions that take a Tx work in the caller's transaction; the others block. Safe from any
// thread.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "letters/letters.h"
#include "rights/registers/holds.h"
#include "rights/registers/human.h"

namespace rights {

// Stored as numbers: only append.
enum class LegalGround : std::uint8_t { Terms = 0, ContentClaim = 1, Safety = 2, Law = 3 };
enum class LegalRecipient : std::uint8_t { Inside = 0, Claimant = 1, Authority = 2 };
enum class LegalState : std::uint8_t { Open = 0, Approved = 1, Answered = 2, Refused = 3 };
enum class Notice : std::uint8_t {
  Told = 0,       // with the answer
  Delayed = 1,    // on a date, and why not now
  Forbidden = 2,  // by which law
};
std::string_view name(LegalGround ground);        // "terms", "content-claim", "safety", "law"
std::string_view name(LegalRecipient recipient);  // "inside", "claimant", "authority"
std::string_view name(LegalState state);          // "open" ...
std::string_view name(Notice notice);             // "told" ...
std::optional<LegalGround> parse_legal_ground(std::string_view word);
std::optional<LegalRecipient> parse_legal_recipient(std::string_view word);

using LegalRequester = personal::Personal<std::string, personal::field::LegalRequester>;
using LegalInstrument = personal::Personal<std::string, personal::field::LegalInstrument>;
using LegalReason = personal::Personal<std::string, personal::field::LegalReason>;
using LegalAddress = personal::Personal<std::string, personal::field::LegalAddress>;

struct LegalIntake {
  std::int64_t account_id = 0;
  std::string address;  // whose data: an e-mail address or telephone number
  LegalGround ground = LegalGround::Law;
  LegalRecipient recipient = LegalRecipient::Authority;
  std::string jurisdiction;         // two letters
  std::string requester;            // by name
  std::string instrument;           // its own reference, and the law or the clause and version
  std::vector<std::string> fields;  // as they were asked for, in the dictionary's words
  std::string reason;
  base::Instant due_at{};  // when its force ends, and with it the hold
};

struct LegalRequest {
  std::int64_t account_id = 0;
  base::Id id;
  LegalGround ground{};
  LegalRecipient recipient{};
  LegalState state{};
  std::string jurisdiction;
  std::vector<std::string> asked, granted;
  personal::SubjectId subject = 0;
  LegalRequester requester;
  LegalInstrument instrument;
  LegalReason reason;
  LegalAddress address;
  base::Instant received_at{}, due_at{};
  std::optional<base::Instant> authentic_at, second_review_due_at, second_review_at, incident_at,
      notice_due_at, noticed_at, answered_at;
  std::int64_t first_reviewer = 0, second_reviewer = 0;
  base::Id hold;
  std::optional<Notice> notice;
  std::string digest;  // 32 bytes; empty until it was answered

  // "L-0AB391XY"
  std::string number() const;
};

// That enough humans have agreed to this one request. Only a review makes one.
class Approved {
 public:
  const base::Id& request() const { return request_; }

 private:
  friend class LegalRequests;
  explicit Approved(base::Id request) : request_(request) {}
  base::Id request_;
};

struct NoticeDecision {
  Notice notice = Notice::Told;
  base::Instant until{};  // of a delayed one
  std::string reason;     // why not, or not yet
};

// What goes out, and nothing else does.
struct Bundle {
  std::string json;
  std::string digest;  // SHA-256, 32 bytes
};

enum class LegalError : std::uint8_t {
  NoRequester,
  NoInstrument,  // of the law: its reference and text; of the terms: clause and version
  NoReason,
  NoJurisdiction,
  NoEnd,
  NothingListed,  // none of the fields asked for is one that may be given
  StaysInside,    // on the ground of the terms nothing leaves the house
  NoIdentity,     // of a claim about content: who wrote it is not said
  NobodyThere,
  NoSuchRequest,
  NotOpen,
  NotGenuine,  // nobody has checked that the instrument is what it says
  SamePerson,  // the second reviewer is not the first
  TooWide,     // grants what was not asked for
  NoNoticeReason,
  NoNoticeDate,  // in the future, and at most a year off
};
std::string_view describe(LegalError error);

class LegalRequests {
 public:
  LegalRequests(store::Database& database, personal::Vault& vault, personal::Ledger& ledger,
                audit::Log& audit, letters::Letters& letters, Holds& holds,
                const base::Clock& clock)
      : database_(database),
        vault_(vault),
        ledger_(ledger),
        audit_(audit),
        letters_(letters),
        holds_(holds),
        clock_(clock) {}

  base::Result<LegalRequest, LegalError> open(store::Tx& tx, const LegalIntake& intake,
                                              personal::Actor by);
  std::optional<LegalRequest> find(store::Tx& tx, const base::Id& id);
  // Newest first.
  std::vector<LegalRequest> list(store::Tx& tx);

  // Somebody asked back, at an address found elsewhere than in the request, whether it is real.
  base::Outcome<LegalError> confirm_genuine(store::Tx& tx, const base::Id& id, const Human& by);
  // `granted`: at most what was asked; the second reviewer's narrower word counts. Nothing while
  // another human has to look first.
  base::Result<std::optional<Approved>, LegalError> review(store::Tx& tx, const base::Id& id,
                                                           const Human& by,
                                                           const std::vector<std::string>& granted);
  base::Outcome<LegalError> refuse(store::Tx& tx, const base::Id& id, const Human& by,
                                   std::string_view reason);
  base::Result<Bundle, LegalError> answer(store::Tx& tx, const Approved& approved,
                                          const NoticeDecision& notice);

  // ---- Timers; these block.
  // The people whose notice was delayed until now are told. How many.
  int tell_due();
  // Requests answered on one human's word whose second review did not come within a day: an entry
  // of the audit log and an error in the log, once.
  std::vector<LegalRequest> raise_incidents();
  // The person in those that were closed 180 days ago is forgotten; after three years they go.
  std::int64_t sweep();

  // How many of which ground came in a year, and how they ended: "law.answered" -> 3.
  std::map<std::string, std::int64_t> counts(store::Tx& tx, int year);

  static constexpr std::chrono::hours kSecondReviewWithin{24};
  static constexpr std::chrono::days kLongestDelay{366}, kPersonKept{180}, kKept{1096};

 private:
  void tell(store::Tx& tx, const LegalRequest& one);
  void keep_notice(store::Tx& tx, const LegalRequest& one, const NoticeDecision& notice);
  Bundle make_bundle(store::Tx& tx, const LegalRequest& one);

  store::Database& database_;
  personal::Vault& vault_;
  personal::Ledger& ledger_;
  audit::Log& audit_;
  letters::Letters& letters_;
  Holds& holds_;
  const base::Clock& clock_;
};

// For lists and exports; without what is sealed unless `access` is given.
std::string to_json(const LegalRequest& one, ClaimsAccess* access = nullptr);

}  // namespace rights
