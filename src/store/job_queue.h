// A bounded queue of jobs between the threads that ask and the engine's threads.
//
// A wake-up is the dearest thing in it: on two cores a futex call for each job would cost more than
// the job. So a push signals only when a worker sleeps and no signal is under way, and a worker
// that leaves jobs behind wakes the next one itself.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "store/database.h"

namespace store::engine {

class JobQueue {
 public:
  explicit JobQueue(std::size_t limit) : limit_(limit) {}

  // Throws StoreError when the queue is full or closed.
  void push(Job& job);

  // Sleeps until there are jobs, a nudge or the end. False at the end: closed, and nothing left.
  // `newest` becomes the ticket of the youngest job in the queue.
  bool wait(std::uint64_t& newest);
  // The oldest job, unless it is younger than `newest`: a read that came after a transaction began
  // must not be answered from it.
  Job* next(std::uint64_t newest);
  // Appends up to `most` of the oldest jobs.
  void next(std::vector<Job*>& jobs, std::size_t most);

  // Makes one wait() return, with or without jobs.
  void nudge();
  // No more pushes; what is queued is still handed out.
  void close();

  std::size_t size() const;

 private:
  // Under the lock; true when the caller must notify after unlocking.
  bool needs_signal();

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Job*> jobs_;
  std::uint64_t pushed_ = 0;  // ticket of the youngest job ever
  const std::size_t limit_;
  int sleeping_ = 0;
  int signalled_ = 0;
  bool nudged_ = false;
  bool closed_ = false;
};

}  // namespace store::engine
