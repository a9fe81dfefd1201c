// What goes into the gate and what comes out: rows of people, and noisy counts of groups.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "personal/label.h"

namespace insight {

// What one row of the data says, on its way in. `person` groups the rows of one person, so that
// nobody weighs more than the terms allow; it never leaves the gate.
struct Row {
  std::string person;
  std::string group;    // "dhl NL-DE"
  std::vector<int> at;  // its bucket on each axis
  personal::Label label;
};

// One group as it is released.
struct Group {
  std::string name;
  std::int64_t size = 0;                        // noisy
  std::vector<std::vector<std::int64_t>> axes;  // noisy counts of each bucket; may be negative
};

struct Counts {
  std::vector<Group> groups;  // by name
  const Group* find(std::string_view name) const;
};

// As it lies in the table `releases`.
std::string to_json(const Counts& counts);
std::optional<Counts> counts_from_json(std::string_view json);

}  // namespace insight
