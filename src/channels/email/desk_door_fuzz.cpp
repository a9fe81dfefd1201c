// Letters of strangers: never a crash, and what is read is bounded text.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text.h"
#include "channels/email/desk_door.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto letter = channels::email::read_desk_letter(bytes)) {
    if (letter->text.size() > 16'000 || letter->subject.size() > 500) __builtin_trap();
    if (!base::is_utf8(letter->text) || !base::is_utf8(letter->subject)) __builtin_trap();
  }
  return 0;
}
