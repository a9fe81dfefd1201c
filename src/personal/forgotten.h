// Whose keys were destroyed, kept for as long as a backup of the key store may live: a restored key
// store brings them back, and by this file they are forgotten again before anybody can open it.
//
// Lies beside the stores and in none of them, for both may be restored from an older day. Lines of
// text, "MICROSECONDS ACCOUNT SLOT...", appended and synced before the keys go; numbers only.
#pragma once
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"

namespace personal {

struct Forgotten {
  base::Instant at{};
  std::int64_t account_id = 0;
  std::vector<std::int64_t> slots;
};

// Safe from any thread.
class ForgottenFile {
 public:
  explicit ForgottenFile(std::string path) : path_(std::move(path)) {}

  // Durable when it returns. Throws std::system_error.
  void append(base::Instant now, std::int64_t account_id, std::span<const std::int64_t> slots);
  // What was forgotten at or after `since`, the oldest first; lines that are none are left out.
  // Nothing when there is no file.
  std::vector<Forgotten> read(base::Instant since) const;
  // Takes out what is older. Throws std::system_error.
  void prune(base::Instant before);

 private:
  std::string path_;
  mutable std::mutex mutex_;
};

}  // namespace personal
