#include "rights/registers/legal_requests.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/hash.h"
#include "rights/desk.h"
#include "rights/registers/words.h"

namespace rights {
namespace {

constexpr std::string_view kTable = "legal_requests";
constexpr std::string_view kGrounds[] = {"terms", "content-claim", "safety", "law"};
constexpr std::string_view kRecipients[] = {"inside", "claimant", "authority"};
constexpr std::string_view kStates[] = {"open", "approved", "answered", "refused"};
constexpr std::string_view kNotices[] = {"told", "delayed", "forbidden"};
// Who wrote something: not for whoever says that it hurts them.
constexpr std::string_view kIdentity[] = {"shipments.customer_name", "shipments.customer_email",
                                          "shipments.customer_sms", "shipments.recipient_postcode",
                                          "accounts.account_email"};

#define MILEPOST_REQUEST_COLUMNS                                                               \
  "account_id, id, ground, state, jurisdiction, recipient, asked, granted, subject, "          \
  "received_at, due_at, authentic_at, first_reviewer, second_reviewer, second_review_due_at, " \
  "second_review_at, incident_at, hold_id, notice, notice_due_at, noticed_at, answered_at, "   \
  "digest, sealed"

template <std::size_t N>
std::optional<int> place_of(const std::string_view (&words)[N], std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == std::end(words)) return std::nullopt;
  return static_cast<int>(found - std::begin(words));
}

std::optional<base::Instant> instant(const store::Rows& rows, int column) {
  if (rows.is_null(column)) return std::nullopt;
  return rows.instant(column);
}

std::pair<LegalRequest, std::string> read_row(const store::Rows& rows) {
  LegalRequest one;
  one.account_id = rows.integer(0);
  one.id = base::Id::from_bytes(rows.blob(1)).value_or(base::Id());
  one.ground = static_cast<LegalGround>(rows.integer(2));
  one.state = static_cast<LegalState>(rows.integer(3));
  one.jurisdiction = rows.text(4);
  one.recipient = static_cast<LegalRecipient>(rows.integer(5));
  one.asked = split_words(rows.text(6));
  one.granted = split_words(rows.text(7));
  one.subject = rows.integer(8);
  one.received_at = rows.instant(9);
  one.due_at = rows.instant(10);
  one.authentic_at = instant(rows, 11);
  one.first_reviewer = rows.is_null(12) ? 0 : rows.integer(12);
  one.second_reviewer = rows.is_null(13) ? 0 : rows.integer(13);
  one.second_review_due_at = instant(rows, 14);
  one.second_review_at = instant(rows, 15);
  one.incident_at = instant(rows, 16);
  if (!rows.is_null(17)) one.hold = base::Id::from_bytes(rows.blob(17)).value_or(base::Id());
  if (!rows.is_null(18)) one.notice = static_cast<Notice>(rows.integer(18));
  one.notice_due_at = instant(rows, 19);
  one.noticed_at = instant(rows, 20);
  one.answered_at = instant(rows, 21);
  if (!rows.is_null(22)) one.digest = rows.blob(22);
  return {std::move(one), rows.is_null(23) ? std::string() : std::string(rows.blob(23))};
}

personal::RowIdentity row_of(const LegalRequest& one) {
  return {kTable, one.account_id, one.id.bytes()};
}

personal::Envelope envelope_of(const LegalRequest& one) {
  personal::Envelope envelope;
  envelope.put(one.requester);
  envelope.put(one.instrument);
  envelope.put(one.reason);
  envelope.put(one.address);
  return envelope;
}

void open_up(personal::Vault& vault, LegalRequest& one, const std::string& sealed) {
  if (sealed.empty() || one.subject == 0) return;
  const auto envelope = vault.unseal(row_of(one), one.subject, sealed);
  if (!envelope) return;
  one.requester = envelope->take<personal::field::LegalRequester>();
  one.instrument = envelope->take<personal::field::LegalInstrument>();
  one.reason = envelope->take<personal::field::LegalReason>();
  one.address = envelope->take<personal::field::LegalAddress>();
}

// What of it may be given at all: the rest is cut.
std::vector<std::string> listed(const LegalIntake& intake) {
  std::vector<std::string> fields;
  for (const auto& field : intake.fields) {
    const auto& all = holdable_fields();
    if (std::ranges::find(all, field) == all.end()) continue;
    if (std::ranges::find(fields, field) == fields.end()) fields.push_back(field);
  }
  return fields;
}

bool names_somebody(const std::vector<std::string>& fields) {
  return std::ranges::any_of(fields, [](const std::string& field) {
    return std::ranges::find(kIdentity, field) != std::end(kIdentity);
  });
}

std::optional<LegalError> fault_in(const LegalIntake& intake, base::Instant now) {
  if (base::trim(intake.requester).empty()) return LegalError::NoRequester;
  const bool needs_instrument =
      intake.ground == LegalGround::Law || intake.ground == LegalGround::Terms;
  if (needs_instrument && base::trim(intake.instrument).empty()) return LegalError::NoInstrument;
  if (base::trim(intake.reason).empty()) return LegalError::NoReason;
  if (!is_country(intake.jurisdiction)) return LegalError::NoJurisdiction;
  if (intake.due_at <= now) return LegalError::NoEnd;
  if (intake.ground == LegalGround::Terms && intake.recipient != LegalRecipient::Inside)
    return LegalError::StaysInside;
  const auto fields = listed(intake);
  if (fields.empty()) return LegalError::NothingListed;
  if (intake.ground == LegalGround::ContentClaim && names_somebody(fields))
    return LegalError::NoIdentity;
  return std::nullopt;
}

// Of one row's held values, those that were granted.
std::string only_granted(std::string_view json, const std::vector<std::string>& granted) {
  simdjson::dom::parser parser;
  const auto row = parser.parse(simdjson::padded_string(json));
  const std::string_view table = row["table"];
  base::JsonWriter out(256);
  out.begin_object().key("table").value(table).key("values").begin_object();
  bool is_empty = true;
  for (const auto [column, value] : row["values"].get_object()) {
    const auto whole = fmt::format("{}.{}", table, column);
    if (std::ranges::find(granted, whole) == granted.end()) continue;
    out.key(column).value(std::string_view(value));
    is_empty = false;
  }
  out.end_object().end_object();
  return is_empty ? std::string() : std::move(out).text();
}

std::string event_of(const LegalRequest& one, std::string_view more = {}) {
  return fmt::format(R"({{"request":"{}","ground":"{}"{}}})", one.id.hex(), name(one.ground), more);
}

}  // namespace

