// The proof that nothing is kept too long (policy clause 46): each day, for each class of retention
// with a limit, the age of the oldest living row. Derived from the dictionary: a table belongs to
// the class of its column created_at (or at, received_at ...).
#pragma once
#include <string>
#include <vector>

#include "rights/kept.h"
#include "store/database.h"

namespace base {
class Metrics;
}

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
// Writes the day's rows (the last of a day counts), and sounds the alarm for each class that is
// kept too long: an error in the log, and in the figures
//
//   milepost_retention_oldest_days{retention=".."}  the age of the oldest living row
//   milepost_retention_most_days{retention=".."}    what was promised
//   milepost_retention_broken                       how many classes are beyond it: alert above 0
//
// Gives back the broken ones. Blocks.
std::vector<RetentionProof> keep_proof(store::Database& database, base::Instant now,
                                       base::Metrics* metrics = nullptr);
// Those that the newest day's rows say are broken: what /readyz tells, without looking again.
std::vector<std::string> broken_promises(store::Tx& tx);
// Removes proofs of more than thirteen months.
std::int64_t sweep_proofs(store::Database& database, base::Instant now);

}  // namespace rights
