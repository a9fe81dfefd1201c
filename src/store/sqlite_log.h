// The write-ahead log of an SQLite file: kept short beside a busy writer.
//
// A checkpoint copies thousands of pages and syncs twice. Inside a commit that would be some
// requests' bad luck (SQLite's default), so a thread does it beside the writer. But the log starts
// over only when *all* of it is in the file, which beside a busy writer never happens by itself:
// the thread goes over it again until little has come since, the writer copies that itself, and its
// next commit begins the log anew.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "store/sqlite_connection.h"

namespace store::engine {

class SqliteLog {
 public:
  // `writer` is the file's only writer in this process and outlives this. Throws StoreError.
  SqliteLog(SqliteConnection& writer, const std::string& path, const Options& options);
  ~SqliteLog() { stop(); }

  // After a commit, on the writer's thread.
  void keep_short();
  // Brings all of it into the file and cuts it to nothing, on the writer's thread. Waits for
  // readers and for other checkpoints as long as the busy timeout says; an SQLite result code.
  int empty();
  // Nothing is brought into the file any more.
  void stop();

 private:
  void work();
  void ask_for_copy();
  void start_over();
  void has_started_over();

  SqliteConnection& writer_;
  const std::chrono::milliseconds busy_timeout_;

  // The writer's own.
  int pages_ = 0;       // in the log after the last commit
  int last_pages_ = 0;  // and after the one before
  int long_from_;       // pages from which this log is brought back
  int ask_at_;          // pages at which that is tried next
  int retry_pages_;
  int behind_;  // pages that had not been copied, after the last time over the log
  std::chrono::steady_clock::time_point begun_;

  // Between the writer and the thread: Wanted by the one, Done by the other.
  enum class Copy { Idle, Wanted, Done, Stop };
  std::atomic<Copy> copy_ = Copy::Idle;
  std::atomic<int> copied_ = 0;  // pages of the log that are in the file; told with Done
  std::unique_ptr<SqliteConnection> connection_;
  std::thread thread_;
};

}  // namespace store::engine