std::string_view name(LegalGround ground) { return kGrounds[static_cast<int>(ground)]; }
std::string_view name(LegalRecipient recipient) { return kRecipients[static_cast<int>(recipient)]; }
std::string_view name(LegalState state) { return kStates[static_cast<int>(state)]; }
std::string_view name(Notice notice) { return kNotices[static_cast<int>(notice)]; }

std::optional<LegalGround> parse_legal_ground(std::string_view word) {
  const auto place = place_of(kGrounds, word);
  return place ? std::optional(static_cast<LegalGround>(*place)) : std::nullopt;
}
std::optional<LegalRecipient> parse_legal_recipient(std::string_view word) {
  const auto place = place_of(kRecipients, word);
  return place ? std::optional(static_cast<LegalRecipient>(*place)) : std::nullopt;
}

std::string_view describe(LegalError error) {
  switch (error) {
    case LegalError::NoRequester:
      return "who asks has to be named";
    case LegalError::NoInstrument:
      return "on this ground it needs its instrument: the order's reference and the law it rests "
             "on, or the clause of the terms and their version";
    case LegalError::NoReason:
      return "it needs a reason";
    case LegalError::NoJurisdiction:
      return "it needs the country whose law it rests on, as two letters";
    case LegalError::NoEnd:
      return "it needs a date, still to come, on which its force ends";
    case LegalError::NothingListed:
      return "nothing that was asked for is a field that may be given; milepost privacy hold "
             "fields "
             "lists those";
    case LegalError::StaysInside:
      return "to enforce the terms nothing leaves the house: who is outside needs a law";
    case LegalError::NoIdentity:
      return "a claim about content does not learn who wrote it: that takes a law";
    case LegalError::NobodyThere:
      return "nothing of what was asked for is kept about this person";
    case LegalError::NoSuchRequest:
      return "there is no such request";
    case LegalError::NotOpen:
      return "it was answered or refused already, or its time is over";
    case LegalError::NotGenuine:
      return "somebody has to find out first, at an address found elsewhere than in the request, "
             "whether it is genuine";
    case LegalError::SamePerson:
      return "a second human has to look at it: this one did already";
    case LegalError::TooWide:
      return "this grants what was not asked for";
    case LegalError::NoNoticeReason:
      return "a person who is not told, or not yet, is so for a reason";
    case LegalError::NoNoticeDate:
      return "a delayed notice has a date: still to come, and within a year";
  }
  return "";
}

