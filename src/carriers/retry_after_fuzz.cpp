// Any header: never a crash, and never longer than a day or into the past.
#include <cstdlib>

#include "carriers/retry_after.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto now = base::from_micros(1'767'225'600'000'000);
  const auto until = carriers::parse_retry_after({reinterpret_cast<const char*>(data), size}, now);
  if (until && (*until < now || *until > now + std::chrono::hours(24))) std::abort();
  return 0;
}
