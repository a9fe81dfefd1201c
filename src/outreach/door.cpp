#include "outreach/door.h"

#include "crypto/base64.h"
#include "crypto/hash.h"

namespace outreach {
namespace {

using consent::Person;

constexpr std::size_t kAccount = 6, kList = 16;
constexpr std::size_t kBody = kAccount + kList + Person::kBytes;
// 128 bits of the hash: more than enough against guessing through a rate-limited door.
constexpr std::size_t kMac = 16;

std::string mac_of(personal::Vault& vault, std::string_view body) {
  const auto hash = vault.keyed_hash(0, "list-link", body);
  return {reinterpret_cast<const char*>(hash.data()), kMac};
}

}  // namespace

std::string write_door(personal::Vault& vault, const ListDoor& door) {
  std::string body;
  for (int shift = 8 * (kAccount - 1); shift >= 0; shift -= 8)
    body += static_cast<char>(static_cast<std::uint64_t>(door.account_id) >> shift & 0xFF);
  body += door.list.bytes();
  body += door.person.bytes();
  return crypto::to_base64url(body + mac_of(vault, body));
}

std::optional<ListDoor> read_door(personal::Vault& vault, std::string_view token) {
  const auto bytes = crypto::from_base64url(token);
  if (!bytes || bytes->size() != kBody + kMac) return std::nullopt;
  const auto body = std::string_view(*bytes).substr(0, kBody);
  if (!crypto::equal(mac_of(vault, body), std::string_view(*bytes).substr(kBody)))
    return std::nullopt;
  ListDoor door;
  for (const char byte : body.substr(0, kAccount))
    door.account_id = door.account_id << 8 | static_cast<unsigned char>(byte);
  door.list = base::Id::from_bytes(body.substr(kAccount, kList)).value_or(base::Id());
  door.person = Person::from_bytes(body.substr(kAccount + kList)).value();
  return door;
}

std::string joining_path(personal::Vault& vault, std::int64_t account_id, const base::Id& list) {
  return "/lists/" + write_door(vault, {account_id, list, Person()});
}

std::string leaving_path(personal::Vault& vault, const ListDoor& door) {
  return "/lists/" + write_door(vault, door) + "/leave";
}

}  // namespace outreach
