// What only the subscribed browser can read: RFC 8291 in the content coding aes128gcm (RFC 8188),
// one record.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "channels/push/subscription.h"

namespace channels::push {

// Push services take 4096 bytes; header, tag and the byte that ends the text need 103 of them.
inline constexpr std::size_t kMostPlain = 4096 - 103;

// The body of the request. A key pair and a salt are made for each message. The text is padded to
// the next multiple of 256, so that its length tells the push service little.
// Throws std::invalid_argument beyond kMostPlain.
std::string encrypt(const Subscription& to, std::string_view plain);

// The same with everything given, for the vectors of the standard.
std::string encrypt_with(const Subscription& to, std::string_view plain,
                         const crypto::PrivateKey& ephemeral, std::string_view salt,
                         std::size_t padding);

}  // namespace channels::push
