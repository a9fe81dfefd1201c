// Speed of detection on one core, every format loaded: the whole of detect_into(), which is
// normalising, matching, check digits, ranking and the verdict. And the same numbers through the
// npm package ts-tracking-number in the same run, when it is installed (npm ci --prefix bench).
//
// Processor time of the thread, best of several passes: the machines that run this are shared.
#include "couriers/detect.h"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>

#include "couriers/formats.h"
#include "couriers/matcher.h"
#include "figure.h"
#include "labelled_numbers.h"

namespace {

double seconds_of_thread() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double nanoseconds_per_number(const couriers::Detector& detector,
                              const std::vector<std::string>& numbers, int passes) {
  couriers::Detection detection;
  double best = 1e18;
  std::size_t candidates = 0;
  for (int pass = 0; pass < passes; ++pass) {
    const double start = seconds_of_thread();
    for (const std::string& number : numbers) {
      detector.detect_into(number, {}, detection);
      candidates += detection.candidates.size();
    }
    best = std::min(best, seconds_of_thread() - start);
  }
  if (candidates == 0) std::fprintf(stderr, "nothing was detected\n");
  return best * 1e9 / static_cast<double>(numbers.size());
}

// Numbers of every shape in the table: its examples, and the same with other digits (whose check
// digits mostly disagree, which costs the same work).
std::vector<std::string> synthetic(const couriers::Formats& formats, std::size_t count) {
  std::vector<std::string> examples, numbers;
  for (const auto& format : formats.formats)
    for (std::string_view example : format.examples) examples.emplace_back(example);
  std::mt19937 random(1);
  while (numbers.size() < count) {
    std::string number = examples[random() % examples.size()];
    if (random() % 2 == 0)
      for (std::size_t i = number.size() / 2; i < number.size(); ++i)
        if (number[i] >= '0' && number[i] <= '9')
          number[i] = static_cast<char>('0' + random() % 10);
    numbers.push_back(std::move(number));
  }
  return numbers;
}

// 0 when the peer is not installed.
double peer_nanoseconds(const std::vector<std::string>& numbers) {
  const std::filesystem::path bench = std::filesystem::path(MILEPOST_SOURCE_DIR) / "bench";
  if (!std::filesystem::exists(bench / "node_modules/ts-tracking-number")) return 0;
  const auto file = std::filesystem::temp_directory_path() /
                    ("milepost_peer_" + std::to_string(std::random_device{}()) + ".txt");
  {
    std::ofstream out(file);
    for (const std::string& number : numbers) out << number << '\n';
  }
  const std::string command =
      "node '" + (bench / "peer/detect_peer.mjs").string() + "' '" + file.string() + "'";
  double nanoseconds = 0;
  if (FILE* peer = popen(command.c_str(), "r")) {
    if (std::fscanf(peer, "%lf", &nanoseconds) != 1) nanoseconds = 0;
    pclose(peer);
  }
  std::filesystem::remove(file);
  return nanoseconds;
}

void compare(const couriers::Detector& detector, const std::string& of,
             const std::vector<std::string>& numbers, int passes, int peer_share) {
  const double own = nanoseconds_per_number(detector, numbers, passes);
  bench::print("detect.nanoseconds." + of, own, "ns/number", 1000, bench::Bar::AtMost);
  bench::print("detect.per_second." + of, 1e9 / own, "detections/s", 1e6);
  std::vector<std::string> fewer;
  for (std::size_t i = 0; i < numbers.size(); i += static_cast<std::size_t>(peer_share))
    fewer.push_back(numbers[i]);
  const double peer = peer_nanoseconds(fewer);
  if (peer == 0) {
    std::fprintf(stderr, "skipped: peer not installed (npm ci --prefix bench)\n");
    return;
  }
  bench::print("detect.peer_nanoseconds." + of, peer, "ns/number");
  bench::print("detect.times_the_peer." + of, peer / own, "x", 20);
}

}  // namespace

int main() {
  double start = seconds_of_thread();
  const couriers::Catalogue catalogue;
  bench::print("detect.load_catalogue", (seconds_of_thread() - start) * 1e3, "ms");
  start = seconds_of_thread();
  const couriers::Detector detector(catalogue);
  bench::print("detect.load_formats", (seconds_of_thread() - start) * 1e3, "ms", 500,
               bench::Bar::AtMost);

  const couriers::Formats formats(catalogue);
  const couriers::Matcher matcher(formats.shapes);
  bench::print("detect.formats", static_cast<double>(formats.formats.size()), "formats");
  bench::print("detect.variants", static_cast<double>(formats.shapes.size()), "variants");
  bench::print("detect.matcher_bytes", static_cast<double>(matcher.bytes()), "bytes");

  compare(detector, "synthetic_million", synthetic(formats, 1'000'000), 3, 50);
  if (const auto rows = bench::labelled_numbers()) {
    std::vector<std::string> numbers;
    for (int i = 0; i < 50; ++i)
      for (const auto& row : *rows) numbers.push_back(row.number);
    compare(detector, "labelled", numbers, 5, 1);
  } else {
    std::fprintf(stderr, "skipped: no labelled numbers (set MILEPOST_SHARED)\n");
  }
}
