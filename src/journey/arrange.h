// The order in which events happened, by the best evidence there is; arrival does not count.
// Inner part of merge.
//
// Times with a known offset, or one derived from the place, are instants and compare exactly. A
// time without either lies in a window of 26 hours around its local clock; within that window the
// carrier's own order decides, and the offset of its neighbours. Nothing of this is stored in a
// time's text.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "journey/journey.h"

namespace journey {

struct Arranged {
  std::size_t index = 0;  // into the checkpoints given
  std::int64_t at = 0;    // seconds since 1970 in UTC; a guess unless is_exact
  bool is_exact = false;
};

// Oldest first; a pure function of the set: permuting the checkpoints permutes nothing.
std::vector<Arranged> arrange(std::span<const Checkpoint> checkpoints);

}  // namespace journey
