#include "rights/desk.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "rights/facts.h"

namespace rights {
namespace {

constexpr std::string_view kTable = "rights_cases";
constexpr std::chrono::days kPersonKept{180}, kCaseKept{1096};
// No law names a number: "without undue delay" (Art. 17(1)) is a week where a child is concerned.
constexpr std::chrono::days kChildDays{7};

#define MILEPOST_CASE_COLUMNS                                                                \
  "account_id, id, kind, state, door, language, country, received_at, due_on, extended_at, " \
  "outcome, closed_at, shipment_id, subject, sealed, unproven_since, proof_asked_at"

std::int64_t days_of(Day day) { return day.time_since_epoch().count(); }
Day day_of(std::int64_t days) { return Day(std::chrono::days(days)); }

personal::RowIdentity row_of(const Case& one) { return {kTable, one.account_id, one.id.bytes()}; }

std::string bytes_of(const std::array<std::uint8_t, 32>& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

personal::Envelope envelope_of(const Case& one) {
  personal::Envelope envelope;
  envelope.put(one.address);
  envelope.put(one.words);
  envelope.put(one.about);
  envelope.put(one.answer);
  return envelope;
}

// The row without what is sealed in it, and the sealed bytes.
std::pair<Case, std::string> read_row(const store::Rows& rows) {
  Case one;
  one.account_id = rows.integer(0);
  one.id = base::Id::from_bytes(rows.blob(1)).value_or(base::Id());
  one.kind = static_cast<Kind>(rows.integer(2));
  one.state = static_cast<State>(rows.integer(3));
  one.door = static_cast<Door>(rows.integer(4));
  one.language = rows.text(5);
  one.country = rows.text(6);
  one.received_at = rows.instant(7);
  one.due = day_of(rows.integer(8));
  if (!rows.is_null(9)) one.extended_at = rows.instant(9);
  if (!rows.is_null(10)) one.outcome = static_cast<Outcome>(rows.integer(10));
  if (!rows.is_null(11)) one.closed_at = rows.instant(11);
  if (!rows.is_null(12)) one.shipment = base::Id::from_bytes(rows.blob(12));
  one.subject = rows.integer(13);
  one.is_proven = rows.is_null(15);
  one.awaits_proof = !rows.is_null(16);
  return {std::move(one), std::string(rows.blob(14))};
}

void open_up(personal::Vault& vault, Case& one, const std::string& sealed) {
  if (sealed.empty() || one.subject == 0) return;
  const auto envelope = vault.unseal(row_of(one), one.subject, sealed);
  if (!envelope) return;  // forgotten a moment ago
  one.address = envelope->take<personal::field::CaseAddress>();
  one.words = envelope->take<personal::field::CaseWords>();
  one.about = envelope->take<personal::field::CaseAbout>();
  one.answer = envelope->take<personal::field::CaseAnswer>();
}

letters::To to_of(const Case& one, personal::Access<personal::Purpose::Rights>& access) {
  return {open(one.address, access), one.address.label()};
}

}  // namespace

std::string_view describe(DeskError error) {
  switch (error) {
    case DeskError::NoSuchCase:
      return "there is no such case";
    case DeskError::Closed:
      return "the case is closed already";
    case DeskError::AlreadyExtended:
      return "the case was extended already, and the law allows it once (Art. 12(3) GDPR)";
    case DeskError::TooLate:
      return "the first month is over: an extension had to be told within it (Art. 12(3) GDPR)";
    case DeskError::NoReason:
      return "it needs a reason: the person has a right to know it (Art. 12 GDPR)";
    case DeskError::NoAddress:
      return "the person in this case is not known any more, so nobody can be written to";
    case DeskError::ProofAsked:
      return "proof was asked for already; the link that went to the address was not followed yet";
  }
  return "";
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string out;
  text = base::trim(text);
  while (!text.empty() && out.size() < most) {
    const auto length = std::max<std::size_t>(base::utf8_sequence(text), 1);
    const auto c = static_cast<unsigned char>(text.front());
    const bool is_line = text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9") ||
                         text.starts_with("\xC2\x85");
    if (c < 0x20 || c == 0x7f || is_line || (c >= 0x80 && base::utf8_sequence(text) == 0)) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (out.size() + length <= most) {
      out += text.substr(0, length);
    } else {
      break;
    }
    text.remove_prefix(length);
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

Desk::Desk(store::Database& database, personal::Vault& vault, personal::Ledger& ledger,
           letters::Letters& letters, const base::Clock& clock, Options options)
    : database_(database),
      vault_(vault),
      ledger_(ledger),
      letters_(letters),
      clock_(clock),
      options_(std::move(options)) {}

std::string Desk::country_of(const Case& one) const {
  return one.country.empty() ? options_.country : one.country;
}

letters::Values Desk::values_of(const Case& one) const {
  letters::Values values;
  values["case"] = one.number();
  values["kind"] = name(one.kind);
  values["article"] = article(one.kind);
  values["due"] = values["until"] = to_text(one.due);
  values["at"] = base::to_iso_offset(one.received_at);
  const auto* authority = authority_of(country_of(one));
  values["authority"] = authority == nullptr
                            ? options_.address
                            : fmt::format("{}, {}", authority->name, authority->website);
  values["controller"] = options_.operator_name;
  values["link"] = options_.address + "/rights";
  return values;
}

void Desk::note(store::Tx& tx, const Case& one, Step what, personal::Actor by) {
  tx.execute(
      "INSERT INTO rights_steps (account_id, case_id, number, at, what, actor_kind, actor_id) "
      "VALUES ($1, $2, (SELECT COALESCE(MAX(number), 0) + 1 FROM rights_steps WHERE account_id = "
      "$1 AND case_id = $2), $3, $4, $5, $6)",
      one.account_id, store::Blob{one.id.bytes()}, clock_.now(), what, by.kind, by.id);
}

void Desk::note_letter(store::Tx& tx, const Case& one, std::string_view kind, bool is_to_controller,
                       const base::Id& letter) {
  tx.execute(
      "INSERT INTO rights_letters (account_id, case_id, number, at, kind, is_to_controller, "
      "letter_id) VALUES ($1, $2, (SELECT COALESCE(MAX(number), 0) + 1 FROM rights_letters WHERE "
      "account_id = $1 AND case_id = $2), $3, $4, $5, $6)",
      one.account_id, store::Blob{one.id.bytes()}, clock_.now(), kind, is_to_controller,
      store::Blob{letter.bytes()});
}

Case Desk::open(store::Tx& tx, const Request& request, Tell tell) {
  const auto now = clock_.now();
  Case one;
  one.account_id = request.account_id;
  one.id = base::Id::make(now);
  one.kind = request.kind;
  one.door = request.door;
  one.language = request.language;
  one.country = base::upper(request.country);
  one.received_at = request.received_at == base::Instant() ? now : request.received_at;
  one.due =
      Calendar::of(country_of(one)).months_after(day_of_receipt(one.received_at), kMonthsToAnswer);
  if (one.kind == Kind::ChildReport) one.due = day_of_receipt(one.received_at) + kChildDays;
  one.shipment = request.shipment;
  one.about = request.about;
  one.address = request.address;
  one.words = request.words;
  one.is_proven = request.is_proven;
  const auto envelope = envelope_of(one);
  std::string sealed, hash;
  if (!envelope.is_empty()) {
    one.subject = vault_.new_subject_now(one.account_id);
    sealed = vault_.seal(row_of(one), one.subject, envelope).value();
    if (const auto found = vault_.hash_of<personal::field::CaseAddress>(one.account_id, envelope))
      hash = bytes_of(*found);
  }
  const auto blob = [](const std::string& bytes) {
    return bytes.empty() ? store::Param(store::NullOf::Bytes) : store::Param(store::Blob{bytes});
  };
  const std::string shipment = one.shipment ? std::string(one.shipment->bytes()) : std::string();
  tx.execute(
      "INSERT INTO rights_cases (account_id, id, kind, state, door, language, country, "
      "received_at, due_on, shipment_id, subject, address_hash, sealed, forget_at, expires_at, "
      "unproven_since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
      "$16)",
      one.account_id, store::Blob{one.id.bytes()}, one.kind, one.state, one.door, one.language,
      one.country, one.received_at, days_of(one.due), blob(shipment), one.subject, blob(hash),
      blob(sealed), now + kPersonKept, now + kCaseKept,
      one.is_proven ? std::nullopt : std::optional(now));
  if (!one.is_proven) tell = Tell::Nobody;
  const bool is_told = tell == Tell::Everybody && write(tx, one, "rights-acknowledged", {});
  note(tx, one, Step::Received, {personal::ActorKind::Subject, 0});
  if (tell != Tell::Nobody) tell_controller(tx, one, "rights-forwarded");
  base::log(base::Level::Info, "rights.opened",
            {{"kind", name(one.kind)}, {"account", one.account_id}, {"told", is_told}});
  return one;
}

void Desk::tell_controller(store::Tx& tx, const Case& one, std::string_view kind) {
  if (one.account_id == 0 || !options_.controller) return;
  auto to = options_.controller(tx, one.account_id);
  if (!to) return;
  letters::Letter letter;
  letter.account_id = one.account_id;
  letter.kind = kind;
  letter.to = std::move(*to);
  letter.values = values_of(one);
  letter.values["link"] = fmt::format("{}/account/cases/{}", options_.address, one.id.hex());
  letter.useful = std::chrono::hours(14 * 24);
  note_letter(tx, one, kind, true, letters_.post(tx, letter));
  if (kind == "rights-forwarded") note(tx, one, Step::Forwarded, {});
}

std::optional<Case> Desk::find(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  auto rows = tx.query("SELECT " MILEPOST_CASE_COLUMNS
                       " FROM rights_cases WHERE account_id = $1 AND id = $2",
                       account_id, store::Blob{id.bytes()});
  if (!rows.next()) return std::nullopt;
  auto [one, sealed] = read_row(rows);
  open_up(vault_, one, sealed);
  return std::move(one);
}

std::vector<Case> Desk::list(store::Tx& tx, const Filter& filter) {
  std::string sql = "SELECT " MILEPOST_CASE_COLUMNS " FROM rights_cases WHERE due_on > $1";
  std::vector<store::Param> params{std::int64_t{0}};
  const auto add = [&](std::string_view condition, store::Param value) {
    params.push_back(value);
    sql += fmt::format("{} ${}", condition, params.size());
  };
  if (filter.only_open) sql += " AND closed_at IS NULL";
  if (!filter.with_unproven) sql += " AND unproven_since IS NULL";
  if (filter.account_id) add(" AND account_id =", *filter.account_id);
  if (!filter.address_hash.empty()) add(" AND address_hash =", store::Blob{filter.address_hash});
  sql += " ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, due_on, id";
  add(" LIMIT", static_cast<std::int64_t>(filter.most));
  std::vector<std::pair<Case, std::string>> found;
  {
    auto rows = tx.query_params(sql, params);
    while (rows.next()) found.push_back(read_row(rows));
  }
  std::vector<Case> cases;
  for (auto& [one, sealed] : found) {
    open_up(vault_, one, sealed);
    cases.push_back(std::move(one));
  }
  return cases;
}

int Desk::prove(store::Tx& tx, std::int64_t account_id, std::string_view address_hash) {
  Filter filter;
  filter.account_id = account_id;
  filter.address_hash = address_hash;
  filter.with_unproven = true;
  int count = 0;
  for (auto& one : list(tx, filter)) {
    if (one.is_proven && !one.awaits_proof) continue;
    tx.execute(
        "UPDATE rights_cases SET unproven_since = NULL, proof_asked_at = NULL WHERE account_id = "
        "$1 "
        "AND id = $2",
        one.account_id, store::Blob{one.id.bytes()});
    note(tx, one, Step::Proven, {personal::ActorKind::Subject, 0});
    const bool was_known = one.is_proven;
    one.is_proven = true;
    one.awaits_proof = false;
    if (was_known) {  // the controller asked, and has been in it all along
      tell_controller(tx, one, "rights-forwarded");
      ++count;
      continue;
    }
    write(tx, one, "rights-acknowledged", {});
    tell_controller(tx, one, "rights-forwarded");
    ++count;
  }
  return count;
}

std::vector<CaseStep> Desk::steps(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  std::vector<CaseStep> all;
  auto rows = tx.query(
      "SELECT at, what, actor_kind, actor_id FROM rights_steps WHERE account_id = $1 AND case_id = "
      "$2 ORDER BY number",
      account_id, store::Blob{id.bytes()});
  while (rows.next()) {
    all.push_back({rows.instant(0),
                   static_cast<Step>(rows.integer(1)),
                   {static_cast<personal::ActorKind>(rows.integer(2)), rows.integer(3)}});
  }
  return all;
}

std::vector<CaseLetter> Desk::letters(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  std::vector<CaseLetter> all;
  auto rows = tx.query(
      "SELECT at, kind, is_to_controller, (SELECT COUNT(*) FROM letters WHERE letters.account_id = "
      "rights_letters.account_id AND letters.id = rights_letters.letter_id) FROM rights_letters "
      "WHERE account_id = $1 AND case_id = $2 ORDER BY number",
      account_id, store::Blob{id.bytes()});
  while (rows.next())
    all.push_back(
        {rows.instant(0), std::string(rows.text(1)), rows.integer(2) != 0, rows.integer(3) != 0});
  return all;
}

base::Outcome<DeskError> Desk::await_proof(store::Tx& tx, const Case& one, personal::Actor by) {
  if (!one.is_open()) return base::Failure{DeskError::Closed};
  if (!one.address.is_given()) return base::Failure{DeskError::NoAddress};
  const auto asked = tx.execute(
      "UPDATE rights_cases SET proof_asked_at = $3 WHERE account_id = $1 AND id = $2 AND closed_at "
      "IS NULL AND proof_asked_at IS NULL",
      one.account_id, store::Blob{one.id.bytes()}, clock_.now());
  if (asked == 0) return base::Failure{DeskError::ProofAsked};
  note(tx, one, Step::ProofAsked, by);
  return base::kDone;
}

std::optional<PostedLetter> Desk::write(store::Tx& tx, const Case& one, std::string_view kind,
                                        letters::Values values) {
  if (!one.address.is_given()) return std::nullopt;
  personal::Access<personal::Purpose::Rights> access(ledger_, {}, one.account_id, "rights.letter");
  access.about(one.subject);
  letters::Letter letter;
  letter.account_id = one.account_id;
  letter.kind = kind;
  letter.language = one.language;
  letter.to = to_of(one, access);
  letter.values = values_of(one);
  for (auto& [key, value] : values) letter.values[key] = one_line(value);
  letter.useful = std::chrono::hours(30 * 24);
  const PostedLetter posted(letters_.post(tx, letter));
  note_letter(tx, one, kind, false, posted.id());
  access.record(tx);
  return posted;
}

void Desk::close(store::Tx& tx, const Case& one, Outcome outcome, const PostedLetter& letter,
                 personal::Actor by) {
  const auto closed = tx.execute(
      "UPDATE rights_cases SET state = $3, outcome = $4, closed_at = $5, letter_id = $6 WHERE "
      "account_id = $1 AND id = $2 AND closed_at IS NULL",
      one.account_id, store::Blob{one.id.bytes()}, State::Closed, outcome, clock_.now(),
      store::Blob{letter.id().bytes()});
  if (closed == 1) note(tx, one, Step::Closed, by);
}

void Desk::keep_answer(store::Tx& tx, const Case& one, std::string_view answer) {
  if (one.subject == 0 || answer.empty()) return;
  Case with = one;
  with.answer = CaseAnswer(std::string(answer), personal::Label());
  const auto sealed = vault_.seal(row_of(one), one.subject, envelope_of(with));
  if (!sealed) return;
  tx.execute("UPDATE rights_cases SET sealed = $3 WHERE account_id = $1 AND id = $2",
             one.account_id, store::Blob{one.id.bytes()}, store::Blob{*sealed});
}

base::Outcome<DeskError> Desk::extend(store::Tx& tx, const Case& one, std::string_view reason,
                                      personal::Actor by) {
  if (!one.is_open()) return base::Failure{DeskError::Closed};
  if (one.extended_at) return base::Failure{DeskError::AlreadyExtended};
  if (one.kind == Kind::ChildReport)
    return base::Failure{DeskError::TooLate};  // there is no more time
  const auto words = one_line(reason);
  if (words.empty()) return base::Failure{DeskError::NoReason};
  const auto now = clock_.now();
  if (now > end_of(one.due)) return base::Failure{DeskError::TooLate};
  Case later = one;
  later.due = Calendar::of(country_of(one))
                  .months_after(day_of_receipt(one.received_at), kMonthsWhenExtended);
  if (!write(tx, later, "rights-extended", {{"reason", words}}))
    return base::Failure{DeskError::NoAddress};
  tx.execute(
      "UPDATE rights_cases SET state = $3, due_on = $4, extended_at = $5 WHERE account_id = $1 AND "
      "id = $2",
      one.account_id, store::Blob{one.id.bytes()}, State::Extended, days_of(later.due), now);
  note(tx, one, Step::Extended, by);
  return base::kDone;
}

base::Outcome<DeskError> Desk::finish(store::Tx& tx, const Case& one, std::string_view kind,
                                      letters::Values values, Outcome outcome,
                                      std::string_view answer, Step step, personal::Actor by) {
  if (!one.is_open()) return base::Failure{DeskError::Closed};
  const auto letter = write(tx, one, kind, std::move(values));
  if (!letter) return base::Failure{DeskError::NoAddress};
  keep_answer(tx, one, answer);
  note(tx, one, step, by);
  close(tx, one, outcome, *letter, by);
  return base::kDone;
}

base::Outcome<DeskError> Desk::complete(store::Tx& tx, const Case& one, std::string_view answer,
                                        personal::Actor by, Outcome outcome) {
  const auto words = one_line(answer);
  const bool by_person = by.kind == personal::ActorKind::Subject;
  const auto readable = std::chrono::floor<std::chrono::days>(clock_.now() + kPersonKept);
  return finish(tx, one, "rights-answered", {{"summary", words}, {"until", to_text(readable)}},
                outcome, words, by_person ? Step::DoneByPerson : Step::DoneByController, by);
}

base::Outcome<DeskError> Desk::refuse(store::Tx& tx, const Case& one, std::string_view reason,
                                      personal::Actor by) {
  const auto words = one_line(reason);
  if (words.empty()) return base::Failure{DeskError::NoReason};
  return finish(tx, one, "rights-refused", {{"reason", words}}, Outcome::Refused, words,
                Step::Refused, by);
}

personal::SubjectId Desk::forget_person(store::Tx& tx, const Case& one) {
  tx.execute(
      "UPDATE rights_cases SET subject = 0, sealed = NULL, address_hash = NULL, shipment_id = NULL "
      "WHERE account_id = $1 AND id = $2",
      one.account_id, store::Blob{one.id.bytes()});
  return one.subject;
}

Desk::Alarms Desk::sound_alarms() {
  const auto now = clock_.now();
  const auto today = days_of(std::chrono::floor<std::chrono::days>(now));
  auto work = [&](store::Tx& tx) {
    Alarms alarms;
    Filter filter;
    filter.with_unproven = true;
    for (auto& one : list(tx, filter)) {
      if (now <= end_of(one.due)) continue;
      if (!one.is_proven) {
        (void)finish(tx, one, "rights-done", {{"done", "unconfirmed"}}, Outcome::Unconfirmed, {},
                     Step::Refused, {});
        continue;
      }
      const bool is_new =
          tx.execute(
              "UPDATE rights_cases SET alarmed_on = $3 WHERE account_id = $1 AND id = $2 AND "
              "(alarmed_on IS NULL OR alarmed_on < $3)",
              one.account_id, store::Blob{one.id.bytes()}, today) == 1;
      if (is_new) {
        ++alarms.told;
        note(tx, one, Step::Alarmed, {});
        tell_controller(tx, one, "rights-overdue");
      }
      alarms.late.push_back(std::move(one));
    }
    return alarms;
  };
  auto alarms = database_.write_now(work);
  for (const auto& one : alarms.late) {
    base::log(base::Level::Error, "rights.overdue",
              {{"case", one.number()}, {"account", one.account_id}, {"days", -one.days_left(now)}});
  }
  return alarms;
}

std::int64_t Desk::sweep() {
  const auto now = clock_.now();
  std::vector<std::pair<std::int64_t, personal::SubjectId>> due;
  due = database_.read_now([&](store::Tx& tx) {
    std::vector<std::pair<std::int64_t, personal::SubjectId>> found;
    auto rows = tx.query(
        "SELECT account_id, subject FROM rights_cases WHERE forget_at <= $1 AND subject <> 0", now);
    while (rows.next()) found.emplace_back(rows.integer(0), rows.integer(1));
    return found;
  });
  for (const auto& [account_id, subject] : due) vault_.forget(account_id, std::span(&subject, 1));
  return database_.write_now([&](store::Tx& tx) {
    auto count = tx.execute(
        "UPDATE rights_cases SET subject = 0, sealed = NULL, address_hash = NULL, shipment_id = "
        "NULL WHERE forget_at <= $1 AND (subject <> 0 OR sealed IS NOT NULL)",
        now);
    count += tx.execute("DELETE FROM rights_cases WHERE expires_at <= $1", now);
    count += tx.execute("DELETE FROM rights_events WHERE created_at <= $1", now - kPersonKept);
    return count;
  });
}

}  // namespace rights
