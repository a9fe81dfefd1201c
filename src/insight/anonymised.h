// Anonymised<T>: sums of many people with noise over them, of which one person's part cannot be
// told. What is not personal data any more (policy clause 20) is so because of how it was made;
// therefore only the release gate makes one.
//
// There is one maker, Gate::made in gate.cpp. Whoever holds an Anonymised may copy it, keep it and
// compute with it: what is computed from noisy sums is as safe as they are (Dwork and Roth,
// proposition 2.1, post-processing).
#pragma once
#include <utility>

#include "insight/terms.h"
#include "personal/label.h"

namespace insight {

template <class T>
class Anonymised {
 public:
  const T& value() const { return value_; }
  // What was asked, what it cost, and how much noise lies over it.
  const Release& release() const { return release_; }
  // The strictest of the labels of what went in.
  personal::Label label() const { return label_; }

 private:
  friend class Gate;
  Anonymised(T value, Release release, personal::Label label)
      : value_(std::move(value)), release_(std::move(release)), label_(label) {}

  T value_;
  Release release_;
  personal::Label label_;
};

}  // namespace insight
