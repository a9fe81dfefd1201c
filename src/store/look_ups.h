// SQLite's look-ups on the threads that ask: what the handlers of one turn of an I/O thread want to
// know is read in one transaction there, at the end of the turn. For this room only.
//
// A transaction's beginning and end (locks of the write-ahead log: system calls) cost as much as a
// look-up, and so does handing work to another thread; a busy I/O thread pays neither for each.
// Nothing waits for the disk (no_wait.h): what is not in memory is left to the readers.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/engine.h"
#include "store/meters.h"
#include "store/sqlite_connection.h"

namespace store::engine {

class LookUps {
 public:
  // `elsewhere` takes a job that would have had to wait; it may throw StoreError.
  LookUps(std::string path, const Options& options, Meters& meters,
          std::function<void(Job&)> elsewhere);
  ~LookUps();

  // On the job's executor's own thread.
  void add(Job& job);
  // Closes the connections; whoever looks something up afterwards gets a StoreError.
  void stop();

 private:
  struct Desk;
  Desk& desk_of(base::Executor& executor);
  base::Task<void> serve(Desk& desk);
  void run(Desk& desk);
  void run_in_one_transaction(Desk& desk);
  void hand_over(Job& job, std::exception_ptr& error);

  const std::string path_;
  Options options_;
  Meters& meters_;
  const std::function<void(Job&)> elsewhere_;

  std::mutex mutex_;  // of the list; each desk belongs to its thread
  std::vector<std::unique_ptr<Desk>> desks_;
  bool stopped_ = false;
};

}  // namespace store::engine
