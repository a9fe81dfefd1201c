// Any reports, cut from any bytes: merging never crashes, and in reverse order, with repetitions,
// ends in the same journey.
#include <cstdlib>
#include <string>
#include <vector>

#include "journey/merge.h"

namespace {

// Texts and choices off the front of the input; at its end everything is empty and zero.
class Input {
 public:
  Input(const unsigned char* data, std::size_t size) : data_(data), end_(data + size) {}
  unsigned byte() { return data_ == end_ ? 0U : *data_++; }
  std::string text() {
    std::string out;
    for (unsigned n = byte() % 24; n > 0 && data_ != end_; --n) out += static_cast<char>(byte());
    return out;
  }
  bool is_at_end() const { return data_ == end_; }

 private:
  const unsigned char *data_, *end_;
};

journey::Scan scan(Input& in) {
  journey::Scan s;
  const bool is_dated = in.byte() % 2 == 0;
  s.time = is_dated ? "2026-01-0" + std::to_string(in.byte() % 10) + "T1" +
                          std::to_string(in.byte() % 10) + ":00:00" + in.text()
                    : in.text();
  s.kind = static_cast<journey::Scan::Kind>(in.byte() % 3);
  s.description = in.text();
  s.raw_code = in.text();
  s.place.text = in.text();
  s.place.country = in.text();
  s.piece = in.text();
  s.id = in.text();
  s.cancels = in.text();
  s.verdict.kind = static_cast<journey::Verdict::Kind>(in.byte() % 3);
  s.verdict.status = static_cast<journey::Status>(in.byte() % 9);
  s.verdict.substatus = static_cast<int>(in.byte() % 12);
  return s;
}

journey::Report report(Input& in) {
  journey::Report r;
  r.courier_code = in.byte() % 2 == 0 ? "ups" : "bpost";
  r.is_repeating = in.byte() % 4 == 0;
  for (unsigned n = in.byte() % 5; n > 0; --n) r.scans.push_back(scan(in));
  r.estimate = in.text();
  r.weight = in.text();
  r.destination.country = in.text();
  r.next_number = in.text();
  r.status_words = in.text();
  r.verdict = scan(in).verdict;
  if (in.byte() % 4 == 0) r.quarantined.push_back({in.text(), in.text()});
  return r;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  Input in(data, size);
  std::vector<std::pair<journey::Report, base::Instant>> reports;
  while (!in.is_at_end() && reports.size() < 8) {
    const base::Instant at(std::chrono::seconds(in.byte() % 4));
    reports.emplace_back(report(in), at);
  }
  const journey::Context context{"ups", "1Z1", "", ""};
  journey::Journey forward, backward;
  for (const auto& [r, at] : reports) journey::merge(forward, context, r, at);
  for (auto i = reports.rbegin(); i != reports.rend(); ++i) {
    journey::merge(backward, context, i->first, i->second);
    journey::merge(backward, context, reports.front().first, reports.front().second);
  }
  if (!(forward == backward)) std::abort();
  journey::Journey back;
  if (!journey::decode(journey::encode(forward), back) || !(back == forward)) std::abort();
  return 0;
}
