#include "base/task.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>

namespace {

base::Task<int> seven() { co_return 7; }
base::Task<int> twice(base::Task<int> of) {
  const int n = co_await of;
  co_return 2 * n;
}
base::Task<std::string> failing() {
  throw std::runtime_error("no");
  co_return "";
}

// Resumes the awaiting coroutine on another thread.
struct Elsewhere {
  std::thread& thread;
  bool await_ready() const { return false; }
  // The frame that holds this awaiter may be gone before the assignment: it is not touched after.
  void await_suspend(std::coroutine_handle<> h) {
    auto& started = thread;
    started = std::thread([h] { h.resume(); });
  }
  void await_resume() const {}
};

TEST(Task, GivesItsValueThroughOthers) { EXPECT_EQ(base::sync_wait(twice(twice(seven()))), 28); }

TEST(Task, GivesItsExceptionToWhoeverAwaits) {
  EXPECT_THROW(base::sync_wait(failing()), std::runtime_error);
}

TEST(Task, MayEndOnAnotherThread) {
  std::thread thread;
  auto hop = [&]() -> base::Task<bool> {
    const auto here = std::this_thread::get_id();
    co_await Elsewhere{thread};
    co_return here != std::this_thread::get_id();
  };
  EXPECT_TRUE(base::sync_wait(hop()));
  thread.join();
}

TEST(Task, ThatIsNeverAwaitedIsFreed) { const auto task = seven(); }

}  // namespace
