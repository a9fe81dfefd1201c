// Somebody who counts through addresses that nobody can guess (clause 35), met by degrees: after
// the first mistakes, which everybody makes, answers come later; then they are asked to wait; then
// refused for an hour, with the reason. Everything ends by itself.
//
// Only what does not exist counts, never what was found, and per network (IPv4 /24, IPv6 /64). Kept
// in memory of this process and nowhere else: no address of a visitor is stored. A peer inside (a
// proxy before us, the machine itself) is never counted, since it stands for everybody.
#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace accounts {

struct CountingRules {
  int free = 10;                    // misses that go unnoticed
  int patient = 30;                 // from here on: come back later
  int most = 90;                    // from here on: no more, for an hour
  std::chrono::seconds drains{20};  // so long after each, one is forgotten
  std::chrono::milliseconds pause{400};
  std::chrono::seconds wait{60};
  std::chrono::seconds refused{3600};
  std::size_t most_networks = 50'000;
};

class Counting {
 public:
  enum class Degree : std::uint8_t { Free, Slow, Wait, Refused };
  struct Verdict {
    Degree degree = Degree::Free;
    std::chrono::seconds retry_after{};  // of Wait and Refused
  };

  explicit Counting(const base::Clock& clock, CountingRules rules = {})
      : clock_(clock), rules_(rules) {}

  // How the next question from there is met.
  Verdict look(std::string_view peer) const;
  // What was asked for does not exist.
  void missed(std::string_view peer);

  const CountingRules& rules() const { return rules_; }

 private:
  struct Source {
    double misses = 0;
    base::Instant at{};
    base::Instant refused_until{};
  };
  double left_of(const Source& source, base::Instant now) const;
  void forget_old(base::Instant now);

  const base::Clock& clock_;
  const CountingRules rules_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Source> sources_;
};

// The network an address belongs to, as text; empty for one inside, or for what is no address.
std::string counted_network(std::string_view peer);

}  // namespace accounts
