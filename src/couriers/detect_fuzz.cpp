// Any bytes: detection, scanning and explaining never crash, and a number that was detected is
// detected again from its normal form.
#include <cstdlib>
#include <string_view>

#include "couriers/detect.h"

namespace {
const couriers::Detector& detector() {
  static const couriers::Catalogue catalogue;
  static const couriers::Detector instance(catalogue);
  return instance;
}

void tell(const couriers::Detection& detection) {
  float sum = 0;
  for (const auto& candidate : detection.candidates) {
    sum += candidate.confidence;
    detector().explain(detection, candidate);
    detector().parts(detection, candidate);
  }
  if (sum > 1.001f) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto detection = detector().detect(text);
  tell(detection);
  if (detection.number == text) {
    const auto again = detector().detect(detection.number);
    if (again.number != detection.number || again.verdict != detection.verdict ||
        again.candidates.size() != detection.candidates.size())
      std::abort();
  }
  const auto once = detector().detect(detection.number);
  if (once.number.size() <= 48 && once.number != detection.number) std::abort();
  const couriers::Hints hints{text.substr(0, 2), text.substr(0, size / 2), {}};
  tell(detector().detect(text, hints));
  std::size_t last = 0;
  for (const auto& found : detector().scan(text)) {
    if (found.begin < last || found.end > size || found.begin >= found.end) std::abort();
    last = found.end;
    tell(found.detection);
  }
  return 0;
}