std::string LegalRequest::number() const {
  const auto hex = base::upper(id.hex());
  return "L-" + hex.substr(20, 4) + '-' + hex.substr(24, 4) + '-' + hex.substr(28, 4);
}

base::Result<LegalRequest, LegalError> LegalRequests::open(store::Tx& tx, const LegalIntake& intake,
                                                           personal::Actor by) {
  const auto now = clock_.now();
  if (const auto fault = fault_in(intake, now)) return base::Failure{*fault};
  LegalRequest one;
  one.account_id = intake.account_id;
  one.id = base::Id::make(now);
  one.ground = intake.ground;
  one.recipient = intake.recipient;
  one.jurisdiction = intake.jurisdiction;
  one.asked = listed(intake);
  one.granted = one.asked;
  one.received_at = now;
  one.due_at = intake.due_at;

  HoldRequest keep;
  keep.account_id = intake.account_id;
  keep.about = HoldAbout::Person;
  keep.address = intake.address;
  keep.fields = one.asked;
  keep.ground = HoldGround::Preservation;
  keep.jurisdiction = intake.jurisdiction;
  keep.owner = "register of legal requests, " + one.number();
  keep.reason = intake.reason;
  keep.ends_at = std::min(intake.due_at, now + Holds::kLongest);
  const auto hold = holds_.place(tx, keep, by);
  if (!hold) return base::Failure{LegalError::NobodyThere};
  one.hold = hold->id;

  one.subject = vault_.new_subject_now(one.account_id);
  one.requester = LegalRequester(one_line(intake.requester), personal::Label());
  one.instrument = LegalInstrument(one_line(intake.instrument), personal::Label());
  one.reason = LegalReason(one_line(intake.reason), personal::Label());
  one.address = LegalAddress(personal::folded_address(intake.address), personal::Label());
  const auto sealed = vault_.seal(row_of(one), one.subject, envelope_of(one));
  tx.execute(
      "INSERT INTO legal_requests (account_id, id, ground, state, jurisdiction, recipient, asked, "
      "granted, address_hash, subject, sealed, received_at, due_at, hold_id) VALUES ($1, $2, $3, "
      "0, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12)",
      one.account_id, store::Blob{one.id.bytes()}, one.ground, one.jurisdiction, one.recipient,
      join_words(one.asked), store::Blob{hold->address_hash}, one.subject,
      store::Blob{sealed.value()}, one.received_at, one.due_at, store::Blob{one.hold.bytes()});
  const auto cut = intake.fields.size() - one.asked.size();
  audit_.append(tx,
                {one.account_id, "legal.received", one.subject,
                 event_of(one, fmt::format(R"(,"fields":{},"cut":{})", one.asked.size(), cut))});
  return one;
}

std::optional<LegalRequest> LegalRequests::find(store::Tx& tx, const base::Id& id) {
  auto rows = tx.query("SELECT " MILEPOST_REQUEST_COLUMNS " FROM legal_requests WHERE id = $1",
                       store::Blob{id.bytes()});
  if (!rows.next()) return std::nullopt;
  auto [one, sealed] = read_row(rows);
  open_up(vault_, one, sealed);
  return std::move(one);
}

std::vector<LegalRequest> LegalRequests::list(store::Tx& tx) {
  std::vector<std::pair<LegalRequest, std::string>> found;
  auto rows = tx.query("SELECT " MILEPOST_REQUEST_COLUMNS
                       " FROM legal_requests ORDER BY received_at DESC, id DESC");
  while (rows.next()) found.push_back(read_row(rows));
  std::vector<LegalRequest> all;
  for (auto& [one, sealed] : found) {
    open_up(vault_, one, sealed);
    all.push_back(std::move(one));
  }
  return all;
}

base::Outcome<LegalError> LegalRequests::confirm_genuine(store::Tx& tx, const base::Id& id,
                                                         const Human& by) {
  const auto one = find(tx, id);
  if (!one) return base::Failure{LegalError::NoSuchRequest};
  if (one->state != LegalState::Open) return base::Failure{LegalError::NotOpen};
  tx.execute("UPDATE legal_requests SET authentic_at = $3 WHERE account_id = $1 AND id = $2",
             one->account_id, store::Blob{id.bytes()}, clock_.now());
  audit_.append(tx, {one->account_id, "legal.genuine", one->subject,
                     event_of(*one, fmt::format(R"(,"by":{})", by.person()))});
  return std::monostate{};
}

