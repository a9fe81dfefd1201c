// Tokens as strangers write them. The key that checks them is known to nobody: none may pass.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/base64.h"
#include "crypto/jws.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace crypto;
  static const auto p256 = PrivateKey::generate(KeyKind::P256).public_key();
  static const auto ed25519 = PrivateKey::generate(KeyKind::Ed25519).public_key();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto jws = Jws::parse(text)) {
    require(!jws->verify(p256));
    require(!jws->verify(ed25519));
  }
  if (const auto bytes = from_base64url(text)) require(to_base64url(*bytes) == text);
  if (const auto bytes = from_base64(text)) require(from_any_base64(text) == bytes);
  return 0;
}
