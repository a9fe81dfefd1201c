// Waiting without holding a thread: resumes a coroutine after a time, on the executor it waited on.
#pragma once
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/task.h"

namespace base {

class Later {
 public:
  Later() : thread_([this] { run(); }) {}
  ~Later() { stop(); }
  Later(const Later&) = delete;
  Later& operator=(const Later&) = delete;

  // Whoever still waits goes on at once.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      if (is_stopping_) return;
      is_stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  auto wait(std::chrono::milliseconds time) {
    struct Wait {
      Later& later;
      std::chrono::milliseconds time;
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> waiting) {
        later.put(time, {waiting, Executor::current()});
      }
      void await_resume() const {}
    };
    return Wait{*this, time};
  }

 private:
  struct Waiting {
    std::coroutine_handle<> handle;
    Executor* executor;
    void go_on() const {
      if (executor != nullptr) {
        executor->post(std::span(&handle, 1));
      } else {
        handle.resume();
      }
    }
  };

  void put(std::chrono::milliseconds time, Waiting waiting) {
    {
      const std::lock_guard lock(mutex_);
      if (!is_stopping_) {
        waiting_.emplace(std::chrono::steady_clock::now() + time, waiting);
        wake_.notify_one();
        return;
      }
    }
    waiting.go_on();
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (!waiting_.empty() || !is_stopping_) {
      if (waiting_.empty()) {
        wake_.wait(lock);
        continue;
      }
      const auto due = waiting_.begin()->first;
      if (!is_stopping_ && std::chrono::steady_clock::now() < due) {
        wake_.wait_until(lock, due);
        continue;
      }
      const auto waiting = waiting_.begin()->second;
      waiting_.erase(waiting_.begin());
      lock.unlock();
      waiting.go_on();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<std::chrono::steady_clock::time_point, Waiting> waiting_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace base
