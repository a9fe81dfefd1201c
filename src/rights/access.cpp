#include "rights/access.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/csv.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"
#include "journey/journey.h"
#include "personal/fields.gen.h"
#include "rights/facts.h"
#include "rights/registers/holds.h"
#include "shipments/answers.h"

namespace embedded {
std::string_view rights_access_schema();
}

namespace rights {
namespace {

std::string_view origin_of(personal::Label label) {
  switch (label.source()) {
    case personal::Source::Shop:
      return "shop";
    case personal::Source::Carrier:
      return "carrier";
    case personal::Source::Buyer:
      return "you";
    case personal::Source::Mailbox:
      return "mailbox";
  }
  return "";
}

std::vector<std::string> purposes_of(personal::PurposeSet set) {
  std::vector<std::string> ids;
  for (const auto purpose : personal::kPurposes) {
    if (set.contains(purpose)) ids.emplace_back(name(purpose));
  }
  return ids;
}

ReportRow row_of(const KeptRow& kept) {
  ReportRow row;
  row.table = kept.table->name;
  row.account_id = kept.account_id;
  if (kept.shipment != nullptr) row.shipment = kept.shipment->id.hex();
  row.unreadable = kept.unreadable;
  for (const auto& cell : kept.cells) {
    if (cell.is_null || cell.column->form == "sealed") continue;
    ReportValue value;
    value.table = kept.table->name;
    value.column = cell.column->name.column;
    value.category = cell.column->category;
    // What proves who somebody is, is kept as a hash: that it is there is told, and not what could
    // be guessed against in a file that lies about.
    const bool is_sign_in =
        kept.table->reach == Reach::Member || kept.table->reach == Reach::SignIn;
    const bool is_proof = is_sign_in && cell.column->form == "hashed";
    value.value = is_proof ? "(kept as a hash only)" : value_text(cell);
    value.origin = rights::origin_of(value.table, value.column);
    value.purposes = cell.column->purposes;
    value.retention = cell.column->retention;
    row.values.push_back(std::move(value));
  }
  for (const auto& opened : kept.opened) {
    ReportValue value;
    value.table = kept.table->name;
    value.column = opened.field->name;
    value.category = opened.field->category;
    value.value = value_text(opened);
    value.origin = origin_of(opened.label);
    value.is_sealed = true;
    value.purposes = purposes_of(opened.field->purposes);
    value.retention = opened.field->retention;
    row.values.push_back(std::move(value));
  }
  return row;
}

const KeptRow::Cell* cell_named(const KeptRow& row, std::string_view column) {
  const auto found = std::ranges::find_if(
      row.cells, [&](const KeptRow::Cell& c) { return c.column->name.column == column; });
  return found == row.cells.end() ? nullptr : &*found;
}

// The same recipient of the same shipment is one line, however many rows tell of it.
void add_recipient(Report& report, ReportRecipient one) {
  const auto found = std::ranges::find_if(report.recipients, [&](const ReportRecipient& other) {
    return other.account_id == one.account_id && other.shipment == one.shipment &&
           other.name == one.name;
  });
  if (found == report.recipients.end()) {
    report.recipients.push_back(std::move(one));
    return;
  }
  found->times += one.times;
  found->first_at = std::min(found->first_at, one.first_at);
  found->last_at = std::max(found->last_at, one.last_at);
}

// Who was told something, from the records that are written when it goes out: carriers that were
// asked, whoever carried a message to the person, the programs of the shop itself, and who of the
// shop looked at the parcel to answer a question.
void take_recipient(const KeptRow& kept, Report& report) {
  const auto& table = kept.table->name;
  const auto text = [&](std::string_view column) {
    const auto* cell = cell_named(kept, column);
    return cell == nullptr ? std::string() : cell->text;
  };
  const auto number = [&](std::string_view column) {
    const auto* cell = cell_named(kept, column);
    return cell == nullptr ? std::int64_t{0} : cell->integer;
  };
  ReportRecipient one;
  one.account_id = kept.account_id;
  if (kept.shipment != nullptr) one.shipment = kept.shipment->id.hex();
  one.first_at = base::from_micros(number("first_at"));
  one.last_at = base::from_micros(number("last_at"));
  one.times = number("times");
  if (table == "told") {
    one.name = text("connector");
    one.what = "tracking number";
  } else if (table == "disclosures") {
    one.name = fmt::format("{} ({})", text("name"), text("kind"));
    one.what = text("fields");
  } else if (table == "delivery_log" && text("channel") == "webhook") {
    one.name = "a program of the shop (webhook)";
    one.what = "the shipment, as the shop has it";
    one.first_at = base::from_micros(number("created_at"));
    one.last_at = base::from_micros(number("settled_at"));
    one.times = 1;  // delivered once, however many attempts it took
  } else if (table == "support_looks") {
    one.name = fmt::format("somebody who answers for the shop (number {})", number("member"));
    one.what = fmt::format("the parcel's data, to answer your question ({})", text("reason"));
    one.first_at = one.last_at = base::from_micros(number("at"));
    one.times = 1;
  } else {
    return;
  }
  add_recipient(report, std::move(one));
}

void take(const KeptRow& kept, Report& report) {
  report.rows.push_back(row_of(kept));
  report.values += static_cast<std::int64_t>(report.rows.back().values.size());
  report.unreadable += kept.unreadable;
  if (kept.table->name == "shipments") ++report.shipments;
  take_recipient(kept, report);
}

std::string account_name(const NameOfAccount& name, std::int64_t account) {
  if (account == 0) return "this service itself";
  const auto given = name ? name(account) : std::string();
  return given.empty() ? fmt::format("account {}", account) : given;
}

void write_purposes(base::JsonWriter& json) {
  json.key("purposes").begin_array();
  for (const auto purpose : personal::kPurposes) {
    json.begin_object();
    json.key("id").value(name(purpose));
    json.key("title").value(title(purpose));
    json.key("text").value(text(purpose));
    json.key("legal_basis").value(basis(purpose));
    json.end_object();
  }
  json.end_array();
}

void write_retention(base::JsonWriter& json) {
  json.key("retention").begin_array();
  for (const auto& one : dictionary().retention()) {
    json.begin_object();
    json.key("id").value(one.id);
    if (one.days > 0) json.key("days").value(one.days);
    if (!one.until.empty()) json.key("until").value(one.until);
    json.key("text").value(one.text);
    json.end_object();
  }
  json.end_array();
}

void write_rules(base::JsonWriter& json) {
  json.key("automated_rules").begin_array();
  for (const auto& row : tsv_rows(embedded_rules(), 4)) {
    json.begin_object();
    json.key("rule").value(row[0]);
    json.key("effect").value(row[1]);
    json.key("about").value(row[2]);
    json.key("logic").value(row[3]);
    json.end_object();
  }
  json.end_array();
}

void write_row(base::JsonWriter& json, const ReportRow& row) {
  json.begin_object();
  json.key("table").value(row.table);
  json.key("account").value(row.account_id);
  if (!row.shipment.empty()) json.key("shipment").value(row.shipment);
  json.key("values").begin_array();
  for (const auto& value : row.values) {
    json.begin_object();
    json.key("column").value(value.column);
    json.key("category").value(value.category);
    json.key("value").value(value.value);
    if (!value.origin.empty()) json.key("origin").value(value.origin);
    json.key("encrypted").value(value.is_sealed);
    json.key("purposes").begin_array();
    for (const auto& purpose : value.purposes) json.value(purpose);
    json.end_array();
    json.key("retention").value(value.retention);
    json.end_object();
  }
  json.end_array();
  if (row.unreadable > 0) json.key("no_longer_readable").value(row.unreadable);
  json.end_object();
}

}  // namespace

std::string value_text(const KeptRow::Cell& cell) {
  if (cell.is_null) return {};
  switch (cell.type) {
    case ColumnType::Integer:
      if (cell.column->category == "time" && cell.integer > 1'000'000'000'000)
        return base::to_iso_micros(base::from_micros(cell.integer));
      return std::to_string(cell.integer);
    case ColumnType::Real:
      return fmt::format("{}", cell.real);
    case ColumnType::Text:
      return cell.text;
    case ColumnType::Bytes:
      return base::to_hex(std::string_view(cell.text));
  }
  return {};
}

std::string value_text(const personal::Opened& opened) {
  if (opened.field->id == personal::field::Journey::kId) {
    const auto lines = journey_lines(opened.value);
    if (!lines.empty()) return fmt::format("{}", fmt::join(lines, "\n"));
  }
  if (opened.field->id == personal::field::Answer::kId) {
    if (auto raw = shipments::unpack_answer(opened.value)) return *raw;
  }
  return base::is_utf8(opened.value) ? opened.value : base::to_hex(std::string_view(opened.value));
}

std::vector<std::string> journey_lines(std::string_view encoded) {
  std::vector<std::string> lines;
  journey::JourneyView view;
  if (!journey::decode_view(encoded, view)) return lines;
  for (const auto* leg : {&view.origin, &view.destination}) {
    for (const auto& point : leg->checkpoints) {
      std::string line(point.date);
      for (const auto part : {std::string_view(point.location), std::string_view(point.city),
                              std::string_view(point.state), std::string_view(point.country),
                              std::string_view(point.zip), std::string_view(point.text),
                              std::string_view(point.detail)}) {
        if (!part.empty()) line += fmt::format("  {}", part);
      }
      lines.push_back(std::move(line));
    }
  }
  if (!view.signed_by.empty()) lines.push_back(fmt::format("signed by  {}", view.signed_by));
  if (!view.scheduled_address.empty())
    lines.push_back(fmt::format("scheduled address  {}", view.scheduled_address));
  return lines;
}

Report report_on(store::Tx& tx, personal::Vault& vault, personal::Ledger& ledger,
                 const Person& person, personal::Actor actor, base::Instant now) {
  Report report;
  report.made_at = now;
  report.address = person.address;
  for (const auto& hold : holds_on(tx, person))
    report.holds.push_back({hold.account_id, std::string(name(hold.ground)),
                            std::string(article(hold.ground)), hold.jurisdiction, hold.fields,
                            hold.ends_at});
  for (const auto& held : person.held) {
    report.controllers.push_back(held.account_id);
    RightsAccess access(ledger, actor, held.account_id, "rights.access");
    each_kept_row(tx, vault, access, held, [&](const KeptRow& row) { take(row, report); });
  }
  return report;
}

std::vector<ReportRecipient> told_about(store::Tx& tx, personal::Vault& vault,
                                        const ShipmentPlace& place) {
  constexpr std::string_view kTables[] = {"told", "disclosures", "delivery_log", "support_looks"};
  Report report;
  for (const auto& held : of_shipment(tx, place).held)
    each_clear_row(tx, vault, held, kTables,
                   [&](const KeptRow& row) { take_recipient(row, report); });
  return std::move(report.recipients);
}

Report report_on_account(store::Tx& tx, personal::Vault& vault, personal::Ledger& ledger,
                         std::int64_t account_id, personal::Actor actor, base::Instant now) {
  Report report;
  report.made_at = now;
  report.controllers.push_back(account_id);
  RightsAccess access(ledger, actor, account_id, "rights.access.account");
  each_account_row(tx, vault, access, account_id, [&](const KeptRow& row) { take(row, report); });
  return report;
}

std::string to_json(const Report& report, const NameOfAccount& name) {
  base::JsonWriter json(1 << 16);
  json.begin_object();
  json.key("format").value("milepost-access");
  json.key("version").value(1);
  json.key("made_at").value(base::to_iso_micros(report.made_at));
  if (!report.address.empty()) json.key("address").value(report.address);
  json.key("controllers").begin_array();
  for (const auto account : report.controllers) {
    json.begin_object();
    json.key("account").value(account);
    json.key("name").value(account_name(name, account));
    json.end_object();
  }
  json.end_array();
  json.key("kept").begin_array();
  for (const auto& row : report.rows) write_row(json, row);
  json.end_array();
  json.key("recipients").begin_array();
  for (const auto& one : report.recipients) {
    json.begin_object();
    json.key("name").value(one.name);
    json.key("told").value(one.what);
    json.key("shipment").value(one.shipment);
    json.key("first_at").value(base::to_iso_micros(one.first_at));
    json.key("last_at").value(base::to_iso_micros(one.last_at));
    json.key("times").value(one.times);
    json.end_object();
  }
  json.end_array();
  json.key("holds").begin_array();
  for (const auto& hold : report.holds) {
    json.begin_object();
    json.key("account").value(hold.account_id);
    json.key("ground").value(hold.ground);
    json.key("article").value(hold.article);
    json.key("jurisdiction").value(hold.jurisdiction);
    json.key("fields").begin_array();
    for (const auto& field : hold.fields) json.value(field);
    json.end_array();
    json.key("until").value(base::to_iso_offset(hold.ends_at));
    json.end_object();
  }
  json.end_array();
  write_purposes(json);
  write_retention(json);
  write_rules(json);
  json.key("no_longer_readable").value(report.unreadable);
  json.end_object();
  return std::move(json).text();
}

std::string to_csv(const Report& report, const NameOfAccount& name) {
  std::string out =
      "controller,shipment,table,column,category,value,origin,encrypted,purposes,retention\r\n";
  for (const auto& row : report.rows) {
    const auto controller = account_name(name, row.account_id);
    for (const auto& value : row.values) {
      const std::string purposes = fmt::format("{}", fmt::join(value.purposes, " "));
      const std::string_view cells[] = {
          controller,     row.shipment,   value.table,  value.column,
          value.category, value.value,    value.origin, value.is_sealed ? "yes" : "no",
          purposes,       value.retention};
      bool is_first = true;
      for (const auto cell : cells) {
        if (!is_first) out += ',';
        is_first = false;
        // A spreadsheet must not take a value for a formula.
        const bool is_formula = !cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) !=
                                                     std::string_view::npos;
        base::append_csv(out, is_formula ? "'" + std::string(cell) : std::string(cell));
      }
      out += "\r\n";
    }
  }
  return out;
}

std::string_view access_schema() { return embedded::rights_access_schema(); }

}  // namespace rights
