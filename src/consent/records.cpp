#include "consent/records.h"

#include <algorithm>
#include <stdexcept>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/hash.h"

namespace consent {
namespace {

template <class E, std::size_t N>
E find_name(const std::array<std::string_view, N>& names, std::string_view word) {
  const auto at = std::find(names.begin(), names.end(), word);
  if (at == names.end()) throw store::StoreError("a consent record holds an unknown word");
  return static_cast<E>(at - names.begin());
}

template <class E, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, E value) {
  return names[static_cast<std::size_t>(value)];
}

// What the receipt says: enough to prove the record, nothing that names the person to others.
std::string receipt_of(std::int64_t account_id, const Record& record) {
  base::JsonWriter json;
  json.begin_object();
  json.key("record").value(record.id.hex());
  json.key("account").value(account_id);
  json.key("person").value(base::to_hex(record.person.bytes()));
  json.key("purpose").value(record.purpose);
  json.key("act").value(name_in(kActNames, record.act));
  json.key("how").value(name_in(kHowNames, record.how));
  json.key("notice_sha256").value_or_null(base::to_hex(record.notice));
  json.key("language").value_or_null(record.language);
  json.key("version").value_or_null(record.version);
  json.key("said_at").value(base::to_iso_micros(record.said_at));
  json.key("recorded_at").value(base::to_iso_micros(record.recorded_at));
  json.end_object();
  return std::string(json.text());
}

void keep_notice(store::Tx& tx, std::int64_t account_id, const std::string& hash,
                 const Notice& notice, base::Instant now) {
  tx.execute(
      "INSERT INTO notices (account_id, hash, text, first_shown_at) VALUES ($1, $2, $3, $4) ON "
      "CONFLICT (account_id, hash) DO NOTHING",
      account_id, store::Blob{hash}, notice.text, now);
}

constexpr std::string_view kSelect =
    "SELECT id, purpose, act, how, notice, language, version, said_at, recorded_at, against, "
    "receipt FROM consents WHERE account_id = $1 AND person = $2 ORDER BY recorded_at, id";

Record read(const store::Rows& rows, const Person& person) {
  Record record;
  record.id = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
  record.person = person;
  record.purpose = rows.text(1);
  record.act = find_name<Act>(kActNames, rows.text(2));
  record.how = find_name<How>(kHowNames, rows.text(3));
  record.notice = rows.blob(4);
  record.language = rows.text(5);
  record.version = rows.text(6);
  record.said_at = rows.instant(7);
  record.recorded_at = rows.instant(8);
  record.against = base::Id::from_bytes(rows.blob(9)).value_or(base::Id());
  record.receipt = rows.text(10);
  return record;
}

struct Newest {
  base::Id consent;  // the consent act that counts
  base::Instant consent_at{};
  std::optional<Act> consent_act, objection_act;
};

// Consent and objection are two questions: each has its newest answer.
Newest newest_at(store::Tx& tx, std::int64_t account_id, const Person& person,
                 std::string_view purpose, base::Instant at, base::Instant known) {
  Newest newest;
  auto rows = tx.query(
      "SELECT act, id, said_at FROM consents WHERE account_id = $1 AND person = $2 AND purpose = "
      "$3 AND "
      "said_at <= $4 AND recorded_at <= $5 ORDER BY said_at, recorded_at, id",
      account_id, store::Blob{person.bytes()}, purpose, at, known);
  while (rows.next()) {
    const auto act = find_name<Act>(kActNames, rows.text(0));
    if (act == Act::Given || act == Act::Withdrawn) {
      newest.consent_act = act;
      newest.consent = base::Id::from_bytes(rows.blob(1)).value_or(base::Id());
      newest.consent_at = rows.instant(2);
      // Who agrees to a purpose by name, after having objected to it, has changed their mind.
      if (act == Act::Given && newest.objection_act) newest.objection_act = Act::Lifted;
    } else {
      newest.objection_act = act;
    }
  }
  return newest;
}

Standing standing(const Newest& newest) {
  if (newest.objection_act == Act::Objected) return Standing::Objected;
  if (newest.consent_act == Act::Given) return Standing::Given;
  if (newest.consent_act == Act::Withdrawn) return Standing::Withdrawn;
  return Standing::Unsaid;
}

// Did the purpose come to mean something else between the consent and `at`? Going on is no consent
// to the new words (policy clause 109); what was done before stays lawful.
bool has_changed_since(store::Tx& tx, std::string_view purpose, base::Instant since,
                       base::Instant at) {
  return tx
      .query(
          "SELECT 1 FROM purpose_changes WHERE account_id = 0 AND purpose = $1 AND effective_at > "
          "$2 AND effective_at <= $3 LIMIT 1",
          purpose, since, at)
      .next();
}

}  // namespace

