#include "crypto/ecdh.h"

#include "crypto/openssl.h"

namespace crypto {

std::optional<std::string> shared_secret(const PrivateKey& mine, const PublicKey& theirs) {
  if (mine.kind() != KeyKind::P256 || theirs.kind() != KeyKind::P256) return std::nullopt;
  const QuietErrors quiet;
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, KeyState::of(mine), nullptr));
  std::string secret(32, '\0');
  std::size_t size = secret.size();
  must(context && EVP_PKEY_derive_init(context.get()) == 1 &&
           EVP_PKEY_derive_set_peer(context.get(), KeyState::of(theirs)) == 1 &&
           EVP_PKEY_derive(context.get(), bytes_of(secret), &size) == 1 && size == secret.size(),
       "agree on a secret");
  return secret;
}

}  // namespace crypto
