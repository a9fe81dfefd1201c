// For tests: a row in every table that leads to a person, with a value of its own in every personal
// column and every sealed field. Made from the dictionary alone, so that a new table is seeded
// without a word here.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "consent/person.h"
#include "personal/fields.gen.h"
#include "rights/person.h"
#include "rights/testing.h"

namespace rights::testing {

struct Canary {
  std::string table, column;  // or the sealed field's name
  std::string shown;          // as an answer must show it
  std::string bytes;          // as it would lie on a disk; empty: too short to be searched for
};

class Seeder {
 public:
  Seeder(World& world, std::string address) : world_(world) {
    held_.account_id = kShop;
    held_.address_hash = text_of(world.vault->address_hash(kShop, address));
    instance_hash_ = text_of(world.vault->address_hash(0, address));
    if (const auto person = consent::People(*world.vault).by_email(kShop, address))
      held_.consent_person = person->bytes();
    shipment_ = base::Id::make(world.clock.now());
    subject_ = world.vault->new_subject_now(kShop);
    instance_subject_ = world.vault->new_subject_now(0);
    sign_in_hash_ = text_of(world.vault->keyed_hash(0, "person-email", address));
  }

  // With the rows of their own sign-in, as if they were a member of the shop, too: an erasure at
  // the desk leaves those, which go when the sign-in is deleted.
  std::vector<Canary> seed_all() {
    is_member_ = true;
    return seed();
  }
  std::vector<Canary> seed() {
    seed_table("shipments");
    for (const auto& table : kept_tables()) {
      if (is_sign_in(table) && !is_member_) continue;
      if (table.name != "shipments" && table.reach != Reach::Account && table.reach != Reach::None)
        seed_table(table.name);
    }
    return canaries_;
  }
  const base::Id& shipment() const { return shipment_; }

 private:
  struct Value {
    ColumnType type{};
    std::int64_t integer = 0;
    std::string text;
    bool is_null = false;
  };

  static std::string text_of(const std::array<std::uint8_t, 32>& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
  }
  const KeptTable& table_named(std::string_view name) const {
    for (const auto& table : kept_tables()) {
      if (table.name == name) return table;
    }
    throw std::runtime_error("no such table");
  }

  static bool is_sign_in(const KeptTable& table) {
    return table.reach == Reach::Member || table.reach == Reach::SignIn;
  }
  // People are of the instance; what they are and do in a team is the account's.
  static bool is_of_instance(const KeptTable& table) {
    constexpr std::string_view kOfAccounts[] = {"members", "invitations", "member_events",
                                                "api_keys", "mailbox_links"};
    return table.reach == Reach::Instance ||
           (is_sign_in(table) &&
            std::ranges::find(kOfAccounts, table.name) == std::end(kOfAccounts));
  }

  // What leads to the person, where the column must be just that.
  std::optional<Value> fixed(const KeptTable& table, const std::string& column) const {
    const auto bytes = [](std::string_view b) {
      return Value{ColumnType::Bytes, 0, std::string(b), false};
    };
    const bool is_instance = is_of_instance(table);
    if (column == "account_id")
      return Value{ColumnType::Integer, is_instance ? 0 : kShop, {}, false};
    if (table.name == "shipments" && column == "id") return bytes(shipment_.bytes());
    if (table.name == "shipments" && column == "email_hash") return bytes(held_.address_hash);
    if (column == "subject")
      return Value{ColumnType::Integer, is_instance ? instance_subject_ : subject_, {}, false};
    if (table.name == "people" && column == "email_hash") return bytes(sign_in_hash_);
    if (column == table.key) {
      switch (table.reach) {
        case Reach::Shipment:
          return bytes(shipment_.bytes());
        case Reach::Address:
          return bytes(held_.address_hash);
        case Reach::Instance:
          return bytes(instance_hash_);
        case Reach::Person:
          return bytes(held_.consent_person);
        case Reach::Member:
          return Value{ColumnType::Integer, kPerson, {}, false};
        case Reach::SignIn:
          return bytes(sign_in_hash_);
        default:
          break;
      }
    }
    return std::nullopt;
  }

  Value made(ColumnType type, const store::DescribedColumn& entry) {
    ++count_;
    Value value;
    value.type = type;
    switch (type) {
      case ColumnType::Integer:
      case ColumnType::Real:
        // An instant of its own, or a number of its own.
        value.integer = entry.category == "time" ? base::to_micros(world_.clock.now()) + count_ * 7
                                                 : 700'000 + count_;
        break;
      case ColumnType::Text:
        value.text = fmt::format("canary-{}-{}-{}", entry.name.table, entry.name.column, count_);
        break;
      case ColumnType::Bytes:
        value.text = fmt::format("bytes-{:010}", count_);
        break;
    }
    return value;
  }

