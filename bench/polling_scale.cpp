// bench_polling_scale [SHIPMENTS [SECONDS]]
//
// A million active shipments in a SQLite store, the real poller on it at the steady rate of four
// calls a day each, answers from a fake carrier (one in six brings an event, as in life): resident
// memory and share of a processor, ingest included.

#include <thread>

#include "figure.h"
#include "own_process.h"
#include "polling/poller.h"
#include "shipments/testing.h"

namespace {

using namespace std::chrono_literals;
using shipments::testing::World;

class FakeCarriers final : public polling::Carriers {
 public:
  static constexpr int kConnectors = 24;
  FakeCarriers() {
    for (int i = 0; i < kConnectors; ++i) names_.push_back(fmt::format("carrier-{}", i));
  }
  std::vector<std::string> connectors() override { return names_; }
  std::string connector_for(std::string_view) override { return names_.front(); }
  polling::Means means(std::string_view) override {
    polling::Means means;
    means.free = 8;
    return means;
  }
  base::Task<std::vector<polling::Heard>> ask(std::string,
                                              std::vector<shipments::Shipment> asked) override {
    std::vector<polling::Heard> all(asked.size());
    for (auto& heard : all) {
      heard.outcome = polling::Heard::Outcome::Report;
      heard.reports.emplace_back();
      heard.reports[0].courier_code = "ups";
      if (calls++ % 6 != 0) continue;
      heard.reports[0].scans.push_back(
          shipments::testing::scan("2026-01-01T10:00:00+01:00", "transit001", "Arrived"));
      heard.raw = std::string(2000, 'r');
    }
    co_return all;
  }
  const std::vector<std::string>& names() const { return names_; }
  std::atomic<std::int64_t> calls = 0;

 private:
  std::vector<std::string> names_;
};

void fill(World& world, const FakeCarriers& carriers, int count, const base::Clock& clock) {
  const auto now = clock.now();
  constexpr auto kSpread = 6h;
  for (int done = 0; done < count;) {
    const int end = std::min(count, done + 10'000);
    world.main->write_now([&](store::Tx& tx) {
      for (int i = done; i < end; ++i) {
        const auto head = world.head(fmt::format("1Z{:012}", i));
        world.repository->insert(tx, head, {}, now);
        // The mix of a running shop: in transit, asked some time ago, due within six hours.
        const auto ahead = std::chrono::microseconds(kSpread) * i / count;
        polling::on_created(tx, head, carriers.names()[static_cast<std::size_t>(i) * 7919 % 24],
                            now, now + ahead);
        tx.enqueue(
            "UPDATE polls SET stage = 1, asked_at = $3, newest_at = $4, picked_up_at = $4 WHERE "
            "account_id = $1 AND shipment_id = $2",
            head.account_id, store::Blob{head.id.bytes()}, now + ahead - 6h, now - 20h);
      }
    });
    done = end;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 60;
  World world(store::testing::Engine::Sqlite);
  const base::SystemClock clock;
  FakeCarriers carriers;
  fill(world, carriers, count, clock);
  world.main->checkpoint();
  // As a fresh process would open it.
  world.ledger.reset();
  world.main.close();
  world.ledger = std::make_unique<personal::Ledger>(*world.main, world.clock);

  shipments::Ingest ingest(*world.main, *world.repository, *world.ledger);
  polling::Poller poller({*world.main, *world.repository, ingest, carriers, clock}, {});
  poller.start();
  std::this_thread::sleep_for(5s);  // the first prices, and what became due while filling
  const double before = bench::processor_seconds();
  const auto calls = carriers.calls.load();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  const double used = bench::processor_seconds() - before;
  const double made = static_cast<double>(carriers.calls - calls);
  const double resident = bench::resident_mib();
  poller.stop(5s);
  bench::print("polling_scale_active", count, "shipments");
  bench::print("polling_scale_calls", made / seconds, "calls/s");
  bench::print("polling_scale_steady", count * 4.0 / 86400, "calls/s");
  bench::print("polling_scale_processor", 100 * used / seconds, "% of a core", 5,
               bench::Bar::AtMost);
  bench::print("polling_scale_processor_a_call", 1e6 * used / made, "us");
  bench::print("polling_scale_memory", resident, "MiB", 200, bench::Bar::AtMost);
  return 0;
}
