// Time as an argument. Nothing below app/ asks the system what time it is: it asks the Clock it was
// given, so that a test can stand at day 179, 180 and 181 without waiting.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

namespace base {

// UTC with microseconds: what every stored instant is.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

// The stored form: microseconds since 1970-01-01T00:00:00Z.
constexpr std::int64_t to_micros(Instant t) { return t.time_since_epoch().count(); }
constexpr Instant from_micros(std::int64_t us) { return Instant(std::chrono::microseconds(us)); }

class Clock {
 public:
  virtual ~Clock() = default;
  // Safe from any thread.
  virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
  }
};

// Runs faster than another clock, from a moment of its own: for demonstrations and simulated
// worlds.
class FastClock final : public Clock {
 public:
  // At real.now() it shows `start`; from there on `speed` of its seconds pass in each real one.
  FastClock(const Clock& real, Instant start, int speed)
      : real_(real), real_start_(real.now()), start_(start), speed_(speed) {}
  Instant now() const override { return start_ + (real_.now() - real_start_) * speed_; }
  int speed() const { return speed_; }

 private:
  const Clock& real_;
  Instant real_start_, start_;
  int speed_;
};

// For tests: stands still until told. 2026-01-01T00:00:00Z unless told otherwise.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start = from_micros(1'767'225'600'000'000))
      : us_(to_micros(start)) {}
  Instant now() const override { return from_micros(us_.load(std::memory_order_relaxed)); }
  void set(Instant t) { us_.store(to_micros(t), std::memory_order_relaxed); }
  void advance(std::chrono::microseconds by) {
    us_.fetch_add(by.count(), std::memory_order_relaxed);
  }

 private:
  std::atomic<std::int64_t> us_;
};

}  // namespace base
