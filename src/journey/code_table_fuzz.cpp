// Any bytes as a table: parsing never crashes, and what was parsed answers any code and text.
#include <cstdlib>
#include <string>
#include <string_view>

#include "journey/understanding.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::string& tsv :
       {std::string(bytes), "code\ttext\tstatus\tsource\n" + std::string(bytes)}) {
    const auto table = journey::CodeTable::parse(tsv);
    if (!table) {
      if (table.error().says.empty() || table.error().line < 1) std::abort();
      continue;
    }
    const auto code = bytes.substr(0, size / 3), text = bytes.substr(size / 3);
    const bool is_known = table.value().find(code, text) != journey::Verdict{};
    if (is_known == table.value().explain(code, text).empty()) std::abort();
  }
  return 0;
}
