// What an authenticator or a browser sends may be anything: it is read or refused.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "accounts/webauthn.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(bytes), size);
  const accounts::RelyingParty party{"example.org", "Example", {"https://example.org"}};
  constexpr std::string_view kCreate =
      R"({"type":"webauthn.create","challenge":"AAAA","origin":"https://example.org"})";
  constexpr std::string_view kGet =
      R"({"type":"webauthn.get","challenge":"AAAA","origin":"https://example.org"})";
  const std::string challenge(3, '\0');
  const auto made = accounts::verify_registration(party, challenge, kCreate, all);
  if (made && (made->id.empty() || !made->is_verified)) std::abort();
  if (accounts::verify_assertion(party, challenge, {std::string(all), 0}, kGet, all, all))
    std::abort();
  const auto client = accounts::read_client_data(all);
  if (client && accounts::verify_registration(party, client->challenge, all, all)) std::abort();
  (void)accounts::read_answer(all).has_value();
  return 0;
}
