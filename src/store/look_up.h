// A read of a few rows by their key, answered where it is asked.
//
//   auto work = [&](store::Tx& tx) { ... };
//   co_return co_await store::look_up(database, work);
//
// On SQLite what the handlers of one turn of an I/O thread look up is read in one transaction on
// that very thread, which saves each of them two changes of thread. Nothing waits for the disk
// there: a closure that needs a page which is not in memory is run again by a reader. On plain
// threads, and on PostgreSQL, it is Database::read. The closure's rules are those of database.h;
// it ought to take microseconds, because the thread's other connections wait for it.
#pragma once
#include "store/database.h"

namespace store {

// What the engines implement.
class LookingUp {
 public:
  // Settles the job later, like Database::submit.
  virtual void look_up(Job& job) = 0;

 protected:
  ~LookingUp() = default;
};

template <class F>
class LookUp : private Job {
 public:
  using R = std::invoke_result_t<F&, Tx&>;
  LookUp(LookingUp& engine, F& work) : engine_(engine), work_(work) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiting) {
    continuation = awaiting;
    executor = base::Executor::current();
    engine_.look_up(*this);
  }
  R await_resume() {
    if (error_) std::rethrow_exception(error_);
    return std::move(*result_);
  }

 private:
  void run(Tx& tx) override { result_.emplace(work_(tx)); }

  LookingUp& engine_;
  F& work_;
  std::optional<R> result_;
};

// `work` must outlive the await (name it in the same coroutine).
template <class F>
LookUp<F> look_up(Database& database, F& work) {
  return {dynamic_cast<LookingUp&>(database), work};
}

}  // namespace store
