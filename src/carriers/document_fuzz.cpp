// Any bytes as JSON, XML and CSV: a sound tree or an error.
#include <cstdlib>

#include "carriers/document.h"

namespace {

void check(const carriers::Document& document) {
  for (carriers::NodeId id = 1; id < document.size(); ++id) {
    if (document[id].parent >= id) std::abort();
    if (document[id].kind == carriers::Node::Kind::Hollow && !document.text(id).empty())
      std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static carriers::Document document;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto format : {carriers::Format::Json, carriers::Format::Xml, carriers::Format::Csv}) {
    if (document.parse(format, bytes)) check(document);
  }
  return 0;
}
