#include "consent/link.h"

#include "crypto/base64.h"
#include "crypto/hash.h"

namespace consent {
namespace {

constexpr std::size_t kAccount = 6;
constexpr std::size_t kBody = kAccount + 1 + 2 * Person::kBytes;
// 128 bits of the hash: more than enough against guessing through a rate-limited door.
constexpr std::size_t kMac = 16;

std::string mac_of(personal::Vault& vault, std::string_view body) {
  const auto hash = vault.keyed_hash(0, "preference-link", body);
  return {reinterpret_cast<const char*>(hash.data()), kMac};
}

}  // namespace

std::string write_door(personal::Vault& vault, const Door& door) {
  std::string body;
  for (int shift = 8 * (kAccount - 1); shift >= 0; shift -= 8)
    body += static_cast<char>(static_cast<std::uint64_t>(door.account_id) >> shift & 0xFF);
  body += static_cast<char>(door.channel);
  body += door.person.bytes();
  body += door.address.bytes();
  return crypto::to_base64url(body + mac_of(vault, body));
}

std::optional<Door> read_door(personal::Vault& vault, std::string_view token) {
  const auto bytes = crypto::from_base64url(token);
  if (!bytes || bytes->size() != kBody + kMac) return std::nullopt;
  std::string_view body = std::string_view(*bytes).substr(0, kBody);
  if (!crypto::equal(mac_of(vault, body), std::string_view(*bytes).substr(kBody)))
    return std::nullopt;
  Door door;
  for (const char byte : body.substr(0, kAccount))
    door.account_id = door.account_id << 8 | static_cast<unsigned char>(byte);
  const auto channel = static_cast<unsigned char>(body[kAccount]);
  if (channel >= channels::kChannelNames.size()) return std::nullopt;
  door.channel = static_cast<channels::Channel>(channel);
  body.remove_prefix(kAccount + 1);
  door.person = Person::from_bytes(body.substr(0, Person::kBytes)).value();
  door.address = Person::from_bytes(body.substr(Person::kBytes)).value();
  return door;
}

std::string door_path(personal::Vault& vault, const Door& door) {
  return "/n/" + write_door(vault, door);
}

}  // namespace consent
