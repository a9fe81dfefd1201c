// Digests and what is made of them. Raw bytes in, raw bytes out; base/text.h writes them down.
//
// Safe from any thread. Contexts are kept per thread, because fetching an algorithm costs OpenSSL 3
// more than hashing a short message with it. Throws std::runtime_error when OpenSSL fails, which
// it does not do for any input.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace crypto {

std::string md5(std::string_view bytes);   // for protocols that insist
std::string sha1(std::string_view bytes);  // for protocols that insist
std::string sha256(std::string_view bytes);
std::string sha512(std::string_view bytes);

// RFC 2104. Any length of key, none included.
std::string hmac_sha1(std::string_view key, std::string_view message);  // TOTP, Twilio
std::string hmac_sha256(std::string_view key, std::string_view message);
std::string hmac_sha512(std::string_view key, std::string_view message);
std::string hmac_md5(std::string_view key, std::string_view message);  // Vonage's older signatures

// RFC 5869: extract, then expand to so many bytes, at most 8160.
std::string hkdf_sha256(std::string_view secret, std::string_view salt, std::string_view info,
                        std::size_t bytes);

// Whether both are the same, in a time that depends on their lengths alone.
bool equal(std::string_view a, std::string_view b);

}  // namespace crypto
