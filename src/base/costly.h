// What takes long to find out, kept in proportion to how long it took: it is found out for a fixed
// share of the time at most, however often somebody asks.
#pragma once
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace base {

// Safe from any thread. Two that ask at once both find out.
template <class Key, class Value>
class Costly {
 public:
  using Elapsed = std::chrono::nanoseconds;
  // Of a clock that never goes back, since any moment.
  using Stopwatch = std::function<Elapsed()>;
  // An answer serves for `times` as long as finding it took.
  explicit Costly(int times = 50, Stopwatch stopwatch = steady)
      : times_(times), stopwatch_(std::move(stopwatch)) {}

  // The kept answer, or what `find_out` gives, which is kept when `is_worth` it. What either throws
  // goes to the caller.
  template <class F, class Worth>
  Value get(const Key& key, F find_out, Worth is_worth) {
    const auto began = stopwatch_();
    if (auto kept = find(key, began)) return *std::move(kept);
    Value value = find_out();
    const auto ended = stopwatch_();
    if (!is_worth(value)) return value;
    const std::lock_guard lock(mutex_);
    if (kept_.size() >= kMost) kept_.clear();
    kept_.insert_or_assign(key, Kept{value, ended + times_ * (ended - began)});
    return value;
  }

 private:
  static constexpr std::size_t kMost = 4096;
  struct Kept {
    Value value;
    Elapsed until;
  };
  static Elapsed steady() { return std::chrono::steady_clock::now().time_since_epoch(); }

  std::optional<Value> find(const Key& key, Elapsed now) {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(key);
    if (found == kept_.end() || found->second.until <= now) return std::nullopt;
    return found->second.value;
  }

  const int times_;
  const Stopwatch stopwatch_;
  std::mutex mutex_;
  std::unordered_map<Key, Kept> kept_;
};

}  // namespace base
