// What a security key, or whoever plays one, may send: CBOR, and COSE keys in it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/cbor.h"
#include "crypto/key.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto read = crypto::cbor::read(bytes)) {
    require(read->size <= size);
    (void)read->value.find(1);
    (void)read->value.find("authData");
  }
  std::size_t used = 0;
  if (const auto key = crypto::PublicKey::from_cose(bytes, &used)) {
    require(used <= size);
    const auto again = crypto::PublicKey::from_cose(key->cose());
    require(again && again->jwk() == key->jwk());
    require(!key->verify("message", bytes));
  }
  return 0;
}
