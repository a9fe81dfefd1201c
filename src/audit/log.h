// The audit log over the store.
//
// An entry is written in the transaction of the act it tells of, so that there is no act without
// its entry and no entry without its act. Soon after, integrate() takes what waits into the Merkle
// tree and signs the new head (a checkpoint). What the tree holds of an entry is its id, time and
// kind, and a salted commitment to the rest; the rest and the salt stand beside it and go when
// their time is over or a person is forgotten, and no hash changes by that.
//
// Tiles and checkpoints are laid out as c2sp.org/tlog-tiles says, so that tools of others read what
// write_files() writes.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "audit/note.h"
#include "audit/verify.h"
#include "base/clock.h"
#include "base/id.h"
#include "store/database.h"

namespace audit {

struct Entry {
  std::int64_t account_id = 0;  // 0: the instance
  std::string_view kind;        // a constant: "case.closed"
  std::int64_t subject = 0;     // key slot of the person it is about, when it is one
  // What exactly, by ids: JSON without anything personal in the clear.
  std::string payload;
};

// What the tree holds: one line of JSON, {"id","at","kind","commitment"}.
std::string leaf_of(const base::Id& id, base::Instant at, std::string_view kind,
                    std::string_view commitment);
// HMAC-SHA256 under the salt, over account, subject and payload.
std::string commitment_of(std::string_view salt, std::int64_t account_id, std::int64_t subject,
                          std::string_view payload);

// Safe from any thread.
class Log {
 public:
  Log(store::Database& database, const Signer& signer, const base::Clock& clock)
      : database_(database), signer_(signer), clock_(clock) {}

  // In the caller's transaction.
  base::Id append(store::Tx& tx, const Entry& entry);

  // Takes up to `most` waiting entries into the tree and signs the new head; gives back how many.
  // When another process does the same at this moment, one of them takes nothing. Blocks.
  std::int64_t integrate(int most = 4096);

  // Destroys what the entries about this subject were made of. In the caller's transaction.
  static void forget(store::Tx& tx, std::int64_t account_id, std::int64_t subject);
  // The same for all entries older than 180 days, and thins out checkpoints older than a day to one
  // an hour. Blocks.
  void sweep();

  // Tiles, checkpoints and signatures, and that every entry that is still told beside the tree is
  // the one that was committed to. Blocks, and reads the whole log.
  Verdict verify_all();

  // The newest signed head; empty while there is none.
  std::string checkpoint();
  // The log as files: DIR/checkpoint, DIR/checkpoints, DIR/tile/.., DIR/key. Throws
  // std::filesystem::filesystem_error.
  void write_files(const std::string& folder);

 private:
  ReadTile reader(store::Tx& tx) const;

  store::Database& database_;
  const Signer& signer_;
  const base::Clock& clock_;
};

// Reads what write_files() wrote, or another log of the same layout.
ReadTile files_reader(const std::string& folder);
// All checkpoints found there, the oldest first.
std::vector<std::string> checkpoints_in(const std::string& folder);

}  // namespace audit
