// Any bytes, to any connector: never a crash, never a hang, and what is understood is sound. The
// first byte chooses the connector, the second one of its fixtures, the rest is laid over it.
#include <cstdlib>

#include "carriers/connector.h"

namespace {

void check(const carriers::Understood& understood) {
  for (const auto& report : understood.reports) {
    for (const auto& scan : report.scans) {
      if (!scan.time.empty() && scan.time.size() < 7) std::abort();
      if (scan.description.empty() && scan.raw_code.empty() && scan.detail.empty()) std::abort();
    }
  }
  if (understood.reports.empty() && understood.errors.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto kConnectors = carriers::Connectors::load("").connectors;
  if (size < 4 || kConnectors->all().empty()) return 0;
  const auto& connector = *kConnectors->all()[data[0] % kConnectors->all().size()];
  const std::string_view rest(reinterpret_cast<const char*>(data) + 4, size - 4);
  check(connector.understand(rest, 200));
  if (connector.fixtures().empty()) return 0;
  auto body = connector.fixtures()[data[1] % connector.fixtures().size()].body;
  const std::size_t at = (data[2] * 256u + data[3]) % (body.size() + 1);
  body.replace(at, std::min(rest.size(), body.size() - at), rest);
  check(connector.understand(body, 200));
  return 0;
}
