// A person in the data: an address, and everything that is kept under it in every account.
//
// Accounts cannot recognise each other's people (their hashes differ), so each is asked; the
// look-up is one indexed read an account.
#pragma once
#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "personal/access.h"
#include "personal/vault.h"
#include "rights/kept.h"
#include "rights/visits.h"
#include "store/database.h"

namespace rights {

using RightsAccess = personal::Access<personal::Purpose::Rights>;
using ClaimsAccess = personal::Access<personal::Purpose::Claims>;

struct HeldShipment {
  base::Id id;
  personal::SubjectId subject = 0;
  std::string tracking_number, courier_code;
};

// What one account holds about the person.
struct Held {
  std::int64_t account_id = 0;  // 0: the instance itself
  std::string address_hash;     // 32 bytes
  std::string consent_person;   // 16 bytes; empty when the address cannot be a person there
  std::vector<HeldShipment> shipments;
  // When they sign in here themselves: who they are to the accounts. Never told to a shop.
  std::int64_t person_id = 0;
  personal::SubjectId person_subject = 0;  // key slot, of the instance
  std::string sign_in_hash;                // 32 bytes
};

struct Person {
  std::string address;  // folded
  std::vector<Held> held;

  std::size_t shipments() const;
};

// `only`: one account's, when its own member asks for the person.
Person find_person(store::Tx& tx, personal::Vault& vault, std::string_view address,
                   std::optional<std::int64_t> only = std::nullopt);
// One shipment, without an address: whoever has shown that it is theirs.
Person of_shipment(store::Tx& tx, const ShipmentPlace& place);

// One row that is kept about somebody.
struct KeptRow {
  const KeptTable* table = nullptr;
  std::int64_t account_id = 0;
  const HeldShipment* shipment = nullptr;  // when it belongs to one
  struct Cell {
    const store::DescribedColumn* column = nullptr;
    ColumnType type{};
    bool is_null = true;
    std::int64_t integer = 0;
    double real = 0;
    std::string text;  // of bytes: as they are
  };
  std::vector<Cell> cells;
  std::vector<personal::Opened> opened;  // what is sealed in it, as far as it lists Rights
  int unreadable = 0;                    // sealed columns whose key is gone, or that do not fit
};

// Every row of every table of the dictionary that leads to the person.
void each_kept_row(store::Tx& tx, personal::Vault& vault, RightsAccess& access, const Held& held,
                   const std::function<void(const KeptRow&)>& visit);
// The same of these tables only, and nothing that is sealed is opened.
void each_clear_row(store::Tx& tx, personal::Vault& vault, const Held& held,
                    std::span<const std::string_view> tables,
                    const std::function<void(const KeptRow&)>& visit);
// The same for the holder of an account: what is kept about the account itself.
void each_account_row(store::Tx& tx, personal::Vault& vault, RightsAccess& access,
                      std::int64_t account_id, const std::function<void(const KeptRow&)>& visit);

// The same rows for legal claims: of what is sealed, only the fields that list Claims are opened.
void each_kept_row(store::Tx& tx, personal::Vault& vault, ClaimsAccess& access, const Held& held,
                   const std::function<void(const KeptRow&)>& visit);
void each_account_row(store::Tx& tx, personal::Vault& vault, ClaimsAccess& access,
                      std::int64_t account_id, const std::function<void(const KeptRow&)>& visit);

// The conditions that lead from a person to a table's rows: for counting and for deleting what
// each_kept_row reads. Of somebody with thousands of parcels they name hundreds at once, so that
// a table without an index on the parcel (the access ledger) is read a few times and not thousands.
struct Selection {
  std::string where;  // "account_id = $1 AND shipment_id = $2", "... AND shipment_id IN ($2, $3)"
  std::vector<store::Param> params;            // views into `held` and the table
  std::vector<const HeldShipment*> shipments;  // whose rows these are; none: the person's own
  personal::SubjectId subject = 0;             // of rows that name none
};
std::vector<Selection> selections(const KeptTable& table, const Held& held);

}  // namespace rights
