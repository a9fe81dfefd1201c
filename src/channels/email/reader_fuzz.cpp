// Any bytes as a message and as a report to an address of ours: no crash, and nothing larger than
// what came in.
#include <cstdlib>

#include "channels/email/bounce.h"
#include "channels/email/encoding.h"
#include "channels/email/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace channels::email;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto message = read_message(bytes);
  std::size_t bodies = message.body.size();
  for (const auto& part : message.parts) bodies += part.body.size();
  if (bodies > size) std::abort();
  if (const auto* html = message.find("text/html");
      html != nullptr && html->decoded().size() > size)
    std::abort();
  for (const auto& [name, value] : message.headers) (void)decode_words(value);
  static const Verp verp(std::string(32, 'k'), "bounces.example");
  (void)read_bounce(verp.address("1f"), bytes, verp);
  (void)read_bounce(bytes, verp);
  (void)verp.id_in(bytes);
  return 0;
}
