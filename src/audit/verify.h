// Do these tiles hold what these checkpoints signed? Needs nothing of the program that wrote them:
// tiles, checkpoints and the log's verifier key are enough. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "audit/tiles.h"

namespace audit {

struct Fault {
  // The entries it may concern: [first, end). Empty: none in particular.
  std::uint64_t first = 0, end = 0;
  std::string what;  // one sentence
  friend std::ostream& operator<<(std::ostream& out, const Fault& fault) {
    return out << fault.what;
  }
};

struct Verdict {
  std::uint64_t size = 0;  // of the newest checkpoint that is signed
  std::size_t checkpoints = 0;
  std::vector<Fault> faults;
  bool is_sound() const { return faults.empty(); }
};

// Every entry against the hash beside it, every tile against the tiles below it, every checkpoint's
// signature and root. At most `most_faults` are told.
Verdict verify(const ReadTile& read, const std::vector<std::string>& checkpoints,
               std::string_view verifier_key, std::size_t most_faults = 100);

}  // namespace audit
