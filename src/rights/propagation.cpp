#include "rights/propagation.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/time.h"
#include "personal/fields.gen.h"

namespace rights {
namespace {

constexpr store::Claimable kEvents{"rights_events", "id", store::IdForm::Bytes};

}  // namespace

std::string_view name(SubjectEvent event) {
  switch (event) {
    case SubjectEvent::Rectified:
      return "subject.rectified";
    case SubjectEvent::Erased:
      return "subject.erased";
    case SubjectEvent::Restricted:
      return "subject.restricted";
    case SubjectEvent::Unrestricted:
      return "subject.unrestricted";
  }
  return "";
}

void propagate(store::Tx& tx, std::int64_t account_id, SubjectEvent event, const base::Id& shipment,
               const base::Id& cause, std::uint16_t field, base::Instant now) {
  tx.enqueue(
      "INSERT INTO rights_events (account_id, id, kind, shipment_id, case_id, field, created_at, "
      "due_at, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0)",
      account_id, store::Blob{base::Id::make(now).bytes()}, event, store::Blob{shipment.bytes()},
      store::Blob{cause.bytes()}, static_cast<std::int64_t>(field), now);
}

std::optional<Propagated> find_propagation(store::Tx& tx, std::int64_t account_id,
                                           const base::Id& id) {
  auto rows = tx.query(
      "SELECT kind, shipment_id, case_id, field, created_at, attempts FROM rights_events WHERE "
      "account_id = $1 AND id = $2",
      account_id, store::Blob{id.bytes()});
  if (!rows.next()) return std::nullopt;
  Propagated one;
  one.account_id = account_id;
  one.id = id;
  one.event = static_cast<SubjectEvent>(rows.integer(0));
  one.shipment = base::Id::from_bytes(rows.blob(1)).value_or(base::Id());
  one.cause = base::Id::from_bytes(rows.blob(2)).value_or(base::Id());
  one.field = static_cast<std::uint16_t>(rows.integer(3));
  one.created_at = rows.instant(4);
  one.attempts = static_cast<int>(rows.integer(5));
  return one;
}

std::vector<Propagated> claim_propagations(store::Tx& tx, std::string_view owner, base::Instant now,
                                           std::chrono::microseconds length, int most) {
  std::vector<Propagated> all;
  for (auto& claim : store::claim_due(tx, kEvents, owner, now, length, most)) {
    auto one =
        find_propagation(tx, claim.account_id, base::Id::from_bytes(claim.id).value_or(base::Id()));
    if (!one) continue;
    one->claim = std::move(claim);
    all.push_back(std::move(*one));
  }
  return all;
}

bool settle(store::Tx& tx, const Propagated& one, std::string_view owner,
            std::optional<base::Instant> again) {
  if (!store::finish_claim(tx, kEvents, one.claim, owner, again)) return false;
  if (again)
    tx.execute("UPDATE rights_events SET attempts = attempts + 1 WHERE account_id = $1 AND id = $2",
               one.account_id, store::Blob{one.id.bytes()});
  return true;
}

std::vector<Told> told_of(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  std::vector<Told> all;
  auto rows = tx.query(
      "SELECT kind, field, created_at, due_at FROM rights_events WHERE account_id = $1 AND "
      "shipment_id = $2 ORDER BY created_at, id",
      account_id, store::Blob{shipment.bytes()});
  while (rows.next()) {
    all.push_back({static_cast<SubjectEvent>(rows.integer(0)),
                   static_cast<std::uint16_t>(rows.integer(1)), rows.instant(2), rows.is_null(3)});
  }
  return all;
}

std::string to_json(const Propagated& one) {
  base::JsonWriter json(256);
  json.begin_object();
  json.key("event").value(name(one.event));
  json.key("shipment_id").value(one.shipment.hex());
  json.key("case_id").value(one.cause.is_none() ? std::string() : one.cause.hex());
  const auto field = std::ranges::find(personal::kFields, one.field, &personal::FieldEntry::id);
  json.key("field").value_or_null(field == personal::kFields.end() ? std::string_view()
                                                                   : field->name);
  json.key("at").value(base::to_iso_offset(one.created_at));
  json.end_object();
  return std::move(json).text();
}

}  // namespace rights
