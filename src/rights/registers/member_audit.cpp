#include "rights/registers/member_audit.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "base/text.h"

namespace rights {
namespace {

struct Event {
  std::int64_t account_id = 0;
  std::string id, kind, payload;
};

std::vector<Event> waiting(store::Tx& tx, int most) {
  std::vector<Event> all;
  auto rows = tx.query(
      "SELECT e.account_id, e.id, e.actor_kind, e.actor_id, e.person_id, e.change, e.role FROM "
      "member_events e WHERE NOT EXISTS (SELECT 1 FROM audit_carried c WHERE c.account_id = "
      "e.account_id AND c.event_id = e.id) ORDER BY e.id LIMIT $1",
      static_cast<std::int64_t>(most));
  while (rows.next()) {
    base::JsonWriter json(128);
    json.begin_object().key("event").value(base::to_hex(rows.blob(1)));
    json.key("actor_kind").value(rows.integer(2)).key("actor").value(rows.integer(3));
    json.key("person").value(rows.integer(4)).key("role").value(rows.text(6)).end_object();
    all.push_back({rows.integer(0), std::string(rows.blob(1)),
                   fmt::format("member.{}", rows.text(5)), std::move(json).text()});
  }
  return all;
}

}  // namespace

std::int64_t carry_member_events(store::Database& database, audit::Log& audit, base::Instant now,
                                 int most) {
  // A look first, because most of the time there is nothing, and looking disturbs nobody.
  if (database.read_now([](store::Tx& tx) { return waiting(tx, 1); }).empty()) return 0;
  return database.write_now([&](store::Tx& tx) {
    std::int64_t carried = 0;
    for (const auto& event : waiting(tx, most)) {
      // Another process may carry it at this moment: one of the two gets the row.
      const auto is_ours = tx.execute(
          "INSERT INTO audit_carried (account_id, event_id, carried_at) VALUES ($1, $2, $3) ON "
          "CONFLICT (account_id, event_id) DO NOTHING",
          event.account_id, store::Blob{event.id}, now);
      if (is_ours == 0) continue;
      audit.append(tx, {event.account_id, event.kind, 0, event.payload});
      ++carried;
    }
    tx.execute(
        "DELETE FROM audit_carried WHERE NOT EXISTS (SELECT 1 FROM member_events e WHERE "
        "e.account_id = audit_carried.account_id AND e.id = audit_carried.event_id)");
    return carried;
  });
}

}  // namespace rights
