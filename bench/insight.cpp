// The release gate: what noise costs, how long a question over a million rows takes, and how long
// the figures of its answer.
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "figure.h"
#include "insight/carrier_figures.h"
#include "insight/gate.h"
#include "store/migrations.h"

namespace {

using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point begin) {
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

void measure_noise() {
  constexpr int kDraws = 1'000'000;
  insight::KernelRandomness chance;
  const auto begin = Steady::now();
  std::int64_t sum = 0;
  for (int i = 0; i < kDraws; ++i) sum += insight::discrete_laplace({5, 2}, chance);
  bench::print("discrete Laplace, scale 5/2", seconds_since(begin) * 1e9 / kDraws, "ns");
  if (sum == 1) std::puts("");  // so that nothing is left out
}

std::vector<insight::Row> parcels(int count) {
  std::vector<insight::Row> rows;
  rows.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const int days = 1 + i % 7;
    // Three parcels a person, forty carriers.
    rows.push_back({"recipient " + std::to_string(i / 3),
                    "carrier" + std::to_string(i % 40),
                    {days, days * 5 / 7},
                    {}});
  }
  return rows;
}

void measure_gate(store::Database& database) {
  const base::SystemClock clock;
  insight::Gate gate(database, clock);
  const auto quarter = insight::Quarter::of(clock.now());
  const auto question = insight::transit_question(quarter, insight::Grouping::Carrier);
  const auto rows = parcels(1'000'000);
  auto begin = Steady::now();
  const auto answer = gate.ask(question, [&](store::Tx&) { return rows; });
  bench::print("a question over a million rows", seconds_since(begin), "s", 5, bench::Bar::AtMost);
  begin = Steady::now();
  for (int i = 0; i < 100; ++i) (void)gate.ask(question, [&](store::Tx&) { return rows; });
  bench::print("the same again", seconds_since(begin) / 100 * 1e3, "ms", 10, bench::Bar::AtMost);
  begin = Steady::now();
  const auto figures = insight::carrier_figures(quarter, answer.value());
  bench::print("the figures of forty carriers, with their bounds", seconds_since(begin) * 1e3, "ms",
               250, bench::Bar::AtMost);
  bench::print("carriers shown", static_cast<double>(figures.figures.size()), "of 40");
}

}  // namespace

int main() {
  auto folder = (std::filesystem::temp_directory_path() / "milepost-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  {
    store::Options options;
    options.url = "sqlite:" + folder + "/bench.db";
    const auto database = store::Database::open(options);
    store::migrate(*database, store::Schema::Main, base::SystemClock().now());
    measure_noise();
    measure_gate(*database);
    database->stop();
  }
  std::filesystem::remove_all(folder);
}
