// Bytes from a database that somebody else may have written: as an envelope, and as a sealed value.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "personal/sealing.h"
#include "personal/wrap.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace personal;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  std::size_t seen = 0;
  EnvelopeReader reader(bytes);
  while (const auto entry = reader.next()) {
    seen += entry->value.size();
    if (entry->field == 0 || entry->label.source() > Source::Mailbox) std::abort();
  }
  if (seen > size) std::abort();
  if (is_well_formed_envelope(bytes) && reader.is_broken()) std::abort();

  static const Key key = [] {
    start_sodium();
    return random_key();
  }();
  const RowIdentity row{"shipments", 1, bytes.substr(0, size / 2)};
  std::string plain;
  if (looks_sealed(bytes) && unseal_bytes(key, row, 1, bytes, plain)) std::abort();

  const auto sealed = seal_bytes(key, row, 1, bytes);
  if (!looks_sealed(sealed) || !unseal_bytes(key, row, 1, sealed, plain) || plain != bytes) {
    std::abort();
  }
  return 0;
}
