// What people agreed to, withdrew and objected to: append-only and with two times, so that "was it
// lawful at that instant?" has an answer for any past one, and also "what did we know then?".
//
// A consent belongs to a purpose and to a text: the hash of the notice exactly as it was shown, in
// the language it was shown in. The person gets a receipt that anybody can check who has the
// instance's public key. Withdrawing is one call, as giving is, and counts at the next read.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "consent/person.h"
#include "store/database.h"

namespace consent {

// Stored by name.
enum class Act : std::uint8_t {
  Given,
  Withdrawn,
  Objected,  // GDPR Art. 21
  Lifted,    // the objection was taken back
};
inline constexpr std::array<std::string_view, 4> kActNames = {"given", "withdrawn", "objected",
                                                              "lifted"};
enum class How : std::uint8_t {
  Form,         // a page of ours
  Api,          // the shop says that it was said
  DoubleOptIn,  // a link in a letter was followed
  Signal,       // the browser's Sec-GPC
  Letter,       // written to somebody, who entered it
};
inline constexpr std::array<std::string_view, 5> kHowNames = {"form", "api", "double_opt_in",
                                                              "signal", "letter"};

// What was on the page. Kept once per account and text.
struct Notice {
  std::string text;      // exactly as rendered
  std::string language;  // "nl"
  std::string version;   // of the policy or register it came from
};

struct Statement {
  Person person;
  std::string purpose;  // an id of data/privacy/purposes.toml or of the register of cookies
  Act act = Act::Given;
  How how = How::Form;
  std::optional<Notice> notice;  // a consent needs one
  base::Instant said_at{};       // the epoch: now
};

struct Record {
  base::Id id;
  Person person;
  std::string purpose;
  Act act{};
  How how{};
  std::string notice;  // 32 bytes; empty: none
  std::string language, version;
  base::Instant said_at{}, recorded_at{};
  base::Id against;  // the consent that a browser's signal contradicts; none: no conflict
  std::string receipt;
};

// How a person stands to a purpose. A consent counts for the words it was given to: when what is
// said about the purpose has changed since (purpose_changes, which publishing writes), it is Unsaid
// until the person is asked anew.
enum class Standing : std::uint8_t { Unsaid, Given, Withdrawn, Objected };

// At `at`, as known at `known`. Pass the same instant twice for "as we thought then", and a later
// `known` for "as we know it was".
Standing standing_of(store::Tx& tx, std::int64_t account_id, const Person& person,
                     std::string_view purpose, base::Instant at, base::Instant known);

// What a purpose rests on: consent must have been given; everything else is lawful until there is
// an objection.
enum class Basis : std::uint8_t { Consent, Other };
bool was_lawful_at(store::Tx& tx, std::int64_t account_id, const Person& person,
                   std::string_view purpose, Basis basis, base::Instant at, base::Instant known);

// Signs a receipt's JSON: a compact JWS. Empty: there is no key yet, and receipts stay empty.
using Signer = std::function<std::string(std::string_view payload)>;

// Safe from any thread.
class Records {
 public:
  Records(const base::Clock& clock, Signer signer) : clock_(clock), sign_(std::move(signer)) {}

  // In the caller's transaction. Throws std::invalid_argument for a consent without a notice. What
  // changes nothing (withdrawn again) is recorded all the same: it was said.
  Record note(store::Tx& tx, std::int64_t account_id, const Statement& statement) const;

  // The browser said Sec-GPC: 1. An objection to each of these purposes, once; where a consent
  // stands, the objection names it, so that the person can be asked which of the two they mean
  // (a consent given anew afterwards outweighs the signal, until it comes with a new browser).
  // Gives back what was new.
  std::vector<Record> note_signal(store::Tx& tx, std::int64_t account_id, const Person& person,
                                  std::span<const std::string_view> purposes) const;

 private:
  Record write(store::Tx& tx, std::int64_t account_id, const Statement& statement,
               const base::Id& against) const;
  const base::Clock& clock_;
  Signer sign_;
};

// Oldest first: for the person's page, the export and audits.
std::vector<Record> records_of(store::Tx& tx, std::int64_t account_id, const Person& person);
// The text behind a record's notice.
std::optional<std::string> notice_text(store::Tx& tx, std::int64_t account_id,
                                       std::string_view hash);

}  // namespace consent
