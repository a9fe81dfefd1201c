// On which terms the gate answers, and what an answer says about itself.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "insight/noise.h"

namespace insight {

// Millionths of epsilon: budgets are added up, and sums of fractions must come out.
using MicroEpsilon = std::int64_t;
inline constexpr MicroEpsilon kOneEpsilon = 1'000'000;

struct Terms {
  MicroEpsilon epsilon = kOneEpsilon;  // of the whole answer, for one person
  int rows_per_person = 1;             // more are left out, by lot
  int smallest_group = 20;             // people; of smaller groups nothing is said
  // One group smaller than that comes out with at most this chance. Also the delta of (epsilon,
  // delta): which groups there are is itself something that the data says.
  double slip = 1e-6;
};

// For whom: the instance's own operation, or a report that may go to somebody else. What a linked
// mailbox gave never goes into the second (policy clauses 50 and 74).
enum class Audience : std::uint8_t { Internal = 0, Report = 1 };

// What an answer says about itself, and prints with every figure.
struct Release {
  std::string data_set;  // "transits 2026-Q3"
  std::string question;
  Audience audience = Audience::Internal;
  Terms terms;
  base::Instant released_at{};

  // A fifth of epsilon is spent on the sizes of the groups, the rest on the axes in equal parts.
  Fraction size_scale() const;
  Fraction axis_scale(std::size_t axes) const;
  // A group is released when its noisy size is at least this.
  std::int64_t threshold() const;
};

}  // namespace insight
