#include "rights/visits.h"

#include <algorithm>
#include <array>

#include "base/random.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/base64.h"

namespace rights {
namespace {

constexpr std::string_view kTable = "rights_visits";
constexpr std::size_t kTokenBytes = 24, kTokenLength = 32;

std::string new_token() {
  std::array<std::uint8_t, kTokenBytes> bytes{};
  base::fill_random(bytes);
  return crypto::to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string bytes_of(const std::array<std::uint8_t, 32>& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

bool looks_like_email(std::string_view text) {
  if (text.size() > 254 || !base::is_utf8(text)) return false;
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.rfind('@') != at) return false;
  const auto domain = text.substr(at + 1);
  if (domain.find('.') == std::string_view::npos || domain.starts_with('.') ||
      domain.ends_with('.'))
    return false;
  return std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == ',' || c == ';' || c == '<' ||
           c == '>' || c == '"' || c == '\\';
  });
}

std::string Visits::hash_of(std::string_view token) const {
  return bytes_of(vault_.keyed_hash(0, "rights-visit", token));
}

std::string Visits::make(store::Tx& tx, Stage stage, std::string_view address,
                         std::string_view language, const std::optional<ShipmentPlace>& about) {
  const auto token = new_token();
  const auto hash = hash_of(token);
  const auto now = clock_.now();
  const auto subject = vault_.new_subject_now(0);
  personal::Envelope envelope;
  envelope.put(VisitAddress(std::string(address), personal::Label(personal::Source::Buyer)));
  const auto sealed = vault_.seal({kTable, 0, hash}, subject, envelope).value();
  const auto address_hash = bytes_of(vault_.address_hash(0, address));
  const auto until = now + (stage == Stage::Link ? kLinkGood : kVisitGood);
  std::optional<std::int64_t> account;
  std::optional<store::Blob> shipment;
  if (about) {
    account = about->account_id;
    shipment = store::Blob{about->id.bytes()};
  }
  tx.execute(
      "INSERT INTO rights_visits (account_id, hash, stage, subject, sealed, address_hash, "
      "language, "
      "about_account, about_shipment, created_at, expires_at) VALUES (0, $1, $2, $3, $4, $5, $6, "
      "$7, $8, $9, $10)",
      store::Blob{hash}, stage, subject, store::Blob{sealed}, store::Blob{address_hash}, language,
      account, shipment, now, until);
  return token;
}

void Visits::ask(store::Tx& tx, std::string_view typed, std::string_view language,
                 std::optional<ShipmentPlace> about, std::string_view case_number) {
  const auto address = personal::folded_address(typed);
  if (!looks_like_email(address)) return;
  const auto hash = bytes_of(vault_.address_hash(0, address));
  {
    auto rows = tx.query(
        "SELECT COUNT(*) FROM rights_visits WHERE account_id = 0 AND address_hash = $1 AND stage = "
        "$2 AND created_at > $3",
        store::Blob{hash}, Stage::Link, clock_.now() - std::chrono::hours(24));
    if (rows.next() && rows.integer(0) >= kLettersADay) return;
  }
  const auto token = make(tx, Stage::Link, address, language, about);
  letters::Letter letter;
  letter.kind = "rights-identity-link";
  letter.language = language;
  letter.to = letters::To(address, personal::Label(personal::Source::Buyer));
  letter.values = {{"case", "L-" + base::upper(base::to_hex(hash_of(token).substr(0, 4)))},
                   {"link", address_ + "/rights/link/" + token},
                   {"until", base::to_iso_offset(clock_.now() + kLinkGood)}};
  if (!case_number.empty()) letter.values["case"] = case_number;
  letter.useful = kLinkGood;
  letters_.post(tx, letter);
}

bool Visits::is_good(store::Tx& tx, std::string_view link) const {
  if (link.size() != kTokenLength) return false;
  auto rows = tx.query(
      "SELECT 1 FROM rights_visits WHERE account_id = 0 AND hash = $1 AND stage = $2 AND used_at "
      "IS "
      "NULL AND expires_at > $3",
      store::Blob{hash_of(link)}, Stage::Link, clock_.now());
  return rows.next();
}

std::optional<std::string> Visits::enter(store::Tx& tx, std::string_view link) {
  if (link.size() != kTokenLength) return std::nullopt;
  const auto now = clock_.now();
  const auto hash = hash_of(link);
  std::string sealed, language;
  personal::SubjectId subject = 0;
  std::optional<ShipmentPlace> about;
  {
    auto rows = tx.query(
        "UPDATE rights_visits SET used_at = $3 WHERE account_id = 0 AND hash = $1 AND stage = $2 "
        "AND used_at IS NULL AND expires_at > $3 RETURNING subject, sealed, language, "
        "about_account, about_shipment",
        store::Blob{hash}, Stage::Link, now);
    if (!rows.next()) return std::nullopt;
    subject = rows.integer(0);
    sealed = rows.blob(1);
    language = rows.text(2);
    if (!rows.is_null(4))
      about =
          ShipmentPlace{rows.integer(3), base::Id::from_bytes(rows.blob(4)).value_or(base::Id())};
  }
  const auto envelope = vault_.unseal({kTable, 0, hash}, subject, sealed);
  if (!envelope) return std::nullopt;
  personal::Access<personal::Purpose::Rights> access(ledger_, {personal::ActorKind::Subject, 0}, 0,
                                                     "rights.enter");
  access.about(subject);
  const auto address = open(envelope->take<personal::field::VisitAddress>(), access);
  access.record(tx);
  return make(tx, Stage::Visit, address, language, about);
}

std::string Visits::begin(store::Tx& tx, std::string_view address, std::string_view language) {
  return make(tx, Stage::Visit, personal::folded_address(address), language, std::nullopt);
}

std::optional<Visit> Visits::find(store::Tx& tx, std::string_view token) {
  if (token.size() != kTokenLength) return std::nullopt;
  const auto now = clock_.now();
  const auto hash = hash_of(token);
  std::string sealed;
  personal::SubjectId subject = 0;
  Visit visit;
  {
    auto rows = tx.query(
        "UPDATE rights_visits SET used_at = $3, expires_at = $4 WHERE account_id = 0 AND hash = $1 "
        "AND stage = $2 AND expires_at > $3 AND created_at > $5 RETURNING subject, sealed, "
        "language, about_account, about_shipment",
        store::Blob{hash}, Stage::Visit, now, now + kVisitGood, now - kLinkGood);
    if (!rows.next()) return std::nullopt;
    subject = rows.integer(0);
    sealed = rows.blob(1);
    visit.language = rows.text(2);
    if (!rows.is_null(4))
      visit.about =
          ShipmentPlace{rows.integer(3), base::Id::from_bytes(rows.blob(4)).value_or(base::Id())};
  }
  const auto envelope = vault_.unseal({kTable, 0, hash}, subject, sealed);
  if (!envelope) return std::nullopt;
  personal::Access<personal::Purpose::Rights> access(ledger_, {personal::ActorKind::Subject, 0}, 0,
                                                     "rights.visit");
  access.about(subject);
  visit.address = open(envelope->take<personal::field::VisitAddress>(), access);
  access.record(tx);
  return visit;
}

void Visits::end(store::Tx& tx, std::string_view token) {
  tx.execute("UPDATE rights_visits SET expires_at = $2 WHERE account_id = 0 AND hash = $1",
             store::Blob{hash_of(token)}, clock_.now());
}

std::int64_t Visits::sweep(store::Database& database) {
  std::vector<personal::SubjectId> gone;
  const auto now = clock_.now();
  // A link that is over still counts against the letters of its day.
  gone = database.write_now([&](store::Tx& tx) {
    std::vector<personal::SubjectId> subjects;
    auto rows = tx.query(
        "DELETE FROM rights_visits WHERE expires_at <= $1 AND created_at <= $2 RETURNING subject",
        now, now - kLinkGood);
    while (rows.next()) subjects.push_back(rows.integer(0));
    return subjects;
  });
  vault_.forget(0, gone);
  return static_cast<std::int64_t>(gone.size());
}

}  // namespace rights
