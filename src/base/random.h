// Unpredictable bytes from the kernel, and identifiers made of them.
#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace base {

// From getrandom(2); throws std::system_error when the kernel has none.
void fill_random(std::span<std::uint8_t> out);

}  // namespace base
