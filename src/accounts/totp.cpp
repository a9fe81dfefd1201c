#include "accounts/totp.h"

#include <algorithm>

#include "accounts/percent.h"
#include "base/text.h"
#include "crypto/hash.h"

namespace accounts {
namespace {

constexpr int kDigits = 6;

std::string digest(TotpHash hash, std::string_view secret, std::string_view message) {
  switch (hash) {
    case TotpHash::Sha256:
      return crypto::hmac_sha256(secret, message);
    case TotpHash::Sha512:
      return crypto::hmac_sha512(secret, message);
    case TotpHash::Sha1:
      break;
  }
  return crypto::hmac_sha1(secret, message);
}

}  // namespace

std::int64_t totp_step(base::Instant at) {
  return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count() / kTotpPeriod;
}

std::string hotp(std::string_view secret, std::uint64_t counter, int digits, TotpHash hash) {
  std::string message(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) message[7 - i] = static_cast<char>(counter >> (8 * i));
  const auto mac = digest(hash, secret, message);
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(mac[i]));
  };
  // Dynamic truncation, RFC 4226 5.3.
  const auto at = byte(mac.size() - 1) & 15U;
  auto number = (byte(at) & 127U) << 24U | byte(at + 1) << 16U | byte(at + 2) << 8U | byte(at + 3);
  std::string code(static_cast<std::size_t>(digits), '0');
  for (auto c = code.rbegin(); c != code.rend(); ++c, number /= 10)
    *c = static_cast<char>('0' + number % 10);
  return code;
}

std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view code,
                                       base::Instant now, std::int64_t after) {
  std::string typed;
  for (const char c : code) {
    if (c != ' ') typed += c;
  }
  if (typed.size() != kDigits || !std::ranges::all_of(typed, base::is_digit)) return std::nullopt;
  const auto step = totp_step(now);
  for (const auto one : {step, step - 1, step + 1}) {
    if (one > after && crypto::equal(hotp(secret, static_cast<std::uint64_t>(one)), typed))
      return one;
  }
  return std::nullopt;
}

std::string to_base32(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (held += 8; held >= 5; held -= 5) out += kAlphabet[(bits >> (held - 5)) & 31U];
  }
  if (held > 0) out += kAlphabet[(bits << (5 - held)) & 31U];
  return out;
}

std::string totp_uri(std::string_view secret, std::string_view issuer, std::string_view account) {
  return "otpauth://totp/" + percent_encoded(issuer) + ":" + percent_encoded(account) +
         "?secret=" + to_base32(secret) + "&issuer=" + percent_encoded(issuer);
}

}  // namespace accounts
