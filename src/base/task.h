// Coroutines of the house. A Task<T> starts when it is awaited, gives one T or one exception, and
// belongs to whoever holds it.
//
// Where it runs: a task runs on the thread that resumes it. Each I/O thread is an Executor; whoever
// finishes work for a task on another thread (the database writer, say) hands the continuation back
// with Executor::post, so that a handler begins and ends on the same I/O thread and needs no locks.
//
// g++ 12 destroys a capturing lambda twice when it is written inside a co_await expression. Name it
// first:
//   auto work = [&](store::Tx& tx) { ... };
//   co_await database.write(work);
#pragma once
#include <condition_variable>
#include <coroutine>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <variant>

namespace base {

// A thread that runs continuations. Implemented by http (I/O threads) and by tests.
class Executor {
 public:
  virtual ~Executor() = default;
  // Runs all of them, in order, on the executor's thread. Never blocks, safe from any thread. One
  // call for many continuations costs one wake-up: the group commit relies on it.
  virtual void post(std::span<const std::coroutine_handle<>> ready) = 0;

  // The executor of this thread, or nullptr on a plain thread.
  static Executor* current() { return current_; }

 protected:
  // To be called by the executor's own thread.
  static void become_current(Executor* executor) { current_ = executor; }

 private:
  static inline thread_local Executor* current_ = nullptr;
};

template <class T>
class Task;

namespace task_detail {

struct PromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) const noexcept {
      return self.promise().continuation;
    }
    void await_resume() const noexcept {}
  };
  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
};

template <class T>
struct Promise : PromiseBase {
  std::variant<std::monostate, T, std::exception_ptr> outcome;

  Task<T> get_return_object();
  template <class U>
  void return_value(U&& value) {
    outcome.template emplace<1>(std::forward<U>(value));
  }
  void unhandled_exception() { outcome.template emplace<2>(std::current_exception()); }
  T take() {
    if (outcome.index() == 2) std::rethrow_exception(std::get<2>(outcome));
    return std::move(std::get<1>(outcome));
  }
};

template <>
struct Promise<void> : PromiseBase {
  std::exception_ptr error;

  Task<void> get_return_object();
  void return_void() {}
  void unhandled_exception() { error = std::current_exception(); }
  void take() {
    if (error) std::rethrow_exception(error);
  }
};

}  // namespace task_detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = task_detail::Promise<T>;

  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().continuation = awaiting;
    return handle_;
  }
  T await_resume() { return handle_.promise().take(); }

 private:
  std::coroutine_handle<promise_type> handle_;
};

namespace task_detail {

template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

// A coroutine that nobody awaits: it frees itself at its end.
struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
};

}  // namespace task_detail

// Starts a task on this thread and lets it go. The task must catch its own exceptions: one that
// escapes ends the program, because nobody is left to hear it.
inline void spawn(Task<void> task) {
  [](Task<void> owned) -> task_detail::Detached { co_await owned; }(std::move(task));
}

// Runs a task to its end and blocks this (plain) thread meanwhile. For the command line and tests,
// never on an I/O thread.
template <class T>
T sync_wait(Task<T> task) {
  std::mutex mutex;
  std::condition_variable done;
  bool finished = false;
  std::exception_ptr error;
  using Kept = std::conditional_t<std::is_void_v<T>, std::monostate, std::optional<T>>;
  Kept kept{};
  auto runner = [&](Task<T> owned) -> task_detail::Detached {
    try {
      if constexpr (std::is_void_v<T>) {
        co_await owned;
      } else {
        kept.emplace(co_await owned);
      }
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    finished = true;
    done.notify_one();
  };
  runner(std::move(task));
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return finished; });
  if (error) std::rethrow_exception(error);
  if constexpr (!std::is_void_v<T>) return std::move(*kept);
}

}  // namespace base
