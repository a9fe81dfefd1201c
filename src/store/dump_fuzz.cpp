// Any bytes are a dump or a DumpFault.
#include <cstddef>
#include <cstdint>

#include "store/dump.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  store::DumpHead head;
  try {
    store::check_dump(
        [&](std::size_t most) {
          const std::string part(rest.substr(0, most));
          rest.remove_prefix(part.size());
          return part;
        },
        head);
  } catch (const store::DumpFault&) {
  }
  return 0;
}
