// Where a personal value came from. Labels of values that are combined join to the strictest, and a
// label outranks every purpose that a field lists: what a linked mailbox gave may serve its owner
// and nothing else.
#pragma once
#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "personal/purposes.gen.h"

namespace personal {

// In rising strictness: the larger one wins a join.
enum class Source : std::uint8_t {
  Shop = 0,     // the controller gave it through the API, an import or a page
  Carrier = 1,  // a carrier's answer
  Buyer = 2,    // the data subject gave it
  Mailbox = 3,  // read in a linked mailbox
};

class LabelRefusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Label {
 public:
  constexpr Label() = default;
  constexpr explicit Label(Source source) : source_(source) {}
  constexpr Source source() const { return source_; }
  friend constexpr Label join(Label a, Label b) { return Label(std::max(a.source_, b.source_)); }
  constexpr bool allows(Purpose purpose) const;

 private:
  Source source_ = Source::Shop;
};

// Purposes a mailbox value may be opened for are marked mailbox = true in
// data/privacy/purposes.toml.
constexpr bool Label::allows(Purpose purpose) const {
  return source_ != Source::Mailbox || kMailboxPurposes.contains(purpose);
}

}  // namespace personal
