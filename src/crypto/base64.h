// Base64 (RFC 4648) both ways; base/text.h has the common way out, base::to_base64.
//
// Decoding is strict: one text for one value, so no white space, no characters beyond the alphabet,
// and no bits that are left over. Only from_any_base64 forgives, for headers that strangers write.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace crypto {

// RFC 4648 5, without padding: tokens, keys, URLs.
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

// RFC 4648 4, with padding.
std::optional<std::string> from_base64(std::string_view text);

// Either alphabet, with or without padding, with white space around it.
std::optional<std::string> from_any_base64(std::string_view text);

}  // namespace crypto
