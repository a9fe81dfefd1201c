#include "store/engine.h"

#include "base/text.h"

namespace store::engine {

void Connection::refuse_after_failure() const {
  if (failure_) throw StoreError("a statement of this transaction has failed: it cannot go on");
}

std::exception_ptr run_closure(Connection& connection, Job& job) noexcept {
  try {
    Tx tx(connection);
    job.run(tx);
  } catch (...) {
    return std::current_exception();
  }
  return connection.failure();
}

namespace {

// Eight characters at a time, for nearly all text is ASCII. True when none of them is NUL or above
// 0x7F.
bool is_plain(std::uint64_t eight) {
  constexpr std::uint64_t kHigh = 0x8080808080808080, kOnes = 0x0101010101010101;
  return ((eight | (eight - kOnes)) & kHigh) == 0;
}

}  // namespace

bool is_storable_text(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data() + at, 8);
    if (!is_plain(eight)) break;
  }
  const std::string_view rest = text.substr(at);
  return rest.find('\0') == std::string_view::npos && base::is_utf8(rest);
}

std::string statement_head(std::string_view sql) {
  constexpr std::size_t kMost = 80;
  const auto start = sql.find_first_not_of(" \t\r\n");
  std::string head(start == std::string_view::npos ? sql : sql.substr(start, kMost));
  std::ranges::replace_if(
      head, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return head;
}

void Settlement::add(Job& job, std::exception_ptr error) {
  job.settle(std::move(error));
  ++count_;
  if (!job.continuation) return;
  for (Bundle& bundle : bundles_) {
    if (bundle.executor == job.executor) return bundle.ready.push_back(job.continuation);
  }
  bundles_.push_back({job.executor, {job.continuation}});
}

void Settlement::flush() noexcept {
  count_ = 0;
  running_.clear();
  for (Bundle& bundle : bundles_) {
    if (bundle.ready.empty()) continue;
    if (bundle.executor) {
      bundle.executor->post(bundle.ready);
      bundle.ready.clear();
    } else {
      running_.swap(bundle.ready);
    }
  }
  // I/O threads come again and their bundles keep their memory; waiting threads do not.
  if (bundles_.size() > 8) bundles_.clear();
  // Those that came from no executor go on here.
  for (const auto continuation : running_) continuation.resume();
}

Waiter::Waiter(Job& job) {
  job.continuation = std::noop_coroutine();
  job.executor = this;
}

void Waiter::post(std::span<const std::coroutine_handle<>>) {
  // Notified under the lock: the waiting thread destroys this object as soon as it can.
  const std::lock_guard lock(mutex_);
  finished_ = true;
  done_.notify_one();
}

void Waiter::wait() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return finished_; });
}

}  // namespace store::engine
