// Any bytes as an event's words: folding and judging never crash, folding twice changes nothing,
// and what explain() says of a verdict begins with by what it was decided.
#include <cstdlib>
#include <string_view>

#include "journey/fold.h"
#include "journey/understanding.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto folded = journey::fold(text);
  if (folded.size() > journey::Folded::kMost || journey::fold(folded) != folded) std::abort();
  const auto& understanding = journey::Understanding::builtin();
  const auto verdict = understanding.by_wording(text, "");
  if (verdict.confidence > 1000) std::abort();
  const auto why = understanding.explain(nullptr, "", "", text, "");
  if (!why.starts_with("by " + std::string(journey::name(verdict.by)))) std::abort();
  return 0;
}
