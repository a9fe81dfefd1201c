// What an identity provider may publish, alone and in a set; PEM and DER beside it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/jws.h"
#include "crypto/key.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using crypto::PublicKey;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& key :
       {PublicKey::from_jwk(text), PublicKey::from_pem(text), PublicKey::from_spki(text)}) {
    if (!key) continue;
    const auto again = PublicKey::from_jwk(key->jwk());
    require(again && again->thumbprint() == key->thumbprint());
  }
  if (const auto set = crypto::read_key_set(text)) {
    for (const auto& named : *set) require(PublicKey::from_jwk(named.key.jwk()).has_value());
  }
  (void)crypto::PrivateKey::from_pem(text);
  return 0;
}
