// What changed between two documents, line by line. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace policy {

struct Change {
  enum class Kind { Same, Gone, New };
  Kind kind = Kind::Same;
  std::string_view line;  // into one of the two texts
};

// The fewest changes that lead from one to the other. Lines beyond 1,500 are compared as one piece.
std::vector<Change> difference(std::string_view before, std::string_view after);

}  // namespace policy
