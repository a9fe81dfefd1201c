// Any bytes: decoding never crashes, what was decoded is encoded and decoded to the same, and a
// report merges into it.
#include <cstdlib>
#include <string_view>

#include "journey/merge.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  journey::JourneyView view;
  journey::Journey journey, back;
  const bool is_read = journey::decode(bytes, journey);
  if (journey::decode_view(bytes, view) != is_read) std::abort();
  if (!is_read) return 0;
  if (!journey::decode(journey::encode(journey), back) || !(back == journey)) std::abort();
  journey::standing(journey);
  journey::Report report;
  report.courier_code = "ups";
  report.scans.resize(1);
  report.scans[0].description = "Seen";
  const journey::Context context{"ups", "1Z1", "", ""};
  journey::merge(journey, context, report, base::Instant{});
  journey::follow_up(journey, context);
  if (!journey::decode(journey::encode(journey), back) || !(back == journey)) std::abort();
  return 0;
}
