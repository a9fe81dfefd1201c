// Any bytes: reading x12 never crashes, and what is read stays a tree whose nodes know their
// parents.
#include <cstdlib>

#include "carriers/document.h"
#include "carriers/formats/x12.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static carriers::Document document;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto read = document.parse(carriers::Format::X12, bytes);
  if (!read) {
    if (read.error().says.empty() || document.size() != 1) std::abort();
    return 0;
  }
  for (carriers::NodeId id = 1; id < document.size(); ++id)
    if (document[id].parent >= id) std::abort();
  // What acknowledges is itself an interchange.
  const auto answer = carriers::formats::acknowledge_x12(document, base::from_micros(0), 1);
  carriers::Document again;
  if (bytes.find_first_of("*~>") != bytes.npos && !answer.empty() && answer.find("ISA*00*") != 0)
    std::abort();
  return 0;
}
