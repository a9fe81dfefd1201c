// Reading without waiting for the disk: on a thread that said so, SQLite gets only what the
// kernel has in memory. For this room only.
//
// SQLite's own seam for this is its table of system calls: `pread` is replaced, for the whole
// process and once, by one that asks the kernel with RWF_NOWAIT while this thread is reading so.
// Where the file system knows no such question (some do not), it reads as always. Only for
// connections without memory mapping: a mapped page that is not there waits without asking.
#pragma once

namespace store::engine {

// Replaces SQLite's pread; before the first connection is opened. Safe to call again.
void install_no_wait();

// While one of these lives on a thread, SQLite's reads on it fail instead of waiting.
class NoWait {
 public:
  NoWait();
  ~NoWait();
  NoWait(const NoWait&) = delete;
  NoWait& operator=(const NoWait&) = delete;

  // Did a read fail for that reason since this was asked last?
  static bool would_have_waited();
};

}  // namespace store::engine
