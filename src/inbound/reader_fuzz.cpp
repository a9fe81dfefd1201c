// Any bytes, to any connector: from the document to the reports nothing crashes, what cannot be
// read says why, and every time that is given has its year once the receipt is known.
#include <cstdlib>

#include "inbound/numbers.h"
#include "inbound/reader.h"
#include "inbound/signature.h"
#include "inbound/years.h"

namespace {

const carriers::Connectors& connectors() {
  static const auto loaded = carriers::Connectors::load({});
  return *loaded.connectors;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0 || connectors().all().empty()) return 0;
  const auto& all = connectors().all();
  const auto& connector = *all[data[0] % all.size()];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  // 2026-06-01: a year after which no 29th of February is near.
  const auto received = base::from_micros(1'780'315'200'000'000);
  auto reading = inbound::read_document(connectors(), connector.id(), bytes, received);
  if (!reading) std::abort();
  if (reading->understood.reports.empty() && reading->understood.errors.empty()) std::abort();
  for (auto& report : reading->understood.reports) {
    static_cast<void>(inbound::number_forms(report.tracking_number));
    inbound::settle_years(report, received);
    for (const auto& scan : report.scans)
      if (scan.time.starts_with("--") && !scan.time.starts_with("--02-29")) std::abort();
  }
  static_cast<void>(inbound::credentials_in(bytes));
  return 0;
}
