// The proof that nothing is kept too long (policy clause 46): each day, for each class of retention
// with a limit, the age of the oldest living row. Derived from the dictionary: a table belongs to
// the class of its column created_at (or at, received_at ...).
#pragma once
#include <string>
#include <vector>

#include "rights/kept.h"
#include "store/database.h"

namespace rights {

struct RetentionProof {
  std::string retention, table;  // of the oldest row
  std::optional<base::Instant> oldest_at;
  int most_days = 0;
  bool is_kept(base::Instant now) const {
    // A sweep runs once an hour; a day is what it may be late before it is a breach.
    return !oldest_at || now - *oldest_at <= std::chrono::days(most_days + 1);
  }
};

// One for each class with a limit that some table's birth column has.
std::vector<RetentionProof> prove_retention(store::Tx& tx);
// Writes the day's rows (the last of a day counts), and logs an error for each class that is kept
// too long. Gives back those. Blocks.
std::vector<RetentionProof> keep_proof(store::Database& database, base::Instant now);
// Removes proofs of more than thirteen months.
std::int64_t sweep_proofs(store::Database& database, base::Instant now);

}  // namespace rights
