// A value that names nobody any more, and by what right that is said (policy clauses 20, 47, 52).
// Only the release gate makes one (gate.h); whoever holds one may publish it, and it may outlive
// the data it came from, because no single person's presence changes it noticeably.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "base/clock.h"

namespace insight {

// What a release promises: differential privacy with this epsilon for any one person (Dwork and
// Roth 2014, definition 2.4), and that no group smaller than this was shown.
struct Terms {
  std::string data_set;
  std::int64_t epsilon_micro = 0;  // millionths
  int most_per_person = 0;         // rows that one person could add or change
  std::int64_t smallest_group = 0;
  base::Instant made_at{};
};

template <class T>
class Anonymised {
 public:
  const T& value() const { return value_; }
  const Terms& terms() const { return terms_; }

  // What follows from the value alone is as anonymous as the value: `F` is a plain function, so
  // that nothing else can slip in.
  template <auto F>
  auto derived() const {
    return Anonymised<decltype(F(value_))>(F(value_), terms_);
  }

 private:
  friend class ReleaseGate;
  template <class U>
  friend class Anonymised;
  Anonymised(T value, Terms terms) : value_(std::move(value)), terms_(std::move(terms)) {}

  T value_;
  Terms terms_;
};

}  // namespace insight
