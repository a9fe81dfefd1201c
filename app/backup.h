// Backups: the store and the key store, each as a sealed file that only the master key opens, and
// the way back.
//
// The two are files of different lives. The store's may be kept until the rows themselves would
// have gone; what was sealed in it and has been erased since is noise in every copy. The key
// store's brings the forgotten back, so it is useful for a few days only: then it is refused here,
// and taken away by the next backup into the same folder. Restoring reads "forgotten"
// (personal/forgotten.h) and forgets again whoever was forgotten after the keys' backup, before
// anything is opened.
#pragma once
#include <string>
#include <vector>

#include "app/config.h"
#include "app/instance.h"
#include "store/dump.h"

namespace app {

// Shorter than the time within which a person who asks is forgotten everywhere.
inline constexpr std::chrono::days kKeysBackupLives{7};
inline constexpr std::chrono::days kLongestKeysBackup{14};
inline constexpr std::chrono::days kStoreBackupLives{180};

// Where the list of the forgotten lies: in the data folder, in neither store.
std::string forgotten_file(const Config& config);

struct BackupFile {
  std::string path;
  store::DumpHead head;
  store::DumpTally tally;
  std::uint64_t bytes = 0;
};

// DIR/milepost-20260102T030405Z.store and .keys, the store first; both are read back and compared
// before this returns. Throws std::runtime_error with a sentence for the operator.
std::vector<BackupFile> make_backup(Instance& instance, const Config& config,
                                    const std::string& folder, std::chrono::days keys_live);
// Reads a file to its end. Throws std::runtime_error when it is not whole.
BackupFile check_backup(const Config& config, const std::string& path);
// Takes away the backups in this folder whose time is over; gives back their paths.
std::vector<std::string> prune_backups(const Config& config, const std::string& folder,
                                       base::Instant now);

struct Restored {
  store::DumpTally store, keys;
  std::int64_t forgotten_again = 0;  // keys
  std::int64_t deleted = 0;          // shipments that were theirs, or whose time is over
};
// Into stores that are empty. `more_forgotten`: further lists than the data folder's own.
Restored restore_backup(const Config& config, const std::string& store_path,
                        const std::string& keys_path,
                        const std::vector<std::string>& more_forgotten);

}  // namespace app
