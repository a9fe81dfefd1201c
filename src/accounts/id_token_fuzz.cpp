// What a provider answers may be anything: it is read or refused.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "accounts/id_token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(bytes), size);
  const auto token = accounts::read_id_token(all, {"https://id.example", "us", "nonce"}, {});
  if (token && token->subject.empty()) std::abort();
  (void)accounts::read_discovery(all, "https://id.example").has_value();
  (void)accounts::read_token_answer(all).has_value();
  return 0;
}
