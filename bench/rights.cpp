// What the rights of people cost: the answer about 10,000 shipments, forgetting somebody with
// 1,000, and a night's batch of 100,000 that reach their age. SQLite, on disk, keys and all.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "figure.h"
#include "rights/access.h"
#include "rights/erasure.h"
#include "shipments/retention.h"
#include "shipments/testing.h"

namespace {

using Clock = std::chrono::steady_clock;
using shipments::testing::kAccount;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Instance : public shipments::testing::World {
 public:
  Instance() : World(store::testing::Engine::Sqlite) { vault->prepare(0); }

  void add(std::string_view address, int count) {
    while (count > 0) {
      const int batch = std::min(count, 500);
      std::vector<std::pair<shipments::Head, std::string>> rows;
      for (int i = 0; i < batch; ++i)
        rows.push_back(one(address, "1Z" + std::to_string(++number_)));
      main->write_now([&](store::Tx& tx) {
        for (const auto& [head, sealed] : rows) repository->insert(tx, head, sealed, clock.now());
        return 0;
      });
      count -= batch;
    }
  }

  // Sealed and ready to be stored.
  std::pair<shipments::Head, std::string> one(std::string_view address, std::string number) {
    auto h = head(std::move(number));
    h.subject = vault->new_subject_now(kAccount);
    shipments::Body body;
    const auto put = [](auto& field, std::string text) {
      field = std::remove_cvref_t<decltype(field)>(std::move(text), personal::Label());
    };
    put(body.customer_name, "Ann Lee");
    put(body.customer_email, std::string(address));
    put(body.recipient_postcode, "1011AB");
    put(body.title, "Shoes, size 38");
    const auto envelope = body.envelope();
    repository->note_addresses(h, envelope);
    return {h, repository->seal(h, envelope)};
  }

 private:
  std::int64_t number_ = 0;
};

// What half a year leaves behind: who opened what, and which message went where.
void live_in(Instance& instance, std::int64_t ledger_rows, std::int64_t deliveries) {
  instance.main->write_now([&](store::Tx& tx) {
    tx.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) INSERT INTO "
        "access_ledger SELECT $1, $3 + i, 1, 1, 1, 'v4.get', 50000000 + i % 100000, 1, 3 FROM n",
        kAccount, ledger_rows, instance.clock.now());
    tx.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) INSERT INTO "
        "delivery_log SELECT $1, $3 + i, randomblob(16), 'webhook', 1, randomblob(16), x'00', 1, "
        "'change', $3, 1, 0, '200', 900 FROM n",
        kAccount, deliveries, instance.clock.now());
  });
}

void access_and_forget(Instance& instance, std::string_view where) {
  instance.add("many@example.com", 10'000);
  auto start = Clock::now();
  const auto json = instance.main->read_now([&](store::Tx& tx) {
    const auto person = rights::find_person(tx, *instance.vault, "many@example.com");
    return rights::to_json(
        rights::report_on(tx, *instance.vault, *instance.ledger, person, {}, instance.clock.now()));
  });
  bench::print(fmt::format("access, 10,000 shipments{}", where), seconds_since(start), "s", 60,
               bench::Bar::AtMost);
  bench::print(fmt::format("access, size of its JSON{}", where),
               static_cast<double>(json.size()) / 1e6, "MB");

  instance.add("thousand@example.com", 1'000);
  const auto person = instance.main->read_now([&](store::Tx& tx) {
    return rights::find_person(tx, *instance.vault, "thousand@example.com");
  });
  rights::Eraser eraser(*instance.main, *instance.keys, *instance.vault, *instance.ledger,
                        instance.clock);
  start = Clock::now();
  const auto certificate = eraser.erase(person, rights::decide({}));
  bench::print(fmt::format("erasure with certificate, 1,000 shipments{}", where),
               seconds_since(start), "s", 1, bench::Bar::AtMost);
  if (!certificate.is_clean()) std::abort();
}

// Shops that go on creating, each waiting for its commit before its next one.
class Creators {
 public:
  explicit Creators(Instance& instance) : instance_(instance) {
    for (int i = 0; i < kThreads; ++i)
      threads_.emplace_back([this, i](const std::stop_token& stop) { create(stop, i); });
  }
  // How many a second, from now until `until` returns.
  template <class F>
  double rate_while(F until) {
    const auto before = count_.load();
    const auto start = Clock::now();
    until();
    return static_cast<double>(count_.load() - before) / seconds_since(start);
  }

 private:
  static constexpr int kThreads = 8;
  void create(const std::stop_token& stop, int who) {
    for (std::int64_t n = 0; !stop.stop_requested(); ++n) {
      const auto [head, sealed] = instance_.one("new@example.com", fmt::format("NEW{}X{}", who, n));
      instance_.main->write_now([&, &row = head, &bytes = sealed](store::Tx& tx) {
        return instance_.repository->insert(tx, row, bytes, instance_.clock.now());
      });
      ++count_;
    }
  }
  Instance& instance_;
  std::atomic<std::int64_t> count_ = 0;
  std::vector<std::jthread> threads_;
};

void night(int count) {
  Instance instance;
  instance.add("night@example.com", count);
  instance.clock.advance(std::chrono::days(180));
  Creators creators(instance);
  const auto quiet = [] { std::this_thread::sleep_for(std::chrono::seconds(10)); };
  const auto before = creators.rate_while(quiet);
  double taken = 0;
  const auto during = creators.rate_while([&] {
    const auto start = Clock::now();
    const auto swept =
        shipments::sweep_expired(*instance.main, *instance.vault, instance.clock.now());
    taken = seconds_since(start);
    if (swept.shipments != count) std::abort();
  });
  const auto after = creators.rate_while(quiet);
  bench::print("a night's batch, shipments", count, "shipments");
  bench::print("a night's batch, while others create", taken, "s", 600.0 * count / 100'000,
               bench::Bar::AtMost);
  bench::print("creates a second, before and after it", (before + after) / 2, "a second");
  bench::print("creates a second, during it", during, "a second");
  bench::print("creates are slowed by", 100 * (1 - during / ((before + after) / 2)), "%", 20,
               bench::Bar::AtMost);
}

}  // namespace

int main(int argc, char** argv) {
  {
    Instance instance;
    access_and_forget(instance, "");
  }
  {
    Instance instance;
    live_in(instance, 1'000'000, 300'000);
    access_and_forget(instance, ", beside a million ledger rows");
  }
  night(argc > 1 ? std::atoi(argv[1]) : 100'000);
}
