#include "channels/push/encryption.h"

#include <array>
#include <stdexcept>

#include "base/random.h"
#include "crypto/aead.h"
#include "crypto/ecdh.h"
#include "crypto/hash.h"

namespace channels::push {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kSaltBytes = 16, kPaddedTo = 256;
constexpr std::string_view kRecordSize = "\x00\x00\x10\x00"sv;  // 4096

}  // namespace

std::string encrypt_with(const Subscription& to, std::string_view plain,
                         const crypto::PrivateKey& ephemeral, std::string_view salt,
                         std::size_t padding) {
  if (plain.size() + padding > kMostPlain)
    throw std::invalid_argument("too long for one push message");
  const auto secret = crypto::shared_secret(ephemeral, to.key());
  if (!secret) throw std::invalid_argument("web push agrees on secrets with keys of P-256");
  const auto mine = ephemeral.public_key().raw();

  // RFC 8291 3.4
  std::string info("WebPush: info\0"sv);
  info.append(to.key().raw()).append(mine);
  const auto material = crypto::hkdf_sha256(*secret, to.secret(), info, 32);
  const auto key = crypto::hkdf_sha256(material, salt, "Content-Encoding: aes128gcm\0"sv, 16);
  const auto nonce = crypto::hkdf_sha256(material, salt, "Content-Encoding: nonce\0"sv, 12);

  std::string record(plain);
  record += '\x02';  // the last record, and the only one
  record.append(padding, '\0');
  std::string body(salt);
  body += kRecordSize;
  body += static_cast<char>(mine.size());
  body += mine;
  body += crypto::seal_aes128gcm(key, nonce, record);
  return body;
}

std::string encrypt(const Subscription& to, std::string_view plain) {
  std::array<std::uint8_t, kSaltBytes> salt{};
  base::fill_random(salt);
  const auto padded = std::min((plain.size() / kPaddedTo + 1) * kPaddedTo, kMostPlain);
  return encrypt_with(to, plain, crypto::PrivateKey::generate(crypto::KeyKind::P256),
                      {reinterpret_cast<const char*>(salt.data()), salt.size()},
                      padded > plain.size() ? padded - plain.size() : 0);
}

}  // namespace channels::push
