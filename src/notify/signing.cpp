#include "notify/signing.h"

#include <fmt/format.h>

#include <array>

#include "base/random.h"
#include "base/text.h"
#include "crypto/hash.h"

namespace notify {

std::string new_webhook_secret() {
  std::array<std::uint8_t, 16> bytes{};
  base::fill_random(bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // RFC 9562, 5.4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  const auto hex = base::to_hex(bytes);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

std::string standard_secret(std::string_view secret) { return "whsec_" + base::to_base64(secret); }

std::string v4_signature(std::string_view secret, std::int64_t timestamp) {
  return base::to_hex(crypto::hmac_sha256(secret, std::to_string(timestamp)));
}

std::string standard_signature(const std::vector<std::string>& secrets, std::string_view id,
                               std::int64_t timestamp, std::string_view body) {
  const auto message = fmt::format("{}.{}.{}", id, timestamp, body);
  std::string all;
  for (const auto& secret : secrets) {
    if (!all.empty()) all += ' ';
    all += "v1," + base::to_base64(crypto::hmac_sha256(secret, message));
  }
  return all;
}

std::string body_signature(const std::vector<std::string>& secrets, std::int64_t timestamp,
                           std::string_view body) {
  const auto message = fmt::format("{}.{}", timestamp, body);
  auto all = fmt::format("t={}", timestamp);
  for (const auto& secret : secrets) {
    all += ",v1=" + base::to_hex(crypto::hmac_sha256(secret, message));
  }
  return all;
}

std::string old_signature(std::string_view email, std::int64_t timestamp) {
  return v4_signature(email, timestamp);
}

http::Headers signature_headers(const std::vector<std::string>& secrets, std::string_view id,
                                std::int64_t timestamp, std::string_view body) {
  auto time = std::to_string(timestamp);
  return {{"timestamp", time},
          {"signature", v4_signature(secrets.back(), timestamp)},
          {"webhook-id", std::string(id)},
          {"webhook-timestamp", time},
          {"webhook-signature", standard_signature(secrets, id, timestamp, body)},
          {"X-Webhook-Signature-256", body_signature(secrets, timestamp, body)}};
}

}  // namespace notify
