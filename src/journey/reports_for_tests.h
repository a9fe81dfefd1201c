// Reports for tests: short to write, and random ones of every kind.
#pragma once
#include <random>
#include <string>
#include <vector>

#include "journey/merge.h"
#include "journey/report.h"

namespace journey::testing {

inline base::Instant heard(int second) { return base::Instant(std::chrono::seconds(second)); }

inline Verdict known(std::string_view word) {
  Verdict v;
  v.kind = Verdict::Kind::Known;
  v.by = By::CarrierCode;
  v.confidence = 1000;
  if (const auto sub = parse_substatus(word)) {
    v.status = sub->status;
    v.substatus = sub->number;
  } else {
    v.status = parse_status(word).value();
  }
  return v;
}

// `word`: "transit001", "note", or "unknown".
inline Scan scan(std::string time, std::string_view word, std::string text) {
  Scan s;
  s.time = std::move(time);
  s.description = std::move(text);
  if (word == "note")
    s.verdict.kind = Verdict::Kind::Note;
  else if (word != "unknown")
    s.verdict = known(word);
  return s;
}

inline Report report(std::string courier, std::vector<Scan> scans) {
  Report r;
  r.courier_code = std::move(courier);
  r.scans = std::move(scans);
  return r;
}

struct Heard {
  Report report;
  base::Instant at;
};

// Reports of one imaginary shipment, as two carriers and an upstream could tell it: equal events in
// several reports, ids, cancellations, pieces, times with and without zone, everything said.
class Storyteller {
 public:
  explicit Storyteller(std::uint64_t seed) : random_(seed) {}

  std::vector<Heard> story(int reports);
  Report one();
  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  std::mt19937_64& random() { return random_; }

 private:
  Scan any_scan();
  std::string maybe(std::string text) { return below(4) == 0 ? text : std::string(); }
  std::mt19937_64 random_;
};

inline Scan Storyteller::any_scan() {
  static constexpr const char* kWords[] = {
      "inforeceived001", "transit001",     "transit002",   "transit003",   "transit007",
      "pickup001",       "delivered001",   "delivered003", "exception005", "exception011",
      "exception010",    "undelivered002", "unknown",      "note"};
  static constexpr const char* kOffsets[] = {"", "", "+01:00", "Z", "-05:00"};
  const auto time = "2026-03-0" + std::to_string(1 + below(6)) + "T1" + std::to_string(below(6)) +
                    ":00:00" + kOffsets[below(5)];
  const char* word = kWords[below(14)];
  auto s = scan(below(9) == 0 ? "" : (below(9) == 0 ? time.substr(0, 10) : time), word,
                below(3) == 0 ? "Seen!" : std::string("It is ") + word);
  if (below(8) == 0) s.kind = Scan::Kind::Expected;
  if (below(9) == 0) s.kind = Scan::Kind::Note;
  if (below(4) == 0) s.id = "e" + std::to_string(below(6));
  if (below(9) == 0) s.cancels = "e" + std::to_string(below(6));
  if (below(5) == 0) s.piece = std::to_string(1 + below(3));
  s.raw_code = maybe("C" + std::to_string(below(3)));
  s.place.city = maybe("Gent");
  s.place.country = maybe(below(2) == 0 ? "BE" : "NL");
  s.place.text = s.place.city;
  return s;
}

inline Report Storyteller::one() {
  static constexpr const char* kCouriers[] = {"ups", "ups", "bpost", "17track", "aftership"};
  const int who = below(5);
  auto r = report(kCouriers[who], {});
  r.is_repeating = who > 2;
  for (int n = below(7); n > 0; --n) r.scans.push_back(any_scan());
  r.is_whole = below(2) == 0;
  if (below(4) == 0) r.verdict = any_scan().verdict;
  r.status_words = maybe("As a whole " + std::to_string(below(2)));
  r.estimate = maybe("2026-03-0" + std::to_string(1 + below(9)));
  r.signed_by = maybe("JANSSENS" + std::to_string(below(2)));
  r.weight = maybe("1." + std::to_string(below(3)));
  r.weight_unit = "kg";
  r.pieces = maybe(std::to_string(below(4)));
  r.origin.country = maybe("US");
  r.destination.country = maybe("BE");
  r.destination.city = maybe("Gent");
  r.next_number = maybe("CD" + std::to_string(below(2)));
  r.next_courier = maybe("bpost");
  r.pickup_point = maybe("Kiosk");
  r.next_action = maybe("Bring the paper");
  if (below(6) == 0) r.quarantined.push_back({"<bad " + std::to_string(below(3)) + ">", "time"});
  return r;
}

inline std::vector<Heard> Storyteller::story(int reports) {
  std::vector<Heard> out;
  for (int i = 0; i < reports; ++i) out.push_back({one(), heard(1'770'000'000 + below(6))});
  return out;
}

}  // namespace journey::testing
