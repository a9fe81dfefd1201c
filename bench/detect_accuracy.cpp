// How often detection is right, how often it is sure and wrong, and what it does with numbers whose
// check digit is broken. Reads labelled numbers: bench_detect_accuracy [file.csv] [--wrong]
#include <algorithm>
#include <cstring>
#include <map>

#include "couriers/detect.h"
#include "figure.h"
#include "labelled_numbers.h"

namespace {

using couriers::Verdict;

struct Count {
  int valid = 0, first = 0, first_three = 0, first_five = 0, confident = 0, confident_wrong = 0;
  int unknown = 0, broken = 0, broken_accepted = 0, broken_confident = 0;
  double confidence = 0;  // summed over the first candidates of valid numbers

  void print(const std::string& of) const {
    const auto share = [](int part, int whole) { return whole == 0 ? 0 : 100.0 * part / whole; };
    const bool total = of == "all";
    const auto bar = [&](double value) { return total ? std::optional(value) : std::nullopt; };
    bench::print("detect.top1." + of, share(first, valid), "%", bar(92));
    bench::print("detect.first_three." + of, share(first_three, valid), "%");
    bench::print("detect.first_five." + of, share(first_five, valid), "%", bar(98));
    bench::print("detect.wrong_while_confident." + of, share(confident_wrong, valid), "%", bar(1),
                 bench::Bar::AtMost);
    bench::print("detect.confident." + of, share(confident, valid), "%");
    bench::print("detect.unknown." + of, share(unknown, valid), "%");
    bench::print("detect.mean_confidence_of_first." + of, valid ? 100 * confidence / valid : 0,
                 "%");
    bench::print("detect.broken_confidently_accepted." + of, broken_confident, "numbers", bar(0),
                 bench::Bar::AtMost);
    bench::print("detect.broken_first_for_its_courier." + of, broken_accepted, "numbers");
    bench::print("detect.numbers." + of, valid + broken, "numbers");
  }
};

bool is_confident(Verdict verdict) {
  return verdict == Verdict::Certain || verdict == Verdict::Likely;
}

std::string slug(std::string text) {
  text = text.substr(0, text.find_first_of(" ("));
  std::ranges::replace(text, '/', '_');
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const bool show_wrong = argc > 1 && std::strcmp(argv[argc - 1], "--wrong") == 0;
  const char* path = argc > (show_wrong ? 2 : 1) ? argv[1] : nullptr;
  const auto rows = bench::labelled_numbers(path);
  if (!rows) {
    std::fprintf(stderr, "skipped: no labelled numbers (set MILEPOST_SHARED)\n");
    return 0;
  }
  const couriers::Catalogue catalogue;
  const couriers::Detector detector(catalogue);
  std::map<std::string, Count> counts;
  for (const auto& row : *rows) {
    const auto detection = detector.detect(row.number);
    const auto& candidates = detection.candidates;
    const auto at = std::ranges::find_if(
        candidates, [&](const auto& c) { return c.courier->code == row.courier; });
    const auto place = at - candidates.begin();
    const bool found = at != candidates.end();
    const bool confident = is_confident(detection.verdict);
    for (Count* count : {&counts["all"], &counts[slug(row.source)]}) {
      if (row.valid) {
        ++count->valid;
        count->first += found && place == 0;
        count->first_three += found && place < 3;
        count->first_five += found && place < 5;
        count->confident += confident;
        count->confident_wrong += confident && !(found && place == 0);
        count->unknown += candidates.empty();
        if (!candidates.empty())
          count->confidence += static_cast<double>(candidates.front().confidence);
      } else {
        ++count->broken;
        count->broken_accepted += found && place == 0 && detection.verdict != Verdict::Mistyped;
        count->broken_confident += found && place == 0 && confident;
      }
    }
    const bool right = row.valid ? found && place == 0 : !(found && place == 0 && confident);
    if (show_wrong && !right) {
      std::fprintf(stderr, "%-28s %-16s %d %-9s", row.number.c_str(), row.courier.c_str(),
                   row.valid, std::string(name(detection.verdict)).c_str());
      for (std::size_t i = 0; i < std::min<std::size_t>(6, candidates.size()); ++i)
        std::fprintf(stderr, " %s %.2f", std::string(candidates[i].courier->code).c_str(),
                     static_cast<double>(candidates[i].confidence));
      std::fprintf(stderr, "\n");
    }
  }
  for (const auto& [of, count] : counts) count.print(of);
}
