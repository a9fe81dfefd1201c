#include "rights/correction.h"

#include <fmt/format.h>

#include "personal/fields/rights.gen.h"
#include "rights/desk.h"
#include "rights/propagation.h"

namespace rights {
namespace {

using From = personal::Personal<std::string, personal::field::CorrectedFrom>;
using To = personal::Personal<std::string, personal::field::CorrectedTo>;

constexpr std::string_view kTable = "rights_corrections";
constexpr std::size_t kMostBytes = 500;
constexpr std::string_view kNames[] = {"customer_name", "customer_sms", "recipient_postcode"};

std::string row_of(const base::Id& shipment, std::int64_t number) {
  return fmt::format("{}/{}", shipment.hex(), number);
}

// Replaces the value; what it was, and the field's id.
template <class F>
std::pair<std::string, std::uint16_t> replace(shipments::Sealed<F>& field, std::string_view value,
                                              RightsAccess& access) {
  auto before = open(field, access);
  field = shipments::Sealed<F>(std::string(value), personal::Label(personal::Source::Buyer));
  return {std::move(before), F::kId};
}

std::pair<std::string, std::uint16_t> replace(shipments::Body& body, Correctable what,
                                              std::string_view value, RightsAccess& access) {
  switch (what) {
    case Correctable::Name:
      return replace(body.customer_name, value, access);
    case Correctable::Sms:
      return replace(body.customer_sms, value, access);
    case Correctable::Postcode:
      break;
  }
  return replace(body.recipient_postcode, value, access);
}

}  // namespace

std::string_view name(Correctable what) { return kNames[static_cast<std::size_t>(what)]; }

std::optional<Correctable> parse_correctable(std::string_view word) {
  const auto found = std::ranges::find(kNames, word);
  if (found == std::end(kNames)) return std::nullopt;
  return static_cast<Correctable>(found - std::begin(kNames));
}

std::string_view describe(CorrectionError error) {
  switch (error) {
    case CorrectionError::NoSuchShipment:
      return "there is no such parcel";
    case CorrectionError::Unchanged:
      return "it says that already";
    case CorrectionError::TooLong:
      return "it is longer than 500 bytes";
  }
  return "";
}

base::Outcome<CorrectionError> correct(store::Tx& tx, const shipments::Repository& repository,
                                       personal::Ledger& ledger, const ShipmentPlace& place,
                                       Correctable what, std::string_view value,
                                       const base::Id& cause, personal::Actor by,
                                       base::Instant now) {
  if (value.size() > kMostBytes) return base::Failure{CorrectionError::TooLong};
  auto shipment =
      repository.find(tx, place.account_id, place.id, shipments::Repository::For::Rewriting);
  if (!shipment || shipment->head.subject == 0)
    return base::Failure{CorrectionError::NoSuchShipment};
  auto& head = shipment->head;
  RightsAccess access(ledger, by, place.account_id, "rights.correct");
  access.about(head.subject);
  const auto words = one_line(value, kMostBytes);
  const auto [before, field] = replace(shipment->body, what, words, access);
  if (before == words) return base::Failure{CorrectionError::Unchanged};
  head.updated_at = now;
  const auto envelope = shipment->body.envelope();
  repository.note_addresses(head, envelope);
  repository.update(tx, head, repository.seal(head, envelope));

  std::int64_t number = 1;
  {
    auto rows = tx.query(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM rights_corrections WHERE account_id = $1 AND "
        "shipment_id = $2",
        place.account_id, store::Blob{place.id.bytes()});
    if (rows.next()) number = rows.integer(0);
  }
  personal::Envelope both;
  both.put(From(before, personal::Label()));
  both.put(To(words, personal::Label(personal::Source::Buyer)));
  const auto row = row_of(place.id, number);
  const auto sealed =
      repository.vault().seal({kTable, place.account_id, row}, head.subject, both).value();
  tx.execute(
      "INSERT INTO rights_corrections (account_id, shipment_id, number, field, at, actor_kind, "
      "actor_id, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      place.account_id, store::Blob{place.id.bytes()}, number, static_cast<std::int64_t>(field),
      now, by.kind, by.id, store::Blob{sealed});
  propagate(tx, place.account_id, SubjectEvent::Rectified, place.id, cause, field, now);
  access.record(tx);
  return base::kDone;
}

std::vector<Corrected> corrections_of(store::Tx& tx, personal::Vault& vault,
                                      personal::Ledger& ledger, const ShipmentPlace& place) {
  std::vector<Corrected> all;
  auto rows = tx.query(
      "SELECT c.number, c.field, c.at, c.sealed, s.subject FROM rights_corrections c JOIN "
      "shipments "
      "s ON s.account_id = c.account_id AND s.id = c.shipment_id WHERE c.account_id = $1 AND "
      "c.shipment_id = $2 ORDER BY c.number",
      place.account_id, store::Blob{place.id.bytes()});
  RightsAccess access(ledger, {}, place.account_id, "rights.corrections");
  while (rows.next()) {
    const auto row = row_of(place.id, rows.integer(0));
    const auto envelope =
        vault.unseal({kTable, place.account_id, row}, rows.integer(4), rows.blob(3));
    if (!envelope) continue;
    access.about(rows.integer(4));
    all.push_back({static_cast<std::uint16_t>(rows.integer(1)), rows.instant(2),
                   open(envelope->take<personal::field::CorrectedFrom>(), access),
                   open(envelope->take<personal::field::CorrectedTo>(), access)});
  }
  return all;
}

}  // namespace rights