base::Result<std::optional<Approved>, LegalError> LegalRequests::review(
    store::Tx& tx, const base::Id& id, const Human& by, const std::vector<std::string>& granted) {
  const auto now = clock_.now();
  const auto one = find(tx, id);
  if (!one) return base::Failure{LegalError::NoSuchRequest};
  const bool is_late_second = one->ground == LegalGround::Safety && one->second_review_due_at &&
                              !one->second_review_at && one->state != LegalState::Refused;
  if (!is_late_second && (one->state != LegalState::Open || one->due_at <= now))
    return base::Failure{LegalError::NotOpen};
  if (one->ground == LegalGround::Law && !one->authentic_at)
    return base::Failure{LegalError::NotGenuine};
  if (one->first_reviewer == by.person()) return base::Failure{LegalError::SamePerson};
  for (const auto& field : granted) {
    if (std::ranges::find(one->granted, field) == one->granted.end())
      return base::Failure{LegalError::TooWide};
  }
  const bool is_first = one->first_reviewer == 0;
  const bool is_enough = !is_first || one->ground == LegalGround::Safety;
  if (is_first) {
    tx.execute(
        "UPDATE legal_requests SET first_reviewer = $3, first_review_at = $4, granted = $5, state "
        "= $6, second_review_due_at = $7 WHERE account_id = $1 AND id = $2",
        one->account_id, store::Blob{id.bytes()}, by.person(), now, join_words(granted),
        is_enough ? LegalState::Approved : LegalState::Open, now + kSecondReviewWithin);
  } else {
    // Of one that went out already on one human's word, the state is what it is.
    tx.execute(
        "UPDATE legal_requests SET second_reviewer = $3, second_review_at = $4, granted = CASE "
        "WHEN answered_at IS NULL THEN $5 ELSE granted END, state = CASE WHEN state = 0 THEN 1 "
        "ELSE state END WHERE account_id = $1 AND id = $2",
        one->account_id, store::Blob{id.bytes()}, by.person(), now, join_words(granted));
  }
  audit_.append(
      tx, {one->account_id, "legal.reviewed", one->subject,
           event_of(*one, fmt::format(R"(,"by":{},"granted":{})", by.person(), granted.size()))});
  if (!is_enough || one->answered_at) return std::optional<Approved>();
  return std::optional<Approved>(Approved(id));
}

base::Outcome<LegalError> LegalRequests::refuse(store::Tx& tx, const base::Id& id, const Human& by,
                                                std::string_view reason) {
  auto one = find(tx, id);
  if (!one) return base::Failure{LegalError::NoSuchRequest};
  if (one->state == LegalState::Answered || one->state == LegalState::Refused)
    return base::Failure{LegalError::NotOpen};
  if (base::trim(reason).empty()) return base::Failure{LegalError::NoReason};
  one->reason = LegalReason(one_line(reason), personal::Label());
  const auto sealed = vault_.seal(row_of(*one), one->subject, envelope_of(*one));
  tx.execute(
      "UPDATE legal_requests SET state = $3, outcome = $3, answered_at = $4, sealed = $5, granted "
      "= '', first_reviewer = COALESCE(first_reviewer, $6) WHERE account_id = $1 AND id = $2",
      one->account_id, store::Blob{id.bytes()}, LegalState::Refused, clock_.now(),
      store::Blob{sealed.value()}, by.person());
  audit_.append(tx, {one->account_id, "legal.refused", one->subject,
                     event_of(*one, fmt::format(R"(,"by":{})", by.person()))});
  return std::monostate{};
}

Bundle LegalRequests::make_bundle(store::Tx& tx, const LegalRequest& one) {
  base::JsonWriter json(4096);
  json.begin_object();
  json.key("format").value("milepost-legal-bundle");
  json.key("request").value(one.number());
  json.key("made_at").value(base::to_iso_offset(clock_.now()));
  json.key("jurisdiction").value(one.jurisdiction);
  json.key("fields").begin_array();
  for (const auto& field : one.granted) json.value(field);
  json.end_array();
  json.key("rows").begin_array();
  if (const auto hold = holds_.find(tx, one.hold)) {
    ClaimsAccess access(ledger_, {}, one.account_id, "rights.legal.bundle");
    for (const auto& text : holds_.open_values(tx, *hold, access)) {
      const auto part = only_granted(text, one.granted);
      if (!part.empty()) json.raw(part);
    }
    access.record(tx);
  }
  json.end_array().end_object();
  Bundle bundle;
  bundle.json = std::move(json).text();
  bundle.digest = crypto::sha256(bundle.json);
  return bundle;
}

