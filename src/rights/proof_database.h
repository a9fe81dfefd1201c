// The search for what must not be there (proof.h) inside a PostgreSQL server, whose files are
// mostly not ours to read: every row of every table as text, and, where its data folder lies on
// this machine and can be read, every byte of tables, indexes and write-ahead log. Dead rows lie in
// those files until the server has cleaned up (VACUUM, CHECKPOINT, segments used again): until
// then the search finds them, and says so. It also says what it could not see.
#pragma once
#include <string>
#include <vector>

#include "rights/proof.h"
#include "store/database.h"

namespace rights {

// How often any of the values, disguised or not, stands in a text (proof.cpp).
std::int64_t count_in_text(std::string_view text, const std::vector<std::string>& values);

// `name`: "database", "key store". Blocks, and takes as long as the database is large.
std::vector<Certificate::Surface> search_postgres(store::Database& database, std::string_view name,
                                                  const std::vector<std::string>& values);

}  // namespace rights
