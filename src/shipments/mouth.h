// Through which mouth an update came.
#pragma once
#include <cstdint>

namespace shipments {

// Stored as numbers: only append.
enum class Mouth : std::uint8_t {
  Poll = 0,
  Push = 1,
  Folder = 2,
  Mailbox = 3,
  Import = 4,
  Manual = 5,
  Reprocess = 6
};

}  // namespace shipments
