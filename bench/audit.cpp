// The audit log: how many entries a second go all the way, from the transaction of an act to the
// signed head over them, and what a proof costs whoever checks it.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "audit/log.h"
#include "figure.h"
#include "store/migrations.h"

namespace {

using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point begin) {
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

constexpr int kDesks = 8;

// Transactions of ten entries each, as busy desks write them, while the tree is grown beside them.
void measure_appends(audit::Log& log, store::Database& database, int entries) {
  const std::string payload = R"({"case":"0198f0c2a7e37d1e9c1b","by":17,"step":"answered"})";
  const auto begin = Steady::now();
  std::vector<std::thread> desks;
  for (int desk = 0; desk < kDesks; ++desk) {
    desks.emplace_back([&] {
      for (int done = 0; done < entries / kDesks; done += 10) {
        auto work = [&](store::Tx& tx) {
          for (int i = 0; i < 10; ++i) log.append(tx, {1001, "case.answered", 5, payload});
          return 0;
        };
        database.write_now(work);
      }
    });
  }
  std::atomic<bool> is_over = false;
  std::thread taker([&] {
    while (!is_over || log.integrate() > 0) log.integrate();
  });
  for (auto& desk : desks) desk.join();
  is_over = true;
  taker.join();
  bench::print("audit: entries a second, durable, ten to a commit, in a signed tree",
               entries / seconds_since(begin), "1/s", 10'000);
}

void measure_proofs() {
  constexpr std::uint64_t kSize = 1 << 16;
  audit::Appender tree(0, [](int, std::uint64_t) { return std::nullopt; });
  for (std::uint64_t i = 0; i < kSize; ++i) tree.append("entry " + std::to_string(i));
  audit::TiledTree tiles([&](int level, std::uint64_t number) -> std::optional<std::string> {
    return tree.changed().at({level, number});
  });
  const auto root = tree.root();
  const auto proof = audit::inclusion_proof(4711, kSize, tiles.as_subtree());
  const auto leaf = audit::leaf_hash("entry 4711");
  int good = 0;
  const auto begin = Steady::now();
  constexpr int kTimes = 10'000;
  for (int i = 0; i < kTimes; ++i) good += audit::is_included(leaf, 4711, kSize, proof, root);
  bench::print("audit: checking a proof of inclusion among 65,536",
               seconds_since(begin) / kTimes * 1e6, "us", 1000, bench::Bar::AtMost);
  if (good != kTimes) bench::print("audit: proofs that did not hold", kTimes - good, "", 0);
}

}  // namespace

int main() {
  const base::SystemClock clock;
  store::Options options;
  options.url = "sqlite:" + (std::filesystem::current_path() / "audit.db").string();
  const auto database = store::Database::open(options);
  store::migrate(*database, store::Schema::Main, clock.now());
  const audit::Signer signer("milepost/bench", std::string(32, 's'));
  audit::Log log(*database, signer, clock);
  measure_appends(log, *database, 100'000);
  const auto begin = Steady::now();
  const bool is_sound = log.verify_all().is_sound();
  bench::print("audit: entries a second verified", 100'000 / seconds_since(begin), "1/s");
  measure_proofs();
  return is_sound ? 0 : 1;
}
