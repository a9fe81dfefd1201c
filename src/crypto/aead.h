// AES-128-GCM (NIST SP 800-38D) as RFC 8188 uses it: 16 bytes of key, 12 of nonce, and a tag of 16
// behind the ciphertext. A nonce must never be used twice with one key.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace crypto {

// Throw std::invalid_argument when key or nonce are not of their length.
std::string seal_aes128gcm(std::string_view key, std::string_view nonce, std::string_view plain,
                           std::string_view beside = {});
// Nothing when it was not sealed with this key, nonce and `beside`.
std::optional<std::string> open_aes128gcm(std::string_view key, std::string_view nonce,
                                          std::string_view sealed, std::string_view beside = {});

}  // namespace crypto