Standing standing_of(store::Tx& tx, std::int64_t account_id, const Person& person,
                     std::string_view purpose, base::Instant at, base::Instant known) {
  const auto newest = newest_at(tx, account_id, person, purpose, at, known);
  const auto found = standing(newest);
  if (found == Standing::Given && has_changed_since(tx, purpose, newest.consent_at, at))
    return Standing::Unsaid;
  return found;
}

bool was_lawful_at(store::Tx& tx, std::int64_t account_id, const Person& person,
                   std::string_view purpose, Basis basis, base::Instant at, base::Instant known) {
  const auto found = standing_of(tx, account_id, person, purpose, at, known);
  return basis == Basis::Consent ? found == Standing::Given : found != Standing::Objected;
}

Record Records::write(store::Tx& tx, std::int64_t account_id, const Statement& statement,
                      const base::Id& against) const {
  const auto now = clock_.now();
  Record record;
  record.id = base::Id::make(now);
  record.person = statement.person;
  record.purpose = statement.purpose;
  record.act = statement.act;
  record.how = statement.how;
  record.said_at = statement.said_at == base::Instant{} ? now : statement.said_at;
  record.recorded_at = now;
  record.against = against;
  if (statement.notice) {
    record.notice = crypto::sha256(statement.notice->text);
    record.language = statement.notice->language;
    record.version = statement.notice->version;
    keep_notice(tx, account_id, record.notice, *statement.notice, now);
  }
  if (sign_) record.receipt = sign_(receipt_of(account_id, record));
  const auto bytes_or_null = [](std::string_view bytes) {
    return bytes.empty() ? std::optional<store::Blob>() : store::Blob{bytes};
  };
  tx.execute(
      "INSERT INTO consents (account_id, id, person, purpose, act, how, notice, language, version, "
      "said_at, recorded_at, against, receipt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
      "$11, $12, $13)",
      account_id, store::Blob{record.id.bytes()}, store::Blob{record.person.bytes()},
      record.purpose, name_in(kActNames, record.act), name_in(kHowNames, record.how),
      bytes_or_null(record.notice), record.language, record.version, record.said_at,
      record.recorded_at, bytes_or_null(against.is_none() ? std::string_view() : against.bytes()),
      record.receipt);
  return record;
}

Record Records::note(store::Tx& tx, std::int64_t account_id, const Statement& statement) const {
  if (statement.act == Act::Given && (!statement.notice || statement.notice->text.empty())) {
    throw std::invalid_argument("a consent without the text that was agreed to proves nothing");
  }
  if (statement.said_at > clock_.now()) {
    throw std::invalid_argument("nobody has said it yet");
  }
  return write(tx, account_id, statement, base::Id());
}

std::vector<Record> Records::note_signal(store::Tx& tx, std::int64_t account_id,
                                         const Person& person,
                                         std::span<const std::string_view> purposes) const {
  std::vector<Record> fresh;
  const auto now = clock_.now();
  for (const auto purpose : purposes) {
    const auto newest = newest_at(tx, account_id, person, purpose, now, now);
    if (newest.objection_act == Act::Objected) continue;
    Statement statement{person, std::string(purpose), Act::Objected, How::Signal, {}, now};
    const bool contradicts = newest.consent_act == Act::Given;
    fresh.push_back(write(tx, account_id, statement, contradicts ? newest.consent : base::Id()));
  }
  return fresh;
}

std::vector<Record> records_of(store::Tx& tx, std::int64_t account_id, const Person& person) {
  std::vector<Record> all;
  auto rows = tx.query(kSelect, account_id, store::Blob{person.bytes()});
  while (rows.next()) all.push_back(read(rows, person));
  return all;
}

std::optional<std::string> notice_text(store::Tx& tx, std::int64_t account_id,
                                       std::string_view hash) {
  auto rows = tx.query("SELECT text FROM notices WHERE account_id = $1 AND hash = $2", account_id,
                       store::Blob{hash});
  if (!rows.next()) return std::nullopt;
  return std::string(rows.text(0));
}

}  // namespace consent
