// All that is kept about a person (GDPR Art. 15), derived from the dictionary: every personal
// column of every table that leads to the person, with its purposes, its time and where it came
// from; who was told; by which rules the program decides. As a value for pages, as JSON and as CSV.
//
// The JSON's form is data/rights/access.schema.json. Values that a key no longer opens are counted,
// never left out silently.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "rights/person.h"

namespace rights {

// One value that is kept, ready to be shown.
struct ReportValue {
  std::string table, column;  // of a sealed value: its field's name after the column
  std::string category;       // "name", "e-mail", "time" ...
  std::string value;          // text; instants in RFC 3339, bytes in hexadecimal
  std::string origin;         // "shop", "carrier", "you", "mailbox", "service"
  bool is_sealed = false;     // encrypted under the person's own key
  std::vector<std::string> purposes;
  std::string retention;
};

struct ReportRow {
  std::string table;
  std::int64_t account_id = 0;
  std::string shipment;  // its id in hexadecimal, when the row belongs to one
  std::vector<ReportValue> values;
  int unreadable = 0;
};

// Somebody who was told something about the person, by name (CJEU C-154/21).
struct ReportRecipient {
  std::int64_t account_id = 0;
  std::string shipment, name, what;
  base::Instant first_at{}, last_at{};
  std::int64_t times = 0;
};

// What a legal hold keeps beyond its time (registers/holds.h), and why.
struct ReportHold {
  std::int64_t account_id = 0;
  std::string ground, article, jurisdiction;
  std::vector<std::string> fields;
  base::Instant ends_at{};
};

struct Report {
  base::Instant made_at{};
  std::string address;
  std::vector<std::int64_t> controllers;
  std::vector<ReportRow> rows;
  std::vector<ReportRecipient> recipients;
  std::vector<ReportHold> holds;
  std::int64_t shipments = 0, values = 0, unreadable = 0;
};

// A name for an account, for people: "shop.example". Empty: its number.
using NameOfAccount = std::function<std::string(std::int64_t)>;

// In one reading transaction. Leaves one row in the access ledger for each account.
Report report_on(store::Tx& tx, personal::Vault& vault, personal::Ledger& ledger,
                 const Person& person, personal::Actor actor, base::Instant now);
// Who was told something about this shipment: of carriers, of whoever carries messages, and of the
// shop's own programs. Opens nothing that is sealed.
std::vector<ReportRecipient> told_about(store::Tx& tx, personal::Vault& vault,
                                        const ShipmentPlace& place);
// What is kept about an account, for its holder.
Report report_on_account(store::Tx& tx, personal::Vault& vault, personal::Ledger& ledger,
                         std::int64_t account_id, personal::Actor actor, base::Instant now);

// A value as people read it: instants in RFC 3339, bytes in hexadecimal, a journey in lines.
std::string value_text(const KeptRow::Cell& cell);
std::string value_text(const personal::Opened& opened);

std::string to_json(const Report& report, const NameOfAccount& name = {});
// One line a value: account, shipment, table, column, category, value, origin, purposes, retention.
std::string to_csv(const Report& report, const NameOfAccount& name = {});
std::string_view access_schema();

// The journey's checkpoints in words, for people: "2026-01-02T09:00  Amsterdam  Delivered".
std::vector<std::string> journey_lines(std::string_view encoded);

}  // namespace rights
