// Any text as a path, a time, a time's format, and a whole definition.
#include "carriers/definition.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const auto kDocument = [] {
    auto document = std::make_unique<carriers::Document>();
    (void)document->parse(carriers::Format::Json, R"({"a":{"b":[{"c":1},{"c":2}],"d":[]}})");
    return document;
  }();
  if (const auto path = carriers::Path::parse(bytes)) {
    path.value().each(*kDocument, carriers::kRoot, [](carriers::NodeId) { return false; });
  }
  carriers::TimeRules rules;
  carriers::read_time(bytes, rules, bytes, bytes);
  const auto line = bytes.find('\n');
  if (line != std::string_view::npos) {
    if (auto format = carriers::TimeFormat::parse(bytes.substr(0, line))) {
      rules.formats.push_back(std::move(format).value());
      carriers::read_time(bytes.substr(line + 1), rules, "", "");
    }
  }
  std::vector<carriers::DefinitionMistake> mistakes;
  carriers::parse_definition("fuzz", "fuzz", bytes, "code\ttext\tstatus\tsource\n", mistakes);
  return 0;
}
