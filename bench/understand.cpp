// Answers understood per second on one core, and what that costs above the bare parsers: a UPS
// answer of ten events (JSON, beside simdjson) and the largest XML fixture that is built in (beside
// pugixml). Processor time of the thread, best of several passes.
#include <fmt/format.h>
#include <simdjson.h>

#include <cstring>
#include <ctime>
#include <pugixml.hpp>

#include "carriers/connector.h"
#include "figure.h"

namespace {

double seconds_of_thread() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Work>
double seconds_each(Work work) {
  constexpr int kPasses = 7, kTimes = 2000;
  double best = 1e18;
  for (int pass = 0; pass < kPasses; ++pass) {
    const double start = seconds_of_thread();
    for (int i = 0; i < kTimes; ++i) work();
    best = std::min(best, seconds_of_thread() - start);
  }
  return best / kTimes;
}

std::string ups_answer() {
  std::string body =
      R"({"trackResponse":{"shipment":[{"inquiryNumber":"1Z999AA10123456784","package":[{"trackingNumber":"1Z999AA10123456784","weight":{"unitOfMeasurement":"KGS","weight":"2.50"},"service":{"code":"011","description":"UPS Standard"},"activity":[)";
  for (int i = 0; i < 10; ++i) {
    body += fmt::format(
        R"({}{{"location":{{"address":{{"city":"Koeln","countryCode":"DE","country":"DE"}},"slic":"34{:02}"}},"status":{{"type":"I","description":"Departed from Facility","code":"DP","statusCode":"005"}},"date":"202403{:02}","time":"0450{:02}","gmtDate":"202403{:02}","gmtOffset":"+01:00","gmtTime":"03:50:{:02}"}})",
        i == 0 ? "" : ",", i, 28 - i, i, 28 - i, i);
  }
  return body + "]}]}]}}";
}

void measure_json(const carriers::Connector& ups) {
  const auto body = ups_answer();
  if (ups.understand(body, 200).reports.at(0).scans.size() != 10)
    std::fprintf(stderr, "the answer was not understood\n");
  std::size_t scans = 0;
  const double ours = seconds_each([&] { scans += ups.understand(body, 200).reports.size(); });
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(body);
  const double bare = seconds_each([&] { scans += parser.parse(padded).error() == 0; });
  bench::print("understand.ups_10_events", ours * 1e6, "microseconds", 100, bench::Bar::AtMost);
  bench::print("understand.ups_per_second", 1 / ours, "answers/s");
  bench::print("understand.ups_over_simdjson", ours / bare, "times");
  bench::print("understand.ups_bytes", static_cast<double>(body.size()), "bytes");
}

void measure_xml(const carriers::Connectors& all) {
  const carriers::Connector* connector = nullptr;
  const carriers::Fixture* largest = nullptr;
  for (const auto& one : all.all()) {
    for (const auto& fixture : one->fixtures()) {
      if (!fixture.name.ends_with(".xml") || fixture.http_status != 200) continue;
      if (largest != nullptr && fixture.body.size() <= largest->body.size()) continue;
      largest = &fixture;
      connector = one.get();
    }
  }
  if (largest == nullptr) return;
  std::size_t count = 0;
  const double ours =
      seconds_each([&] { count += connector->understand(largest->body, 200).reports.size(); });
  const double bare = seconds_each([&] {
    pugi::xml_document document;
    count += document.load_buffer(largest->body.data(), largest->body.size()) ? 1 : 0;
  });
  bench::print("understand.xml_per_second", 1 / ours, "answers/s");
  bench::print("understand.xml_over_pugixml", ours / bare, "times");
  bench::print("understand.xml_bytes", static_cast<double>(largest->body.size()), "bytes");
}

}  // namespace

// A folder of connectors may be named, to measure what is not built in.
int main(int argc, char** argv) {
  const auto connectors = carriers::Connectors::load(argc > 1 ? argv[1] : "").connectors;
  const auto* ups = connectors->find("ups");
  if (ups != nullptr) measure_json(*ups);
  measure_xml(*connectors);
}