// In the person's own case, what the law of the request lets be told: that, when, what and by whom.
void LegalRequests::tell(store::Tx& tx, const LegalRequest& one) {
  ClaimsAccess access(ledger_, {}, one.account_id, "rights.legal.tell");
  access.about(one.subject);
  const auto address = personal::open(one.address, access);
  access.record(tx);
  if (address.find('@') == std::string::npos) return;
  letters::Letter letter;
  letter.account_id = one.account_id;
  letter.kind = "legal-notice";
  letter.to = letters::To(address, one.address.label());
  letter.values = {{"case", one.number()},
                   {"at", base::to_iso_offset(one.answered_at.value_or(clock_.now()))},
                   {"summary", fmt::format("{}", fmt::join(one.granted, ", "))},
                   {"until", base::to_iso_offset(one.due_at)}};
  letter.useful = std::chrono::hours(24 * 30);
  letters_.post(tx, letter);
}

void LegalRequests::keep_notice(store::Tx& tx, const LegalRequest& one,
                                const NoticeDecision& notice) {
  const auto now = clock_.now();
  const bool is_told = notice.notice == Notice::Told;
  const std::optional<base::Instant> due =
      notice.notice == Notice::Delayed ? std::optional(notice.until) : std::nullopt;
  const std::optional<base::Instant> told = is_told ? std::optional(now) : std::nullopt;
  tx.execute(
      "UPDATE legal_requests SET notice = $3, notice_due_at = $4, noticed_at = $5 WHERE account_id "
      "= $1 AND id = $2",
      one.account_id, store::Blob{one.id.bytes()}, notice.notice, due, told);
  if (is_told) tell(tx, one);
}

base::Result<Bundle, LegalError> LegalRequests::answer(store::Tx& tx, const Approved& approved,
                                                       const NoticeDecision& notice) {
  const auto now = clock_.now();
  auto one = find(tx, approved.request());
  if (!one) return base::Failure{LegalError::NoSuchRequest};
  if (one->state != LegalState::Approved || one->due_at <= now)
    return base::Failure{LegalError::NotOpen};
  if (notice.notice != Notice::Told && base::trim(notice.reason).empty())
    return base::Failure{LegalError::NoNoticeReason};
  if (notice.notice == Notice::Delayed &&
      (notice.until <= now || notice.until > now + kLongestDelay))
    return base::Failure{LegalError::NoNoticeDate};
  auto bundle = make_bundle(tx, *one);
  one->answered_at = now;
  if (!notice.reason.empty()) one->reason = LegalReason(one_line(notice.reason), personal::Label());
  const auto sealed = vault_.seal(row_of(*one), one->subject, envelope_of(*one));
  tx.execute(
      "UPDATE legal_requests SET state = $3, outcome = $3, answered_at = $4, digest = $5, sealed = "
      "$6 WHERE account_id = $1 AND id = $2",
      one->account_id, store::Blob{one->id.bytes()}, LegalState::Answered, now,
      store::Blob{bundle.digest}, store::Blob{sealed.value()});
  keep_notice(tx, *one, notice);
  audit_.append(tx, {one->account_id, "legal.disclosed", one->subject,
                     event_of(*one, fmt::format(R"(,"sha256":"{}","notice":"{}")",
                                                base::to_hex(std::string_view(bundle.digest)),
                                                name(notice.notice)))});
  return bundle;
}

int LegalRequests::tell_due() {
  return database_.write_now([&](store::Tx& tx) {
    std::vector<std::pair<LegalRequest, std::string>> due;
    auto rows = tx.query("SELECT " MILEPOST_REQUEST_COLUMNS
                         " FROM legal_requests WHERE notice_due_at <= $1 AND noticed_at IS NULL",
                         clock_.now());
    while (rows.next()) due.push_back(read_row(rows));
    for (auto& [one, sealed] : due) {
      open_up(vault_, one, sealed);
      if (one.address.is_given()) tell(tx, one);
      tx.execute("UPDATE legal_requests SET noticed_at = $3 WHERE account_id = $1 AND id = $2",
                 one.account_id, store::Blob{one.id.bytes()}, clock_.now());
      audit_.append(tx, {one.account_id, "legal.noticed", one.subject, event_of(one)});
    }
    return static_cast<int>(due.size());
  });
}

