// Merging, storing and reading journeys; and a million random orders of arrival that must end in
// equal shipments.
#include "journey/merge.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "figure.h"
#include "journey/places.h"
#include "journey/reports_for_tests.h"

namespace {

using journey::Journey, journey::Report;
using namespace journey::testing;

const journey::Context kContext{"usps", "9400", "", ""};

// An answer as posts give it: every part of a place, codes, no offsets.
Report answer(int events) {
  static constexpr const char* kWords[] = {"inforeceived001", "transit001", "transit002",
                                           "transit002",      "transit003", "pickup001"};
  auto r = report("usps", {});
  for (int e = events - 1; e >= 0; --e) {
    auto s = scan(fmt::format("2026-03-{:02}T{:02}:15:00", 1 + e, 8 + e), kWords[e % 6],
                  fmt::format("Arrived at the regional sorting facility, step {}", e));
    s.raw_code = "A1";
    s.place = {"LAUREL, MD, 20707, US", "LAUREL", "MD", "20707", "US"};
    r.scans.push_back(std::move(s));
  }
  r.estimate = "2026-03-15";
  r.weight = "1.2";
  r.weight_unit = "KG";
  r.service = "Priority Mail";
  return r;
}

// Of the processor's time, because it is all pure work and others may be at work beside it.
double now() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

template <class F>
double nanoseconds(int times, F&& work) {
  const double begin = now();
  for (int i = 0; i < times; ++i) work(i);
  return (now() - begin) / times;
}

void measure_merge() {
  const auto ten = answer(10), eleven = answer(11);
  Journey of_ten;
  journey::merge(of_ten, kContext, ten, heard(1'770'000'000));
  const auto bytes = journey::encode(of_ten);
  bench::print("bytes of a journey of 10 events", static_cast<double>(bytes.size()), "bytes", 2048,
               bench::Bar::AtMost);
  bench::print("merge: 10 events into nothing",
               nanoseconds(20'000,
                           [&](int i) {
                             Journey j;
                             journey::merge(j, kContext, ten, heard(i));
                           }),
               "ns");
  bench::print(
      "merge: the same 10 events again",
      nanoseconds(100'000,
                  [&](int i) { journey::merge(of_ten, kContext, ten, heard(1'770'000'000 + i)); }),
      "ns");
  double total = 0;
  constexpr int kTimes = 20'000;
  for (int i = 0; i < kTimes; ++i) {
    Journey j;
    journey::decode(bytes, j);
    total +=
        nanoseconds(1, [&](int) { journey::merge(j, kContext, eleven, heard(1'770'000'001)); });
  }
  bench::print("merge: an eleventh event", total / kTimes, "ns");
  const double whole = nanoseconds(20'000, [&](int) {
    Journey j;
    journey::decode(bytes, j);
    journey::merge(j, kContext, eleven, heard(1'770'000'001));
    if (journey::encode(j).empty()) std::abort();
  });
  bench::print("decode, merge an eleventh, encode", 1e9 / whole, "a second", 50'000);
}

void measure_storage() {
  Journey j;
  journey::merge(j, kContext, answer(10), heard(1'770'000'000));
  const auto bytes = journey::encode(j);
  bench::print("encode",
               nanoseconds(100'000,
                           [&](int) {
                             if (journey::encode(j).empty()) std::abort();
                           }),
               "ns");
  bench::print("decode",
               nanoseconds(100'000,
                           [&](int) {
                             Journey out;
                             if (!journey::decode(bytes, out)) std::abort();
                           }),
               "ns");
  bench::print("decode_view",
               nanoseconds(200'000,
                           [&](int) {
                             journey::JourneyView out;
                             if (!journey::decode_view(bytes, out)) std::abort();
                           }),
               "ns", 2'000, bench::Bar::AtMost);
}

void measure_places() {
  const journey::places::Where laurel{"", "Knoxville", "TN", "", "US"};
  const journey::places::Where line{"MEMPHIS, TN, US", "", "", "", ""};
  bench::print("places: first call",
               nanoseconds(1,
                           [&](int) {
                             if (journey::places::zone_of(laurel).empty()) std::abort();
                           }) /
                   1e6,
               "ms");
  bench::print("places: zone of a town",
               nanoseconds(200'000,
                           [&](int) {
                             if (journey::places::zone_of(laurel).empty()) std::abort();
                           }),
               "ns", 1'000, bench::Bar::AtMost);
  bench::print("places: zone of a line",
               nanoseconds(200'000,
                           [&](int) {
                             if (journey::places::zone_of(line).empty()) std::abort();
                           }),
               "ns", 1'000, bench::Bar::AtMost);
  bench::print("places: offset of a time in a town",
               nanoseconds(200'000,
                           [&](int) {
                             if (!journey::places::offset_of("2026-07-01T12:00:00", laurel))
                               std::abort();
                           }),
               "ns", 1'000, bench::Bar::AtMost);
}

// Gives how many orders ended otherwise.
int count_different(int orders, int& taken) {
  Storyteller teller(42);
  int different = 0;
  for (taken = 0; taken < orders;) {
    auto reports = teller.story(2 + teller.below(5));
    Journey expected;
    for (const auto& r : reports) journey::merge(expected, kContext, r.report, r.at);
    for (int n = 0; n < 50 && taken < orders; ++n, ++taken) {
      std::ranges::shuffle(reports, teller.random());
      Journey j;
      for (const auto& r : reports) journey::merge(j, kContext, r.report, r.at);
      if (!(j == expected)) ++different;
    }
  }
  return different;
}

}  // namespace

int main() {
  measure_places();
  measure_merge();
  measure_storage();
  const char* given = std::getenv("BENCH_ORDERS");
  int taken = 0;
  const int different = count_different(given != nullptr ? std::atoi(given) : 1'000'000, taken);
  bench::print("random orders of arrival", taken, "orders");
  bench::print("of these, ended otherwise", different, "orders", 0, bench::Bar::AtMost);
}
