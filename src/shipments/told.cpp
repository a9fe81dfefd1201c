#include "shipments/told.h"

#include <set>

namespace shipments {
namespace {

std::string both(std::string_view a, std::string_view b) {
  std::set<std::string_view> words;
  for (auto text : {a, b}) {
    while (!text.empty()) {
      const auto end = text.find(' ');
      if (end != 0) words.insert(text.substr(0, end));
      text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
  }
  std::string joined;
  for (const auto word : words) {
    if (!joined.empty()) joined += ' ';
    joined += word;
  }
  return joined;
}

}  // namespace

void note_told(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
               std::string_view connector, base::Instant at) {
  tx.enqueue(
      "INSERT INTO told (account_id, shipment_id, connector, first_at, last_at, times) VALUES ($1, "
      "$2, $3, $4, $4, 1) ON CONFLICT (account_id, shipment_id, connector) DO UPDATE SET last_at = "
      "excluded.last_at, times = told.times + 1",
      account_id, store::Blob{shipment.bytes()}, connector, at);
}

std::vector<Told> told(store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
  std::vector<Told> found;
  auto rows = tx.query(
      "SELECT connector, first_at, last_at, times FROM told WHERE account_id = $1 AND shipment_id "
      "= $2 ORDER BY first_at, connector",
      account_id, store::Blob{shipment.bytes()});
  while (rows.next()) {
    found.push_back({std::string(rows.text(0)), rows.instant(1), rows.instant(2), rows.integer(3)});
  }
  return found;
}

void note_disclosure(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                     const Disclosure& one, base::Instant at) {
  std::string fields = both(one.fields, {});
  {
    auto rows = tx.query(
        "SELECT fields FROM disclosures WHERE account_id = $1 AND shipment_id = $2 AND subject = "
        "$3 AND kind = $4 AND name = $5",
        account_id, store::Blob{shipment.bytes()}, one.subject, one.kind, one.name);
    if (rows.next()) fields = both(fields, rows.text(0));
  }
  tx.execute(
      "INSERT INTO disclosures (account_id, shipment_id, subject, kind, name, fields, first_at, "
      "last_at, times) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1) ON CONFLICT (account_id, "
      "shipment_id, subject, kind, name) DO UPDATE SET fields = excluded.fields, last_at = "
      "excluded.last_at, times = disclosures.times + 1",
      account_id, store::Blob{shipment.bytes()}, one.subject, one.kind, one.name, fields, at);
}

std::vector<Disclosure> disclosures(store::Tx& tx, std::int64_t account_id,
                                    const base::Id& shipment) {
  std::vector<Disclosure> found;
  auto rows = tx.query(
      "SELECT subject, kind, name, fields, first_at, last_at, times FROM disclosures WHERE "
      "account_id = $1 AND shipment_id = $2 ORDER BY first_at, kind, name",
      account_id, store::Blob{shipment.bytes()});
  while (rows.next()) {
    found.push_back({rows.integer(0), std::string(rows.text(1)), std::string(rows.text(2)),
                     std::string(rows.text(3)), rows.instant(4), rows.instant(5), rows.integer(6)});
  }
  return found;
}

}  // namespace shipments
