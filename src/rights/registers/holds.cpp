#include "rights/registers/holds.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "personal/fields.gen.h"
#include "rights/access.h"
#include "rights/registers/words.h"

namespace rights {
namespace {

constexpr std::string_view kHolds = "legal_holds", kClaims = "claims";
constexpr std::string_view kAbout[] = {"shipment", "person", "account"};
constexpr std::string_view kGrounds[] = {"claim", "legal-duty", "preservation"};

#define MILEPOST_HOLD_COLUMNS                                                               \
  "account_id, id, about, ground, fields, jurisdiction, held_rows, address_hash, subject, " \
  "created_at, ends_at, ended_at, ended_why, sealed"

std::string claim_row(const base::Id& hold, std::int64_t number) {
  return fmt::format("{}/{}", hold.hex(), number);
}

std::pair<Hold, std::string> read_row(const store::Rows& rows) {
  Hold hold;
  hold.account_id = rows.integer(0);
  hold.id = base::Id::from_bytes(rows.blob(1)).value_or(base::Id());
  hold.about = static_cast<HoldAbout>(rows.integer(2));
  hold.ground = static_cast<HoldGround>(rows.integer(3));
  hold.fields = split_words(rows.text(4));
  hold.jurisdiction = rows.text(5);
  hold.rows = rows.integer(6);
  if (!rows.is_null(7)) hold.address_hash = rows.blob(7);
  hold.subject = rows.integer(8);
  hold.created_at = rows.instant(9);
  hold.ends_at = rows.instant(10);
  if (!rows.is_null(11)) hold.ended_at = rows.instant(11);
  if (!rows.is_null(12)) hold.why = static_cast<HoldEnd>(rows.integer(12));
  return {std::move(hold), rows.is_null(13) ? std::string() : std::string(rows.blob(13))};
}

void open_up(personal::Vault& vault, Hold& hold, const std::string& sealed) {
  if (sealed.empty() || hold.subject == 0) return;
  const auto envelope =
      vault.unseal({kHolds, hold.account_id, hold.id.bytes()}, hold.subject, sealed);
  if (!envelope) return;
  hold.owner = envelope->take<personal::field::HoldOwner>();
  hold.reason = envelope->take<personal::field::HoldReason>();
}

// The values of one row that the hold names, as JSON; empty when it has none of them.
std::string values_of(const KeptRow& row, const std::vector<std::string>& fields) {
  base::JsonWriter json(512);
  json.begin_object().key("table").value(row.table->name).key("values").begin_object();
  bool is_empty = true;
  const auto take = [&](std::string_view column, const std::string& text) {
    const auto whole = fmt::format("{}.{}", row.table->name, column);
    if (text.empty() || std::ranges::find(fields, whole) == fields.end()) return;
    json.key(column).value(text);
    is_empty = false;
  };
  for (const auto& cell : row.cells) {
    if (cell.column->form != "sealed") take(cell.column->name.column, value_text(cell));
  }
  for (const auto& opened : row.opened) take(opened.field->name, value_text(opened));
  json.end_object().end_object();
  return is_empty ? std::string() : std::move(json).text();
}

std::optional<HoldError> fault_in(const HoldRequest& request, base::Instant now) {
  if (request.fields.empty()) return HoldError::NoField;
  for (const auto& field : request.fields) {
    if (std::ranges::find(holdable_fields(), field) == holdable_fields().end())
      return HoldError::UnknownField;
  }
  if (base::trim(request.owner).empty()) return HoldError::NoOwner;
  if (base::trim(request.reason).empty()) return HoldError::NoReason;
  if (!is_country(request.jurisdiction)) return HoldError::NoJurisdiction;
  if (request.ends_at <= now) return HoldError::NoEnd;
  if (request.ends_at > now + Holds::kLongest) return HoldError::TooLong;
  return std::nullopt;
}

// By which address the person finds the hold again: the one it was asked for by, else the
// shipment's. An account's holder asks as the account.
std::string hash_of(store::Tx& tx, const HoldRequest& request, const Person& person) {
  if (request.about == HoldAbout::Person) return person.held.front().address_hash;
  if (request.about == HoldAbout::Account) return {};
  auto rows = tx.query(
      "SELECT COALESCE(email_hash, sms_hash) FROM shipments WHERE account_id = $1 AND id = $2",
      request.account_id, store::Blob{request.shipment.bytes()});
  return rows.next() && !rows.is_null(0) ? std::string(rows.blob(0)) : std::string();
}

}  // namespace

std::string_view name(HoldAbout about) { return kAbout[static_cast<int>(about)]; }
std::string_view name(HoldGround ground) { return kGrounds[static_cast<int>(ground)]; }

std::optional<HoldGround> parse_hold_ground(std::string_view word) {
  const auto found = std::ranges::find(kGrounds, word);
  if (found == std::end(kGrounds)) return std::nullopt;
  return static_cast<HoldGround>(found - std::begin(kGrounds));
}

std::string_view article(HoldGround ground) {
  return ground == HoldGround::Claim ? "Art. 17(3)(e) GDPR" : "Art. 17(3)(b) GDPR";
}

std::string_view describe(HoldError error) {
  switch (error) {
    case HoldError::NoField:
      return "a hold names the fields it keeps: it never keeps everything";
    case HoldError::UnknownField:
      return "one of the fields is none that may be held; milepost privacy hold fields lists them";
    case HoldError::NoOwner:
      return "somebody has to answer for it, by name";
    case HoldError::NoReason:
      return "it needs a reason: the person has a right to know it";
    case HoldError::NoJurisdiction:
      return "it needs the country whose law it rests on, as two letters";
    case HoldError::NoEnd:
      return "it needs an end date that is still to come: there is no hold without one";
    case HoldError::TooLong:
      return "it may last ten years at most: who needs it longer looks at it again before";
    case HoldError::NobodyThere:
      return "there is no such shipment, person or account";
    case HoldError::NothingToHold:
      return "none of these fields has a value there";
    case HoldError::FromMailbox:
      return "what came from a linked mailbox serves its owner alone and is held for nobody";
  }
  return "";
}

const std::vector<std::string>& holdable_fields() {
  static const std::vector<std::string> made = [] {
    std::vector<std::string> all;
    for (const auto& table : kept_tables()) {
      // The registers' own are no source of further copies.
      if (retention_of(table.columns.front().entry->retention)->held) continue;
      if (table.reach == Reach::None || table.reach == Reach::Person) continue;
      for (const auto& column : table.columns) {
        if (column.entry->form == "clear" &&
            std::ranges::find(column.entry->purposes, "Claims") != column.entry->purposes.end())
          all.push_back(table.name + "." + column.entry->name.column);
      }
      for (const auto& field : personal::kFields) {
        if (field.in.starts_with(table.name + ".") &&
            field.purposes.contains(personal::Purpose::Claims))
          all.push_back(fmt::format("{}.{}", table.name, field.name));
      }
    }
    std::ranges::sort(all);
    return all;
  }();
  return made;
}

base::Result<Hold, HoldError> Holds::place(store::Tx& tx, const HoldRequest& request,
                                           personal::Actor by) {
  const auto now = clock_.now();
  if (const auto fault = fault_in(request, now)) return base::Failure{*fault};
  Person person;
  if (request.about == HoldAbout::Person)
    person = find_person(tx, vault_, request.address, request.account_id);
  if (request.about == HoldAbout::Shipment)
    person = of_shipment(tx, {request.account_id, request.shipment});
  if (request.about != HoldAbout::Account && person.held.empty())
    return base::Failure{HoldError::NobodyThere};

  std::vector<std::pair<std::string, personal::Label>> found;
  ClaimsAccess access(ledger_, by, request.account_id, "rights.hold.place");
  const auto take = [&](const KeptRow& row) {
    auto text = values_of(row, request.fields);
    if (text.empty()) return;
    personal::Label label;
    for (const auto& opened : row.opened) label = join(label, opened.label);
    found.emplace_back(std::move(text), label);
  };
  try {
    if (request.about == HoldAbout::Account)
      each_account_row(tx, vault_, access, request.account_id, take);
    for (const auto& held : person.held) each_kept_row(tx, vault_, access, held, take);
  } catch (const personal::LabelRefusal&) {
    return base::Failure{HoldError::FromMailbox};
  }
  access.record(tx);
  if (found.empty()) return base::Failure{HoldError::NothingToHold};

  Hold hold;
  hold.account_id = request.account_id;
  hold.id = base::Id::make(now);
  hold.about = request.about;
  hold.ground = request.ground;
  hold.fields = request.fields;
  hold.jurisdiction = request.jurisdiction;
  hold.rows = static_cast<std::int64_t>(found.size());
  hold.address_hash = hash_of(tx, request, person);
  hold.subject = vault_.new_subject_now(request.account_id);
  hold.created_at = now;
  hold.ends_at = request.ends_at;
  hold.owner = HoldOwner(request.owner, personal::Label());
  hold.reason = HoldReason(request.reason, personal::Label());

  personal::Envelope envelope;
  envelope.put(hold.owner);
  envelope.put(hold.reason);
  const auto sealed =
      vault_.seal({kHolds, hold.account_id, hold.id.bytes()}, hold.subject, envelope);
  const auto hash = hold.address_hash.empty() ? store::Param(store::NullOf::Bytes)
                                              : store::Param(store::Blob{hold.address_hash});
  const auto fields = join_words(hold.fields);
  tx.execute(
      "INSERT INTO legal_holds (account_id, id, about, ground, fields, jurisdiction, held_rows, "
      "address_hash, subject, sealed, created_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
      "$9, $10, $11, $12)",
      hold.account_id, store::Blob{hold.id.bytes()}, static_cast<std::int64_t>(hold.about),
      static_cast<std::int64_t>(hold.ground), fields, hold.jurisdiction, hold.rows, hash,
      hold.subject, store::Blob{sealed.value()}, hold.created_at, hold.ends_at);
  for (std::int64_t number = 0; number < hold.rows; ++number) {
    auto& [text, label] = found[static_cast<std::size_t>(number)];
    personal::Envelope values;
    values.put(HeldValues(std::move(text), label));
    const auto bytes =
        vault_.seal({kClaims, hold.account_id, claim_row(hold.id, number)}, hold.subject, values);
    tx.execute(
        "INSERT INTO claims (account_id, hold_id, number, address_hash, subject, sealed) VALUES "
        "($1, $2, $3, $4, $5, $6)",
        hold.account_id, store::Blob{hold.id.bytes()}, number, hash, hold.subject,
        store::Blob{bytes.value()});
  }
  audit_.append(tx,
                {hold.account_id, "hold.placed", hold.subject,
                 fmt::format(R"({{"hold":"{}","ground":"{}","until":"{}","by":{}}})", hold.id.hex(),
                             name(hold.ground), base::to_iso_offset(hold.ends_at), by.id)});
  return hold;
}

std::optional<Hold> Holds::find(store::Tx& tx, const base::Id& id) {
  auto rows = tx.query("SELECT " MILEPOST_HOLD_COLUMNS " FROM legal_holds WHERE id = $1",
                       store::Blob{id.bytes()});
  if (!rows.next()) return std::nullopt;
  auto [hold, sealed] = read_row(rows);
  open_up(vault_, hold, sealed);
  return std::move(hold);
}

std::vector<Hold> Holds::list(store::Tx& tx, Which which) {
  std::vector<std::pair<Hold, std::string>> found;
  auto rows = tx.query(
      which == Which::All ? "SELECT " MILEPOST_HOLD_COLUMNS " FROM legal_holds ORDER BY ends_at, id"
                          : "SELECT " MILEPOST_HOLD_COLUMNS
                            " FROM legal_holds WHERE ended_at IS NULL ORDER BY ends_at, id");
  while (rows.next()) found.push_back(read_row(rows));
  std::vector<Hold> all;
  for (auto& [hold, sealed] : found) {
    open_up(vault_, hold, sealed);
    all.push_back(std::move(hold));
  }
  return all;
}

std::vector<std::string> Holds::open_values(store::Tx& tx, const Hold& hold, ClaimsAccess& access) {
  std::vector<std::pair<std::int64_t, std::string>> found;
  auto rows = tx.query(
      "SELECT number, sealed FROM claims WHERE account_id = $1 AND hold_id = $2 ORDER BY number",
      hold.account_id, store::Blob{hold.id.bytes()});
  while (rows.next()) found.emplace_back(rows.integer(0), std::string(rows.blob(1)));
  std::vector<std::string> all;
  access.about(hold.subject);
  for (const auto& [number, sealed] : found) {
    const auto envelope =
        vault_.unseal({kClaims, hold.account_id, claim_row(hold.id, number)}, hold.subject, sealed);
    if (envelope) all.push_back(open(envelope->take<personal::field::HeldValues>(), access));
  }
  return all;
}

// The key first: after a crash in between, what is left of the rows is noise, and the next sweep
// finds them.
void Holds::end(const Hold& hold, HoldEnd why, personal::Actor by) {
  if (hold.subject != 0) vault_.forget(hold.account_id, std::span(&hold.subject, 1));
  const auto now = clock_.now();
  database_.write_now([&](store::Tx& tx) {
    tx.execute("DELETE FROM claims WHERE account_id = $1 AND hold_id = $2", hold.account_id,
               store::Blob{hold.id.bytes()});
    tx.execute(
        "UPDATE legal_holds SET subject = 0, sealed = NULL, address_hash = NULL, ended_at = $3, "
        "ended_why = $4 WHERE account_id = $1 AND id = $2",
        hold.account_id, store::Blob{hold.id.bytes()}, now, static_cast<std::int64_t>(why));
    audit_.append(tx, {hold.account_id, "hold.ended", 0,
                       fmt::format(R"({{"hold":"{}","why":"{}","by":{}}})", hold.id.hex(),
                                   why == HoldEnd::Date ? "date" : "lifted", by.id)});
    return 0;
  });
  database_.checkpoint();
  base::log(base::Level::Info, "hold.ended",
            {{"hold", hold.id.hex()}, {"why", why == HoldEnd::Date ? "date" : "lifted"}});
}

bool Holds::lift(const base::Id& id, personal::Actor by) {
  const auto hold = database_.read_now([&](store::Tx& tx) { return find(tx, id); });
  if (!hold || !hold->is_live()) return false;
  end(*hold, HoldEnd::Lifted, by);
  return true;
}

std::int64_t Holds::sweep() {
  const auto now = clock_.now();
  const auto due = database_.read_now([&](store::Tx& tx) {
    std::vector<Hold> found;
    auto rows = tx.query("SELECT " MILEPOST_HOLD_COLUMNS
                         " FROM legal_holds WHERE ended_at IS NULL AND ends_at <= $1",
                         now);
    while (rows.next()) found.push_back(read_row(rows).first);
    return found;
  });
  for (const auto& hold : due) end(hold, HoldEnd::Date, {});
  database_.write_now([&](store::Tx& tx) {
    return tx.execute("DELETE FROM legal_holds WHERE ended_at <= $1", now - kBareKept);
  });
  return static_cast<std::int64_t>(due.size());
}

std::vector<Hold> holds_on(store::Tx& tx, const Person& person) {
  std::vector<Hold> all;
  for (const auto& held : person.held) {
    if (held.address_hash.empty()) continue;
    auto rows = tx.query("SELECT " MILEPOST_HOLD_COLUMNS
                         " FROM legal_holds WHERE account_id = $1 AND address_hash = $2 AND "
                         "ended_at IS NULL ORDER BY ends_at, id",
                         held.account_id, store::Blob{held.address_hash});
    while (rows.next()) all.push_back(read_row(rows).first);
  }
  return all;
}

}  // namespace rights
