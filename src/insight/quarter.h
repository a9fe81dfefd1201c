// Calendar quarters: the data sets of parcels. Each parcel lies in one, by the day it was entered.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace insight {

class Quarter {
 public:
  // "2026-Q3".
  static std::optional<Quarter> parse(std::string_view text);
  static Quarter of(base::Instant at);
  Quarter before() const;

  std::string name() const;
  std::chrono::sys_days from() const;
  std::chrono::sys_days until() const;  // the first day of the next

  // Each parcel can have been watched for 30 days, and none of them is forgotten yet (180 days):
  // earlier, slow parcels would be missing, later, the first ones.
  bool is_ripe(base::Instant now) const;
  friend bool operator==(const Quarter&, const Quarter&) = default;

 private:
  Quarter(int year, int number) : year_(year), number_(number) {}
  int year_, number_;  // number of 1..4
};

// The newest quarter that is ripe; nothing between the end of one's ripeness and the next one's.
std::optional<Quarter> newest_ripe(base::Instant now);

}  // namespace insight
