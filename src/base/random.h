// Unpredictable bytes from the kernel, and identifiers made of them.
#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace base {

// From getrandom(2); throws std::system_error when the kernel has none.
void fill_random(std::span<std::uint8_t> out);
// The same for what is small, asked for often and no secret (ids, nonces): from a few kilobytes
// that each thread has in store, because a system call each would cost more than what they are for.
void take_random(std::span<std::uint8_t> out);

}  // namespace base
