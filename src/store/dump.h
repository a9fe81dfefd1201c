// A whole database as one stream of bytes, the same for both engines: what a backup is made of, and
// how one moves from SQLite to PostgreSQL or back.
//
// It is written from one snapshot beside whoever writes to the database meanwhile. Loading brings
// an empty database to the schema the dump was made with, fills it, and migrates it to the present.
// The bytes are not encrypted here (personal/sealed_file.h).
//
// Layout: a head of lines that ends with an empty one; then T (a table's name, columns and their
// types), R (a row of the table named last) and in the end E (how many rows there were). Lengths
// are varints. Format 1.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "store/database.h"
#include "store/migrations.h"

namespace store {

// The bytes are no dump, end too early, or are of a newer program: what() is for the operator.
class DumpFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct DumpHead {
  Schema schema = Schema::Main;
  int migration = 0;  // the newest the database had; filled in by write_dump
  base::Instant made_at{};
  // Afterwards nobody may load it: what it holds should have been forgotten by then.
  base::Instant useful_until{};
};
struct DumpTally {
  std::uint64_t tables = 0, rows = 0;
};

using ByteSink = std::function<void(std::string_view)>;
using ByteSource = std::function<std::string(std::size_t most)>;  // empty at the end

// All of these block.
DumpTally write_dump(Database& database, DumpHead head, const ByteSink& sink);
// Reads it to its end. Throws DumpFault.
DumpTally check_dump(const ByteSource& source, DumpHead& head);
// `database` must be empty: no migration has run. Throws DumpFault when it is not, when the dump is
// of another schema, or its time is over.
DumpTally load_dump(Database& database, Schema schema, const ByteSource& source, base::Instant now);

}  // namespace store
