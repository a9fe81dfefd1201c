// What lies packed in a row, from any bytes: read or refused, and packed again it reads the same.
#include <cstdlib>

#include "shipments/packed_events.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto events = shipments::unpack_events(bytes);
  if (!events || events->empty()) return 0;
  const auto again = shipments::unpack_events(shipments::pack_events({}, *events));
  if (!again || again->size() != events->size()) std::abort();
  for (std::size_t i = 0; i < events->size(); ++i) {
    if ((*again)[i].happened != (*events)[i].happened) std::abort();
    if ((*again)[i].learnt_at != (*events)[i].learnt_at) std::abort();
  }
  return 0;
}
