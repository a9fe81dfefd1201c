// Blocking work of the account pages (making a key, revoking one): rare, short, and never on an I/O
// thread. Included by desk.h.
#pragma once
#include <coroutine>
#include <exception>
#include <optional>
#include <span>
#include <thread>
#include <type_traits>

#include "base/task.h"

namespace pages {
namespace elsewhere_detail {

template <class Work>
struct Run {
  using Result = std::invoke_result_t<Work>;
  Work& work;
  std::optional<Result> result = std::nullopt;
  std::exception_ptr error = nullptr;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    auto* const home = base::Executor::current();
    std::thread([this, waiting, home] {
      try {
        result.emplace(work());
      } catch (...) {
        error = std::current_exception();
      }
      if (home != nullptr) {
        home->post(std::span<const std::coroutine_handle<>>(&waiting, 1));
      } else {
        waiting.resume();
      }
    }).detach();
  }
  Result await_resume() {
    if (error) std::rethrow_exception(error);
    return std::move(*result);
  }
};

}  // namespace elsewhere_detail

template <class Work>
base::Task<std::invoke_result_t<Work>> elsewhere(Work work) {
  elsewhere_detail::Run<Work> run{work};
  co_return co_await run;
}

}  // namespace pages
