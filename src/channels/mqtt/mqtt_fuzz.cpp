// What a broker, or whoever sits on its port, may say.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "channels/mqtt/packets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  while (true) {
    const auto before = bytes.size();
    const auto said = channels::mqtt::take(bytes);
    if (!said || !*said) break;
    if (bytes.size() + 2 > before) std::abort();  // a packet has two bytes at least
  }
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (channels::mqtt::is_level(text))
    (void)channels::mqtt::publish(text, text, channels::mqtt::Retain::No, 1);
  return 0;
}
