// Work that blocks, done aside: on one thread of its own, while the coroutine that asked for it
// waits without holding a thread. For rare and long acts (an erasure); what is frequent has a queue
// of its own.
#pragma once
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/task.h"

namespace base {

class Aside {
 public:
  Aside() : thread_([this] { run(); }) {}
  ~Aside() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();  // what was begun is finished
  }
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;

  // Await the result of `work`, which must outlive the await (name it in the same coroutine). An
  // exception reaches whoever awaits.
  template <class F>
  auto run(F& work) {
    return Awaitable<F>(*this, work);
  }

 private:
  template <class F>
  class Awaitable {
   public:
    Awaitable(Aside& aside, F& work) : aside_(aside), work_(work) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
      auto* executor = Executor::current();
      aside_.put([this, waiting, executor] {
        try {
          result_.emplace(work_());
        } catch (...) {
          error_ = std::current_exception();
        }
        if (executor != nullptr) {
          executor->post(std::span(&waiting, 1));
        } else {
          waiting.resume();
        }
      });
    }
    auto await_resume() {
      if (error_) std::rethrow_exception(error_);
      return std::move(*result_);
    }

   private:
    Aside& aside_;
    F& work_;
    std::optional<std::invoke_result_t<F&>> result_;
    std::exception_ptr error_;
  };

  void put(std::function<void()> job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
  }
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return is_stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      const auto job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace base
