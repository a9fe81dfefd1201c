// Key material in memory: 32 bytes that are wiped when they go out of scope.
#pragma once
#include <sodium.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace personal {

class Key {
 public:
  static constexpr std::size_t kBytes = 32;

  Key() = default;
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;
  ~Key() { sodium_memzero(bytes_.data(), bytes_.size()); }

  std::uint8_t* data() { return bytes_.data(); }
  const std::uint8_t* data() const { return bytes_.data(); }
  static Key copy_of(const std::uint8_t* bytes) {
    Key key;
    std::memcpy(key.data(), bytes, kBytes);
    return key;
  }

 private:
  std::array<std::uint8_t, kBytes> bytes_{};
};

// Text that was readable, made unreadable before its memory is given back.
inline void wipe(std::string& text) {
  sodium_memzero(text.data(), text.size());
  text.clear();
}

// Must have happened before anything else of libsodium; costs nothing the second time. Throws when
// the machine has no randomness to give.
void start_sodium();

}  // namespace personal
