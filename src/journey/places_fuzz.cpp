// Any text: places, countries and times never crash, and folding is done once and for all.
#include <cstdlib>
#include <string_view>

#include "journey/place_names.h"
#include "journey/places.h"
#include "journey/weight.h"
#include "journey/written_time.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto once = journey::places::fold(text);
  if (journey::places::fold(once) != once) std::abort();
  journey::places::country_code(text, text.substr(0, 2));
  const auto half = text.substr(0, size / 2);
  journey::places::zone_of({text, {}, {}, {}, {}});
  journey::places::zone_of({text, half, text.substr(size / 2), {}, "US"});
  journey::places::offset_of(text, {{}, {}, {}, {}, "BE"});
  journey::kilograms(text);
  return 0;
}
