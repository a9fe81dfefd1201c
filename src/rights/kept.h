// What is kept about people: the dictionary (data/privacy/) as the program has it, joined with how
// each table is reached from a person (data/rights/reach.tsv). Access and erasure walk this and no
// list of their own, so that a new table is part of both or fails the test.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/dictionary.h"

namespace rights {

// How a table's rows lead to a person.
enum class Reach : std::uint8_t {
  Shipment,  // the key column is a shipment's id
  Address,   // the key column is the keyed hash of an address, under the row's account
  Instance,  // the same under the instance's key
  Person,    // the key column is consent's keyed hash of an address (consent/person.h)
  Subject,   // the key column is a key slot of one of the person's shipments
  Account,   // the rows of an account: its holder's, not a recipient's
  None,      // not by a person; the table says why
  Member,    // the key column is the number of a person who signs in (accounts/people.h)
  SignIn,    // the key column is the keyed hash by which accounts finds an address
};

// What an erasure does with a reached row.
enum class AtErasure : std::uint8_t { Delete, Keep };

enum class ColumnType : std::uint8_t { Integer, Real, Text, Bytes };

struct KeptColumn {
  const store::DescribedColumn* entry = nullptr;
  ColumnType type{};
  // Where it came from (data/rights/origins.tsv, GDPR Art. 15(1)(g)): "shop", "carrier", "you",
  // "service". A sealed column's values have labels of their own.
  std::string origin = {};
};

struct KeptTable {
  std::string name;
  Reach reach = Reach::None;
  std::string key;  // the column
  // What row identity its sealed columns are bound to: the column "id" alone as its bytes; several
  // columns "a/b/c" as text, bytes in hexadecimal; "a+b" without anything between, bytes as they
  // are (personal::RowIdentity). "=word": that word itself, where there is one such row an account.
  // "*": each sealed column to its own name, where there is one such row an account.
  // "kind@id": the row is sealed under the name in its column "kind" instead of the table's.
  std::string row;
  AtErasure at_erasure = AtErasure::Delete;
  std::string why;                  // it is kept, or not reached
  std::vector<KeptColumn> columns;  // of them, the personal ones
};

// The dictionary, as it was when the program was built.
const store::Dictionary& dictionary();
const store::RetentionClass* retention_of(std::string_view id);
// Every table of the main database that has a personal column.
const std::vector<KeptTable>& kept_tables();
// As its migration says; nothing for what is no column.
std::optional<ColumnType> column_type(std::string_view table, std::string_view column);
// Where the values of a column came from; empty for what nobody has said.
std::string_view origin_of(std::string_view table, std::string_view column);
// What is wrong with reach.tsv and origins.tsv: a table with a personal column that is reached from
// nobody, or whose values came from nobody; a column that is not there. One sentence each.
std::vector<std::string> kept_faults();

}  // namespace rights
