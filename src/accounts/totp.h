// One-time codes of authenticator apps: HOTP (RFC 4226) and TOTP (RFC 6238). Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace accounts {

enum class TotpHash : std::uint8_t {
  Sha1,
  Sha256,
  Sha512
};                                               // apps know Sha1; the others are for the vectors
inline constexpr std::int64_t kTotpPeriod = 30;  // seconds

std::int64_t totp_step(base::Instant at);
std::string hotp(std::string_view secret, std::uint64_t counter, int digits = 6,
                 TotpHash hash = TotpHash::Sha1);

// The step whose code this is, within one before and one after now, and later than `after`: a code
// counts once. Spaces are forgiven.
std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view code,
                                       base::Instant now, std::int64_t after);

// RFC 4648 base 32 without padding: how the secret is typed.
std::string to_base32(std::string_view bytes);
// What a QR code carries: otpauth://totp/Milepost:ann%40example.com?secret=..&issuer=Milepost
std::string totp_uri(std::string_view secret, std::string_view issuer, std::string_view account);

}  // namespace accounts
