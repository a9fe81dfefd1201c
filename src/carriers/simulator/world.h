// A world of parcels that move: the truth behind the carrier simulator. Parcel number k of a world
// is the same parcel every time it is asked for; nothing is stored.
//
// What happens to a parcel follows simple rules of the trade with odds of their own: working hours
// of the place, night hubs, borders and customs, failed attempts, collection points, returns,
// losses, scans that are published late or twice. Hand-made, not fitted to anybody's records.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "journey/status.h"

namespace carriers::simulator {

struct Town {
  std::string_view city, state, zip, country, zone;  // zone: IANA
};

struct Step {
  base::Instant happened{};
  base::Instant visible{};  // when the carrier shows it: later than it happened, sometimes much
  journey::Status status{};
  int substatus = 0;
  const Town* town = nullptr;
};

struct Plan {
  const Town* origin = nullptr;
  const Town* destination = nullptr;
  base::Instant registered{};  // when the shop enters the number
  base::Instant estimate{};    // what the carrier promises
  std::vector<Step> steps;     // in the order they happened
};

// `home`: the carrier's country ("DE"): most parcels start or end there. `registered`: when the
// label was printed.
Plan plan_journey(std::uint64_t seed, std::string_view home, base::Instant registered);

// The local time of an instant in a zone, and its offset: "2024-03-20T19:08:38", 480.
struct LocalTime {
  std::string text;
  int offset_minutes = 0;
};
LocalTime local_time(base::Instant at, std::string_view zone);

// Small, quick and the same everywhere (splitmix64); not for secrets.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  bool happens(double odds) { return unit() < odds; }
  double between(double low, double high) { return low + (high - low) * unit(); }

 private:
  std::uint64_t state_;
};

}  // namespace carriers::simulator
