// Any bytes: reading edifact never crashes, and what is read stays a tree whose nodes know their
// parents.
#include <cstdlib>

#include "carriers/document.h"
#include "carriers/formats/edifact.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static carriers::Document document;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto read = document.parse(carriers::Format::Edifact, bytes);
  if (!read) {
    if (read.error().says.empty() || document.size() != 1) std::abort();
    return 0;
  }
  for (carriers::NodeId id = 1; id < document.size(); ++id)
    if (document[id].parent >= id) std::abort();
  static_cast<void>(carriers::formats::acknowledge_edifact(document, base::from_micros(0), 1));
  return 0;
}
