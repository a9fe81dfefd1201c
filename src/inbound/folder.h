// The mouth over a watched folder, for carriers that drop files (SFTP):
//
//   FOLDER/<account>/<connector>/incoming/   what is dropped
//                                done/       what was taken; a 997 or CONTRL beside it
//                                rejected/   what was not, with NAME.reason.json beside it
//
// Looked at in intervals, because a mounted folder tells nobody of changes. A file is taken when
// its size and time of change were the same for `settle`, so that a drop that is still being
// written is left alone; names that senders use meanwhile (.name, name.part, .filepart, .tmp, .swp,
// .writing, name~) wait for their renaming. Moves are renames within one file system: a file is in
// one place or the other. When the store is broken the file stays and is offered again.
//
// What was moved keeps personal data: it goes after `keep`. One thread at a time.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "base/clock.h"
#include "inbound/mouth.h"

namespace inbound {

struct FolderOptions {
  std::string folder;
  std::chrono::seconds settle{10};
  std::chrono::days keep{14};
  std::size_t largest = 16u << 20;  // bytes; larger files are rejected unread
  Unknown unknown = Unknown::Ignore;
};

struct Scanned {
  int taken = 0, rejected = 0, waiting = 0, failed = 0, removed = 0;
};

class Folder {
 public:
  Folder(FolderOptions options, Mouth& mouth, const base::Clock& clock)
      : options_(std::move(options)), mouth_(mouth), clock_(clock) {}

  // Makes incoming/, done/ and rejected/ for an account and connector. Throws std::system_error.
  void prepare(std::int64_t account_id, const std::string& connector);
  // Looks once, takes what is ready, removes what is old. Blocks: for a thread of its own.
  Scanned scan();

 private:
  struct Sight {
    std::uintmax_t size = 0;
    std::int64_t changed = 0;  // the file's time of change, as the file system has it
    base::Instant since{};
    bool is_seen = false;  // in this scan
  };
  struct Place;
  void scan_place(const Place& place, Scanned& scanned);
  bool is_settled(const std::string& path);
  void take(const Place& place, const std::string& name, Scanned& scanned);
  void remove_old(const std::string& folder, Scanned& scanned);

  FolderOptions options_;
  Mouth& mouth_;
  const base::Clock& clock_;
  std::map<std::string, Sight> sights_;
};

}  // namespace inbound
