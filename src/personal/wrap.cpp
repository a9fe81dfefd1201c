#include "personal/wrap.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "base/random.h"

namespace personal {
namespace {

static_assert(kNonceBytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(Key::kBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(Key::kBytes == crypto_kdf_KEYBYTES);

using IdentityBytes = std::array<std::uint8_t, 1 + 1 + 8 + 8>;

// Fixed width throughout, so that two identities never encode alike.
IdentityBytes encode(const KeyIdentity& identity) {
  IdentityBytes out{};
  out[0] = 1;  // the form of this encoding
  out[1] = static_cast<std::uint8_t>(identity.kind);
  for (std::size_t i = 0; i < 8; ++i) {
    out[2 + i] =
        static_cast<std::uint8_t>(static_cast<std::uint64_t>(identity.account_id) >> (8 * i));
    out[10 + i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(identity.slot) >> (8 * i));
  }
  return out;
}

}  // namespace

void start_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start on this machine");
}

WrappedKey wrap(const Key& under, const KeyIdentity& identity, const Key& key, const Nonce& nonce) {
  WrappedKey out;
  std::copy(nonce.begin(), nonce.end(), out.begin());
  const auto bound = encode(identity);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + kNonceBytes, nullptr, key.data(),
                                             Key::kBytes, bound.data(), bound.size(), nullptr,
                                             nonce.data(), under.data());
  return out;
}

bool unwrap(const Key& under, const KeyIdentity& identity, std::string_view wrapped, Key& key) {
  if (wrapped.size() != std::tuple_size_v<WrappedKey>) return false;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(wrapped.data());
  const auto bound = encode(identity);
  return crypto_aead_xchacha20poly1305_ietf_decrypt(
             key.data(), nullptr, nullptr, bytes + kNonceBytes, wrapped.size() - kNonceBytes,
             bound.data(), bound.size(), bytes, under.data()) == 0;
}

Key random_key() {
  Key key;
  base::fill_random({key.data(), Key::kBytes});
  return key;
}

Nonce random_nonce() {
  Nonce nonce;
  base::take_random(nonce);
  return nonce;
}

Key derive(const Key& from, Derived use) {
  Key key;
  crypto_kdf_derive_from_key(key.data(), Key::kBytes, static_cast<std::uint64_t>(use), "milepost",
                             from.data());
  return key;
}

}  // namespace personal
