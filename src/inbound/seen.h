// What was taken before: a document that comes again changes nothing and is answered as taken.
//
// Ingest is idempotent by itself; this spares it the work, and holds also where ingest could not
// know (a shipment that was deleted meanwhile must not come back by a repeated push).
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/task.h"
#include "personal/vault.h"
#include "store/database.h"

namespace inbound {

// Carriers repeat a push for some days at most; a file dropped twice may be older.
inline constexpr std::chrono::days kRemembered{30};

class Seen {
 public:
  using Digest = std::array<std::uint8_t, 32>;

  Seen(store::Database& database, personal::Vault& vault) : database_(database), vault_(vault) {}

  // Keyed, so that a dump of the table tells nobody whether a guessed document was sent.
  Digest digest(std::int64_t account_id, std::string_view connector, std::string_view bytes) const;
  base::Task<bool> knows(std::int64_t account_id, std::string connector, Digest digest) const;
  base::Task<> remember(std::int64_t account_id, std::string connector, Digest digest,
                        base::Instant now);
  // Forgets what is older than kRemembered; gives how many. Blocks: for the sweeper's thread.
  std::int64_t sweep(base::Instant now);

 private:
  store::Database& database_;
  personal::Vault& vault_;
};

}  // namespace inbound