  static std::string shown(const Value& value, const store::DescribedColumn& entry) {
    switch (value.type) {
      case ColumnType::Integer:
        if (entry.category == "time" && value.integer > 1'000'000'000'000)
          return base::to_iso_micros(base::from_micros(value.integer));
        return std::to_string(value.integer);
      case ColumnType::Real:
        return fmt::format("{}", static_cast<double>(value.integer));
      case ColumnType::Text:
        return value.text;
      case ColumnType::Bytes:
        return base::to_hex(std::string_view(value.text));
    }
    return {};
  }

  std::string identity(const KeptTable& table, const std::map<std::string, Value>& values) const {
    std::string text;
    std::string_view rest = table.row;
    if (const auto at = rest.find('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
    const bool is_plain = rest.find('+') != std::string_view::npos;
    if (rest.find_first_of("/+") == std::string_view::npos &&
        values.at(std::string(rest)).type == ColumnType::Bytes)
      return values.at(std::string(rest)).text;
    while (!rest.empty()) {
      const auto end = std::min(rest.find_first_of("/+"), rest.size());
      const auto& value = values.at(std::string(rest.substr(0, end)));
      if (!text.empty() && !is_plain) text += '/';
      text += value.type == ColumnType::Bytes && is_plain ? value.text
              : value.type == ColumnType::Bytes   ? base::to_hex(std::string_view(value.text))
              : value.type == ColumnType::Integer ? std::to_string(value.integer)
                                                  : value.text;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return text;
  }

  Value sealed(const KeptTable& table, const std::string& column,
               const std::map<std::string, Value>& values) {
    personal::Envelope envelope;
    personal::each_field([&](auto field) {
      using F = decltype(field);
      const auto entry = std::ranges::find(personal::kFields, F::kId, &personal::FieldEntry::id);
      if (entry->in != table.name + "." + column) return;
      if (!entry->purposes.contains(personal::Purpose::Rights)) return;  // a secret that proves
      ++count_;
      const auto text = fmt::format("sealed-canary-{}-{}", F::kName, count_);
      envelope.put(personal::Personal<std::string, F>(text, personal::Label()));
      canaries_.push_back({table.name, std::string(F::kName), text, text});
    });
    const bool is_instance = is_of_instance(table);
    const auto named_by = table.row.find('@');
    const auto sealed_as =
        named_by == std::string::npos ? table.name : values.at(table.row.substr(0, named_by)).text;
    const auto sealed =
        world_.vault->seal({sealed_as, is_instance ? 0 : kShop, identity(table, values)},
                           is_instance ? instance_subject_ : subject_, envelope);
    return {ColumnType::Bytes, 0, sealed.value(), false};
  }

  void seed_table(std::string_view name) {
    const auto& table = table_named(name);
    std::map<std::string, Value> values;
    std::vector<std::string> sealed_columns;
    for (const auto& entry : dictionary().columns()) {
      if (entry.schema != "main" || entry.name.table != name) continue;
      const auto& column = entry.name.column;
      const auto type = column_type(table.name, column).value();
      if (entry.form == "sealed") {
        sealed_columns.push_back(column);
        continue;
      }
      const auto given = fixed(table, column);
      const auto value = given ? *given : made(type, entry);
      values[column] = value;
      if (!entry.personal) continue;
      const bool is_proof = is_sign_in(table) && entry.form == "hashed";
      canaries_.push_back({table.name, column,
                           is_proof ? "(kept as a hash only)" : shown(value, entry),
                           value.type == ColumnType::Text ? value.text : std::string()});
    }
    for (const auto& column : sealed_columns) values[column] = sealed(table, column, values);
    insert(table.name, values);
  }

  void insert(const std::string& table, const std::map<std::string, Value>& values) {
    std::string columns, places;
    std::vector<store::Param> params;
    for (const auto& [column, value] : values) {
      switch (value.type) {
        case ColumnType::Integer:
          params.push_back(value.integer);
          break;
        case ColumnType::Real:
          params.push_back(static_cast<double>(value.integer));
          break;
        case ColumnType::Text:
          params.push_back(std::string_view(value.text));
          break;
        case ColumnType::Bytes:
          params.push_back(store::Blob{value.text});
          break;
      }
      columns += (columns.empty() ? "" : ", ") + column;
      places += fmt::format("{}${}", places.empty() ? "" : ", ", params.size());
    }
    const auto sql = fmt::format("INSERT INTO {} ({}) VALUES ({})", table, columns, places);
    world_.main->write_now([&](store::Tx& tx) { return tx.execute_params(sql, params); });
  }

  static constexpr std::int64_t kPerson = 4711;
  World& world_;
  bool is_member_ = false;
  std::string sign_in_hash_;
  Held held_;
  std::string instance_hash_;
  base::Id shipment_;
  personal::SubjectId subject_ = 0, instance_subject_ = 0;
  std::int64_t count_ = 0;
  std::vector<Canary> canaries_;
};

}  // namespace rights::testing
