// One key under another: XChaCha20-Poly1305 with a random nonce, bound to what the key is for, so
// that a wrapped key cannot take another's place in the key store.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "personal/secret.h"

namespace personal {

enum class KeyKind : std::uint8_t { Tenant = 1, Subject = 2 };

struct KeyIdentity {
  KeyKind kind = KeyKind::Subject;
  std::int64_t account_id = 0;
  std::int64_t slot = 0;  // 0 for a tenant key
};

inline constexpr std::size_t kNonceBytes = 24;
inline constexpr std::size_t kTagBytes = 16;
using Nonce = std::array<std::uint8_t, kNonceBytes>;
using WrappedKey = std::array<std::uint8_t, kNonceBytes + Key::kBytes + kTagBytes>;

WrappedKey wrap(const Key& under, const KeyIdentity& identity, const Key& key, const Nonce& nonce);
// False when the bytes are not this key, or were wrapped under another.
bool unwrap(const Key& under, const KeyIdentity& identity, std::string_view wrapped, Key& key);

Key random_key();
Nonce random_nonce();

// What a key is used for is derived from it, so that no key does two jobs.
enum class Derived : std::uint8_t { Wrapping = 1, Hashing = 2, Files = 3 };
Key derive(const Key& from, Derived use);

inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace personal
