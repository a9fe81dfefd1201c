#include "pages/link.h"

#include <array>

namespace pages {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
// 128 bits of the hash: more than enough against guessing through a rate-limited door.
constexpr std::size_t kMac = 16;
constexpr std::size_t kAccount = 6;
constexpr std::size_t kBody = kAccount + base::Id::kBytes;
constexpr std::size_t kBytes = kBody + kMac;  // 38: 51 characters

std::string to_base64url(std::string_view bytes) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (held += 8; held >= 6; held -= 6) out += kAlphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) out += kAlphabet[bits << (6 - held) & 63];
  return out;
}

// Only what to_base64url writes: no padding, no other spelling of the same bytes.
std::optional<std::string> from_base64url(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held & 0xFF);
    }
  }
  if (to_base64url(out) != text) return std::nullopt;
  return out;
}

std::string bytes_of(std::int64_t account_id) {
  std::string bytes;
  for (int shift = 40; shift >= 0; shift -= 8)
    bytes += static_cast<char>(static_cast<std::uint64_t>(account_id) >> shift & 0xFF);
  return bytes;
}

std::int64_t account_of(std::string_view bytes) {
  std::int64_t account_id = 0;
  for (const char byte : bytes) account_id = account_id << 8 | static_cast<unsigned char>(byte);
  return account_id;
}

std::string body_of(const ShipmentPlace& place) {
  return bytes_of(place.account_id).append(place.id.bytes());
}

std::string mac_of(personal::Vault& vault, std::string_view body,
                   std::string_view scope = "tracking-link") {
  const auto hash = vault.keyed_hash(0, scope, body);
  return {reinterpret_cast<const char*>(hash.data()), kMac};
}

bool is_equal(std::string_view a, std::string_view b) {
  unsigned char difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

}  // namespace

std::string tracking_path(personal::Vault& vault, const ShipmentPlace& place) {
  const auto body = body_of(place);
  return "/t/" + to_base64url(body + mac_of(vault, body));
}

std::optional<ShipmentPlace> read_tracking_token(personal::Vault& vault, std::string_view token) {
  const auto bytes = from_base64url(token);
  if (!bytes || bytes->size() != kBytes) return std::nullopt;
  const auto body = std::string_view(*bytes).substr(0, kBody);
  if (!is_equal(mac_of(vault, body), std::string_view(*bytes).substr(kBody))) return std::nullopt;
  ShipmentPlace place;
  place.account_id = account_of(body.substr(0, kAccount));
  place.id = base::Id::from_bytes(body.substr(kAccount)).value_or(base::Id());
  return place;
}

std::string reviews_path(personal::Vault& vault, std::int64_t account_id) {
  const auto body = bytes_of(account_id);
  return "/reviews/" + to_base64url(body + mac_of(vault, body, "reviews-link"));
}

std::optional<std::int64_t> read_reviews_token(personal::Vault& vault, std::string_view token) {
  const auto bytes = from_base64url(token);
  if (!bytes || bytes->size() != kAccount + kMac) return std::nullopt;
  const auto body = std::string_view(*bytes).substr(0, kAccount);
  if (!is_equal(mac_of(vault, body, "reviews-link"), std::string_view(*bytes).substr(kAccount)))
    return std::nullopt;
  return account_of(body);
}

}  // namespace pages
