// Any bytes as a server's answers, in pieces of any size: no crash, and no more than came in.
#include <cstdint>
#include <cstdlib>

#include "http/imap_wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t piece = size == 0 ? 1 : 1 + data[0] % 7;
  http::ImapWire wire(1 << 16);
  std::size_t seen = 0;
  while (!bytes.empty()) {
    wire.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (const auto answer = wire.next()) {
      seen += answer->line.size();
      for (const auto& literal : answer->literals) seen += literal.size();
    }
  }
  if (seen > size) std::abort();
  return 0;
}