std::vector<LegalRequest> LegalRequests::raise_incidents() {
  const auto now = clock_.now();
  auto late = database_.write_now([&](store::Tx& tx) {
    std::vector<LegalRequest> found;
    auto rows = tx.query("SELECT " MILEPOST_REQUEST_COLUMNS
                         " FROM legal_requests WHERE ground = $1 AND second_review_due_at <= $2 "
                         "AND second_review_at IS NULL AND incident_at IS NULL AND state <> $3",
                         LegalGround::Safety, now, LegalState::Refused);
    while (rows.next()) found.push_back(read_row(rows).first);
    for (const auto& one : found) {
      tx.execute("UPDATE legal_requests SET incident_at = $3 WHERE account_id = $1 AND id = $2",
                 one.account_id, store::Blob{one.id.bytes()}, now);
      audit_.append(tx, {one.account_id, "legal.incident", one.subject, event_of(one)});
    }
    return found;
  });
  for (const auto& one : late)
    base::log(base::Level::Error, "legal.second_review_missing", {{"request", one.id.hex()}});
  return late;
}

std::int64_t LegalRequests::sweep() {
  const auto now = clock_.now();
  const auto old = database_.read_now([&](store::Tx& tx) {
    std::vector<LegalRequest> found;
    // Of one that nobody answered, from the end of its force on.
    auto rows = tx.query("SELECT " MILEPOST_REQUEST_COLUMNS
                         " FROM legal_requests WHERE subject <> 0 AND COALESCE(answered_at, "
                         "due_at) <= $1 AND (notice_due_at IS NULL OR noticed_at IS NOT NULL)",
                         now - kPersonKept);
    while (rows.next()) found.push_back(read_row(rows).first);
    return found;
  });
  for (const auto& one : old) vault_.forget(one.account_id, std::span(&one.subject, 1));
  database_.write_now([&](store::Tx& tx) {
    for (const auto& one : old) {
      tx.execute(
          "UPDATE legal_requests SET subject = 0, sealed = NULL, address_hash = NULL WHERE "
          "account_id = $1 AND id = $2",
          one.account_id, store::Blob{one.id.bytes()});
    }
    return tx.execute("DELETE FROM legal_requests WHERE COALESCE(answered_at, due_at) <= $1",
                      now - kKept);
  });
  return static_cast<std::int64_t>(old.size());
}

std::map<std::string, std::int64_t> LegalRequests::counts(store::Tx& tx, int year) {
  using namespace std::chrono;
  const auto begin = [](int y) { return sys_days(std::chrono::year(y) / January / 1); };
  std::map<std::string, std::int64_t> all;
  auto rows = tx.query(
      "SELECT ground, state, COUNT(*) FROM legal_requests WHERE received_at >= $1 AND received_at "
      "< $2 GROUP BY ground, state",
      base::Instant(begin(year)), base::Instant(begin(year + 1)));
  while (rows.next()) {
    all[fmt::format("{}.{}", name(static_cast<LegalGround>(rows.integer(0))),
                    name(static_cast<LegalState>(rows.integer(1))))] = rows.integer(2);
  }
  return all;
}

std::string to_json(const LegalRequest& one, ClaimsAccess* access) {
  base::JsonWriter json(512);
  const auto at = [&](std::string_view key, const std::optional<base::Instant>& instant) {
    if (instant) json.key(key).value(base::to_iso_offset(*instant));
  };
  json.begin_object();
  json.key("request").value(one.number()).key("id").value(one.id.hex());
  json.key("account").value(one.account_id);
  json.key("ground").value(name(one.ground)).key("state").value(name(one.state));
  json.key("for").value(name(one.recipient)).key("jurisdiction").value(one.jurisdiction);
  json.key("asked").value(join_words(one.asked)).key("granted").value(join_words(one.granted));
  at("received_at", one.received_at);
  at("due_at", one.due_at);
  at("genuine_at", one.authentic_at);
  at("answered_at", one.answered_at);
  at("incident_at", one.incident_at);
  if (one.notice) json.key("notice").value(name(*one.notice));
  at("notice_due_at", one.notice_due_at);
  at("noticed_at", one.noticed_at);
  if (!one.digest.empty()) json.key("sha256").value(base::to_hex(std::string_view(one.digest)));
  if (access != nullptr && one.subject != 0) {
    access->about(one.subject);
    json.key("requester").value(personal::open(one.requester, *access));
    json.key("instrument").value_or_null(personal::open(one.instrument, *access));
    json.key("reason").value(personal::open(one.reason, *access));
  }
  json.end_object();
  return std::move(json).text();
}

}  // namespace rights
