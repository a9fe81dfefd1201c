#include "rights/person.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "base/text.h"
#include "consent/person.h"

namespace rights {
namespace {

std::string bytes_of(const std::array<std::uint8_t, 32>& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::vector<std::int64_t> all_accounts(store::Tx& tx) {
  std::vector<std::int64_t> accounts{0};
  auto rows = tx.query("SELECT account_id FROM accounts ORDER BY account_id");
  while (rows.next()) accounts.push_back(rows.integer(0));
  return accounts;
}

void take_shipments(store::Tx& tx, Held& held, std::string_view column) {
  auto rows =
      tx.query(fmt::format("SELECT id, subject, tracking_number, courier_code FROM shipments WHERE "
                           "account_id = $1 AND {} = $2 ORDER BY created_at, id",
                           column),
               held.account_id, store::Blob{held.address_hash});
  while (rows.next()) {
    held.shipments.push_back({base::Id::from_bytes(rows.blob(0)).value_or(base::Id()),
                              rows.integer(1), std::string(rows.text(2)),
                              std::string(rows.text(3))});
  }
}

bool has_other_rows(store::Tx& tx, const Held& held) {
  for (const auto& table : kept_tables()) {
    if (table.reach != Reach::Address && table.reach != Reach::Person &&
        table.reach != Reach::Instance && table.reach != Reach::Member &&
        table.reach != Reach::SignIn)
      continue;
    for (const auto& selection : selections(table, held)) {
      auto rows = tx.query_params(
          fmt::format("SELECT 1 FROM {} WHERE {} LIMIT 1", table.name, selection.where),
          selection.params);
      if (rows.next()) return true;
    }
  }
  return false;
}

bool is_by_shipment(Reach reach) { return reach == Reach::Shipment || reach == Reach::Subject; }

// What the columns "a/b/c" or "a+b" of a row spell (KeptTable::row).
std::string row_identity(const KeptTable& table, const std::vector<KeptRow::Cell>& parts,
                         const KeptRow::Cell& sealed) {
  if (table.row.starts_with('=')) return table.row.substr(1);
  if (table.row == "*") return sealed.column->name.column;
  if (parts.size() == 1 && parts[0].type == ColumnType::Bytes) return parts[0].text;
  const bool is_plain = table.row.find('+') != std::string::npos;
  std::string text;
  for (const auto& part : parts) {
    if (!text.empty() && !is_plain) text += '/';
    text += part.type == ColumnType::Bytes && is_plain ? part.text
            : part.type == ColumnType::Bytes           ? base::to_hex(std::string_view(part.text))
            : part.type == ColumnType::Integer         ? std::to_string(part.integer)
                                                       : part.text;
  }
  return text;
}

// Opens an envelope for the purpose of whoever reads.
using OpenUp =
    std::function<std::vector<personal::Opened>(const personal::Envelope&, personal::SubjectId)>;

template <personal::Purpose P>
OpenUp opener(personal::Access<P>& access) {
  return [&access](const personal::Envelope& envelope, personal::SubjectId subject) {
    access.about(subject);
    return personal::open_all(envelope, access);
  };
}

// What is read of a table: its personal columns, then what its sealed values are bound to.
class Reader {
 public:
  Reader(store::Tx& tx, personal::Vault& vault, OpenUp open_up, const KeptTable& table)
      : tx_(tx), vault_(vault), open_up_(std::move(open_up)), table_(table) {
    columns_ = table.columns;
    const auto& all = dictionary().columns();
    const auto find = [&](std::string_view name) -> const store::DescribedColumn* {
      const auto found = std::ranges::find_if(all, [&](const store::DescribedColumn& c) {
        return c.schema == "main" && c.name.table == table.name && c.name.column == name;
      });
      return found == all.end() ? nullptr : &*found;
    };
    has_subject_ = find("subject") != nullptr;
    const bool is_sealed = std::ranges::any_of(
        columns_, [](const KeptColumn& c) { return c.entry->form == "sealed"; });
    if (!is_sealed || table.row.starts_with('=') || table.row == "*") return;
    std::string_view rest = table.row;
    if (const auto at = rest.find('@'); at != std::string_view::npos) {
      named_by_ = find(rest.substr(0, at));
      rest.remove_prefix(at + 1);
    }
    while (!rest.empty()) {
      const auto end = std::min(rest.find_first_of("/+"), rest.size());
      if (const auto* entry = find(rest.substr(0, end)))
        identity_.push_back({entry, type_of_column(table.name, entry->name.column)});
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  void read(std::int64_t account_id, const Selection& selection,
            const std::function<void(const KeptRow&)>& visit) {
    const auto shipments = by_key(selection);
    auto rows = tx_.query_params(
        fmt::format("SELECT {}{} FROM {} WHERE {}", column_list(),
                    shipments.empty() ? "" : ", " + table_.key, table_.name, selection.where),
        selection.params);
    const int key_at =
        static_cast<int>(columns_.size() + identity_.size()) + (has_subject_ ? 1 : 0);
    std::vector<KeptRow> found;
    while (rows.next()) {
      KeptRow row;
      row.table = &table_;
      row.account_id = account_id;
      if (!shipments.empty()) {
        if (const auto of = shipments.find(key_of(rows, key_at)); of != shipments.end())
          row.shipment = of->second;
      } else if (!selection.shipments.empty()) {
        row.shipment = selection.shipments.front();
      }
      const auto cells = columns_.size();
      for (std::size_t i = 0; i < cells; ++i)
        row.cells.push_back(cell(rows, static_cast<int>(i), columns_[i]));
      std::vector<KeptRow::Cell> identity;
      for (std::size_t i = 0; i < identity_.size(); ++i)
        identity.push_back(cell(rows, static_cast<int>(cells + i), identity_[i]));
      const auto subject = has_subject_ ? rows.integer(static_cast<int>(cells + identity_.size()))
                           : row.shipment != nullptr ? row.shipment->subject
                                                     : selection.subject;
      unseal(row, account_id, identity, subject);
      found.push_back(std::move(row));
    }
    for (const auto& row : found) visit(row);
  }

 private:
  static ColumnType type_of_column(std::string_view table, std::string_view column);

  // The shipments of a selection by what their rows' key says.
  std::unordered_map<std::string, const HeldShipment*> by_key(const Selection& selection) const {
    std::unordered_map<std::string, const HeldShipment*> found;
    if (selection.shipments.size() < 2) return found;
    for (const auto* one : selection.shipments)
      found.emplace(table_.reach == Reach::Subject ? std::to_string(one->subject)
                                                   : std::string(one->id.bytes()),
                    one);
    return found;
  }
  std::string key_of(const store::Rows& rows, int at) const {
    return table_.reach == Reach::Subject ? std::to_string(rows.integer(at))
                                          : std::string(rows.blob(at));
  }

  std::string column_list() const {
    std::string list;
    const auto add = [&](std::string_view name) {
      if (!list.empty()) list += ", ";
      list += name;
    };
    for (const auto& column : columns_) add(column.entry->name.column);
    for (const auto& column : identity_) add(column.entry->name.column);
    if (has_subject_) add("subject");
    return list;
  }

  static KeptRow::Cell cell(const store::Rows& rows, int at, const KeptColumn& column) {
    KeptRow::Cell cell;
    cell.column = column.entry;
    cell.type = column.type;
    cell.is_null = rows.is_null(at);
    switch (column.type) {
      case ColumnType::Integer:
        cell.integer = rows.integer(at);
        break;
      case ColumnType::Real:
        cell.real = rows.real(at);
        break;
      case ColumnType::Text:
        cell.text = rows.text(at);
        break;
      case ColumnType::Bytes:
        cell.text = rows.blob(at);
        break;
    }
    return cell;
  }

  // Under which name the row is sealed: nearly always the table's.
  std::string name_of(const KeptRow& row) const {
    for (const auto& cell : row.cells)
      if (named_by_ != nullptr && cell.column == named_by_) return cell.text;
    return table_.name;
  }

  void unseal(KeptRow& row, std::int64_t account_id, const std::vector<KeptRow::Cell>& identity,
              personal::SubjectId subject) {
    for (const auto& cell : row.cells) {
      if (cell.column->form != "sealed" || cell.is_null) continue;
      const auto sealed_as = name_of(row);
      const auto envelope = vault_.unseal(
          {sealed_as, account_id, row_identity(table_, identity, cell)}, subject, cell.text);
      if (!envelope) {
        ++row.unreadable;
        continue;
      }
      auto opened = open_up_(*envelope, subject);
      row.opened.insert(row.opened.end(), std::make_move_iterator(opened.begin()),
                        std::make_move_iterator(opened.end()));
    }
  }

  store::Tx& tx_;
  personal::Vault& vault_;
  OpenUp open_up_;
  const KeptTable& table_;
  std::vector<KeptColumn> columns_, identity_;
  const store::DescribedColumn* named_by_ = nullptr;
  bool has_subject_ = false;
};

ColumnType Reader::type_of_column(std::string_view table, std::string_view column) {
  return column_type(table, column).value_or(ColumnType::Text);
}

void walk_person(store::Tx& tx, personal::Vault& vault, const OpenUp& open_up, const Held& held,
                 const std::function<void(const KeptRow&)>& visit) {
  std::vector<personal::SubjectId> subjects;
  for (const auto& shipment : held.shipments) subjects.push_back(shipment.subject);
  if (subjects.size() > 1) vault.prefetch(held.account_id, subjects);
  for (const auto& table : kept_tables()) {
    if (held.shipments.empty() && held.person_id == 0 && is_by_shipment(table.reach)) continue;
    Reader reader(tx, vault, open_up, table);
    for (const auto& selection : selections(table, held))
      reader.read(held.account_id, selection, visit);
  }
}

void walk_account(store::Tx& tx, personal::Vault& vault, const OpenUp& open_up,
                  std::int64_t account_id, const std::function<void(const KeptRow&)>& visit) {
  for (const auto& table : kept_tables()) {
    // Members' rows are of the account they are in; those of the instance are the members' own.
    const bool is_members =
        account_id != 0 && (table.reach == Reach::Member || table.reach == Reach::SignIn);
    if (table.reach != Reach::Account && !is_members) continue;
    Reader reader(tx, vault, open_up, table);
    Selection all;
    all.where = "account_id = $1";
    all.params = {account_id};
    reader.read(account_id, all, visit);
  }
}

}  // namespace

std::size_t Person::shipments() const {
  return std::accumulate(held.begin(), held.end(), std::size_t{0},
                         [](std::size_t n, const Held& h) { return n + h.shipments.size(); });
}

namespace {

// The name under which accounts hashes the addresses of people who sign in
// (accounts/person_rows.h).
constexpr std::string_view kSignInScope = "person-email";

struct SignsIn {
  std::string hash;
  std::int64_t person_id = 0;
  personal::SubjectId subject = 0;
};
SignsIn sign_in_of(store::Tx& tx, personal::Vault& vault, std::string_view address) {
  SignsIn one{bytes_of(vault.keyed_hash(0, kSignInScope, address)), 0, 0};
  auto rows =
      tx.query("SELECT person_id, subject FROM people WHERE account_id = 0 AND email_hash = $1",
               store::Blob{one.hash});
  if (rows.next()) {
    one.person_id = rows.integer(0);
    one.subject = rows.integer(1);
  }
  return one;
}

}  // namespace

Person find_person(store::Tx& tx, personal::Vault& vault, std::string_view address,
                   std::optional<std::int64_t> only) {
  Person person;
  person.address = personal::folded_address(address);
  const bool is_email = person.address.find('@') != std::string::npos;
  const consent::People people(vault);
  // Whether a shop's customer signs in here is none of the shop's business.
  const auto signs_in = is_email && !only ? sign_in_of(tx, vault, person.address) : SignsIn{};
  for (const auto account_id : only ? std::vector{*only} : all_accounts(tx)) {
    Held held;
    held.account_id = account_id;
    held.address_hash = bytes_of(vault.address_hash(account_id, person.address));
    const auto known = is_email ? people.by_email(account_id, person.address)
                                : people.by_phone(account_id, person.address);
    if (known) held.consent_person = known->bytes();
    held.person_id = signs_in.person_id;
    held.person_subject = signs_in.subject;
    held.sign_in_hash = signs_in.hash;
    if (account_id != 0) take_shipments(tx, held, is_email ? "email_hash" : "sms_hash");
    if (!held.shipments.empty() || has_other_rows(tx, held)) person.held.push_back(std::move(held));
  }
  return person;
}

Person of_shipment(store::Tx& tx, const ShipmentPlace& place) {
  Person person;
  auto rows = tx.query(
      "SELECT subject, tracking_number, courier_code FROM shipments WHERE account_id = $1 AND id = "
      "$2",
      place.account_id, store::Blob{place.id.bytes()});
  if (!rows.next()) return person;
  Held held;
  held.account_id = place.account_id;
  held.shipments.push_back(
      {place.id, rows.integer(0), std::string(rows.text(1)), std::string(rows.text(2))});
  person.held.push_back(std::move(held));
  return person;
}

namespace {

// In a few sizes only, since each is a statement to prepare: what is left over is filled up with
// its last one again.
constexpr std::size_t kSizes[] = {1, 10, 100, 900};  // the store takes 999 parameters

template <class ToParam>
void select_by_shipment(std::vector<Selection>& all, const KeptTable& table, const Held& held,
                        std::vector<const HeldShipment*> shipments, ToParam to_param) {
  for (std::size_t begin = 0; begin < shipments.size();) {
    const auto count = std::min(shipments.size() - begin, std::end(kSizes)[-1]);
    const auto size = *std::ranges::find_if(kSizes, [&](std::size_t n) { return n >= count; });
    Selection one;
    one.params = {held.account_id};
    std::string places;
    for (std::size_t i = 0; i < size; ++i) {
      one.params.push_back(to_param(*shipments[begin + std::min(i, count - 1)]));
      places += fmt::format("{}${}", places.empty() ? "" : ", ", one.params.size());
    }
    one.where = fmt::format("account_id = $1 AND {} {}", table.key,
                            size == 1 ? "= " + places : "IN (" + places + ")");
    const auto from = shipments.begin() + static_cast<std::ptrdiff_t>(begin);
    one.shipments.assign(from, from + static_cast<std::ptrdiff_t>(count));
    all.push_back(std::move(one));
    begin += count;
  }
}

}  // namespace

std::vector<Selection> selections(const KeptTable& table, const Held& held) {
  std::vector<Selection> all;
  const auto by = [&](std::string_view key, store::Param value) {
    Selection one;
    one.where = fmt::format("account_id = $1 AND {} = $2", key);
    one.params = {held.account_id, value};
    all.push_back(std::move(one));
  };
  switch (table.reach) {
    case Reach::Address:
      if (!held.address_hash.empty()) by(table.key, store::Blob{held.address_hash});
      break;
    case Reach::Instance:
      if (held.account_id == 0 && !held.address_hash.empty())
        by(table.key, store::Blob{held.address_hash});
      break;
    case Reach::Person:
      if (!held.consent_person.empty()) by(table.key, store::Blob{held.consent_person});
      break;
    case Reach::Shipment: {
      std::vector<const HeldShipment*> shipments;
      for (const auto& shipment : held.shipments) shipments.push_back(&shipment);
      select_by_shipment(all, table, held, shipments, [](const HeldShipment& one) {
        return store::to_param(store::Blob{one.id.bytes()});
      });
      break;
    }
    case Reach::Subject: {
      std::vector<const HeldShipment*> shipments;
      for (const auto& shipment : held.shipments) {
        if (shipment.subject != 0) shipments.push_back(&shipment);
      }
      select_by_shipment(all, table, held, shipments,
                         [](const HeldShipment& one) { return store::to_param(one.subject); });
      if (held.account_id == 0 && held.person_subject != 0) by(table.key, held.person_subject);
      break;
    }
    case Reach::Member:
      if (held.person_id == 0) break;
      by(table.key, held.person_id);
      all.back().subject = held.person_subject;
      break;
    case Reach::SignIn:
      if (!held.sign_in_hash.empty()) by(table.key, store::Blob{held.sign_in_hash});
      break;
    case Reach::Account:
    case Reach::None:
      break;
  }
  return all;
}

void each_kept_row(store::Tx& tx, personal::Vault& vault, RightsAccess& access, const Held& held,
                   const std::function<void(const KeptRow&)>& visit) {
  walk_person(tx, vault, opener(access), held, visit);
}

void each_kept_row(store::Tx& tx, personal::Vault& vault, ClaimsAccess& access, const Held& held,
                   const std::function<void(const KeptRow&)>& visit) {
  walk_person(tx, vault, opener(access), held, visit);
}

void each_clear_row(store::Tx& tx, personal::Vault& vault, const Held& held,
                    std::span<const std::string_view> tables,
                    const std::function<void(const KeptRow&)>& visit) {
  const OpenUp nothing = [](const personal::Envelope&, personal::SubjectId) {
    return std::vector<personal::Opened>();
  };
  for (const auto& table : kept_tables()) {
    if (std::ranges::find(tables, table.name) == tables.end()) continue;
    Reader reader(tx, vault, nothing, table);
    for (const auto& selection : selections(table, held))
      reader.read(held.account_id, selection, visit);
  }
}

void each_account_row(store::Tx& tx, personal::Vault& vault, RightsAccess& access,
                      std::int64_t account_id, const std::function<void(const KeptRow&)>& visit) {
  walk_account(tx, vault, opener(access), account_id, visit);
}

void each_account_row(store::Tx& tx, personal::Vault& vault, ClaimsAccess& access,
                      std::int64_t account_id, const std::function<void(const KeptRow&)>& visit) {
  walk_account(tx, vault, opener(access), account_id, visit);
}

}  // namespace rights
