// A thread of one's own on which coroutines wait and go on: what schedulers run on. Whoever makes
// one gives it the thread.
#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include "base/task.h"

namespace base {

class Loop final : public Executor {
 public:
  // Notified under the lock, here and below: what is posted may be the last thing before the loop's
  // end, and the loop is gone when the lock is given back.
  void post(std::span<const std::coroutine_handle<>> ready) override {
    const std::lock_guard lock(mutex_);
    ready_.insert(ready_.end(), ready.begin(), ready.end());
    work_.notify_one();
  }
  // run_until() comes back. Safe from any thread.
  void wake() {
    const std::lock_guard lock(mutex_);
    is_woken_ = true;
    work_.notify_one();
  }
  // To be called by the thread that is going to run, for good.
  void become() { become_current(this); }
  // The same for a while: afterwards the thread is what it was before, however that ends.
  class Stay {
   public:
    explicit Stay(Loop& loop) : before_(current()) { loop.become(); }
    ~Stay() { become_current(before_); }
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;

   private:
    Executor* const before_;
  };
  // Runs what is ready until `until`, or somebody wakes it.
  void run_until(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    for (;;) {
      work_.wait_until(lock, until, [this] { return is_woken_ || !ready_.empty(); });
      while (!ready_.empty()) {
        const auto next = ready_.front();
        ready_.pop_front();
        lock.unlock();
        next.resume();
        lock.lock();
      }
      if (std::exchange(is_woken_, false) || std::chrono::steady_clock::now() >= until) return;
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::coroutine_handle<>> ready_;
  bool is_woken_ = false;
};

}  // namespace base
