// bench_notify [SHOPS [EVENTS]]
//
// Webhooks a second, from the outbox to the log: each shop has one webhook, each change of one of
// its parcels is planned, its body made and signed, posted to a receiver on loopback in the same
// process, and the outcome written down. In turns with all receivers well and with one in ten that
// takes the connection and never answers: the others must hardly notice.
//
// "The others" are the same nine tenths in both rounds, with the same webhooks to get, and the
// figure is how many of those a second. Holding all webhooks of one round against those of the
// other would call it a loss of a tenth that the hanging tenth takes nothing, even when nobody else
// waited a moment longer; that ratio is printed, too, without a bar. Each round with hanging ones
// is held against the one beside it, since what else the machine does changes by the minute; which
// of the two comes first changes, too, and the figure is the median of the pairs.
//
// Against the HTTP client alone, posting bodies of the same size to the same receiver in the same
// run.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "api/v4/tracking_json.h"
#include "couriers/catalogue.h"
#include "figure.h"
#include "http/server.h"
#include "notify/dispatcher.h"
#include "notify/webhook_sender.h"
#include "own_process.h"
#include "shipments/testing.h"

namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;
using shipments::testing::World;

constexpr int kParcels = 40;  // a shop's
constexpr int kScans = 8;     // a parcel's
constexpr std::int64_t kFirstShop = 1000;
constexpr int kRounds = 5;

double since(steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

// A receiver that is well: counts and says yes.
struct Receiver {
  Receiver() {
    http::Router router;
    router.add("POST", "/hook", [this](http::Request r) -> base::Task<http::Response> {
      bytes = r.body().size();
      count.fetch_add(1, std::memory_order_relaxed);
      co_return http::text(200, "ok");
    });
    http::ServerOptions options;
    options.host = "127.0.0.1";
    options.port = 0;
    options.threads = 1;
    options.access_log = false;
    server = std::make_unique<http::Server>(options, std::move(router));
    server->start();
    url = fmt::format("http://127.0.0.1:{}/hook", server->port());
  }
  std::string url;
  std::atomic<std::int64_t> count = 0;
  std::atomic<std::size_t> bytes = 0;
  std::unique_ptr<http::Server> server;
};

// One that hangs: the kernel takes the connection, and nobody ever reads it.
struct Hanging {
  Hanging() {
    socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(socket, 4096);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    url = fmt::format("http://127.0.0.1:{}/hook", ntohs(address.sin_port));
  }
  ~Hanging() { ::close(socket); }
  int socket;
  std::string url;
};

struct Shop {
  std::int64_t account;
  std::vector<base::Id> parcels;
};

std::vector<Shop> open_shops(World& world, int count) {
  std::vector<Shop> shops;
  shipments::Ingest ingest(*world.main, *world.repository, *world.ledger);
  for (int s = 0; s < count; ++s) {
    Shop shop{kFirstShop + s, {}};
    world.add_account(shop.account);
    std::vector<shipments::Update> updates;
    for (int p = 0; p < kParcels; ++p) {
      shop.parcels.push_back(world.add(fmt::format("1Z{:05}{:07}", s, p), shop.account));
      std::vector<journey::Scan> scans;
      for (int k = 0; k < kScans; ++k) {
        scans.push_back(shipments::testing::scan(fmt::format("2026-01-0{}T10:00:00+01:00", k + 1),
                                                 "transit001", "Arrived at the sorting centre"));
      }
      updates.push_back(shipments::testing::says(shop.parcels.back(), std::move(scans),
                                                 world.clock.now(), shop.account));
    }
    base::sync_wait(ingest.take_all(std::move(updates)));
    shops.push_back(std::move(shop));
  }
  world.main->write_now([](store::Tx& tx) { return tx.execute("DELETE FROM outbox"); });
  return shops;
}

// So many changes of each shop, one parcel after the other.
void queue(World& world, const std::vector<Shop>& shops, int events, int first_version) {
  for (int from = 0; from < events; from += kParcels) {
    world.main->write_now([&](store::Tx& tx) {
      for (const auto& shop : shops) {
        for (int e = from; e < std::min(events, from + kParcels); ++e) {
          shipments::OutboxRow row;
          row.account_id = shop.account;
          row.shipment = shop.parcels[static_cast<std::size_t>(e % kParcels)];
          row.version = first_version + e / kParcels;
          row.status = journey::Status::Transit;
          row.created_at = world.clock.now() + std::chrono::microseconds(e);
          shipments::append_outbox(tx, row);
        }
      }
    });
  }
}

struct Measured {
  double per_second = 0, processor_us = 0;
  double others = 0;  // a second, of the nine tenths
};

class Bench {
 public:
  Bench(World& world, const couriers::Catalogue& catalogue)
      : world_(world),
        client_(client_options()),
        webhooks_({*world.vault, *world.ledger, world.clock}, true) {
    notify::WebhookSender::Options options;
    options.may_be_private = true;
    sender_ = std::make_unique<notify::WebhookSender>(
        notify::WebhookSender::Parts{
            client_,
            webhooks_,
            *world.repository,
            *world.ledger,
            world.clock,
            real_,
            [&catalogue](base::JsonWriter& json, const shipments::Shipment& shipment,
                         notify::BodyVersion, notify::ControllerAccess& access) {
              api::v4::write_tracking(json, shipment, catalogue, access);
            },
            {},
            {}},
        options);
  }
  static http::Client::Options client_options() {
    http::Client::Options options;
    options.calls = 1200;
    options.per_host = 300;
    return options;
  }
  void add(std::int64_t account, const std::string& url) {
    world_.main->write_now([&](store::Tx& tx) {
      return bool(webhooks_.add(tx, account, {url, {}, {}, {}}));
    });
  }
  void lead_to(std::int64_t account, const std::string& url) {
    world_.main->write_now([&](store::Tx& tx) {
      return bool(webhooks_.update(tx, account, 1, {url, {}, {}, {}}));
    });
  }
  // Until the nine tenths have got so many, and until all that are accepted are written down.
  Measured run(Receiver& receiver, std::int64_t others, std::int64_t accepted) {
    const auto before = receiver.count.load();
    const auto logged = world_.count("SELECT COUNT(*) FROM delivery_log");
    notify::Dispatcher dispatcher(*world_.main, world_.clock, {});
    dispatcher.add(webhooks_);
    dispatcher.add(channels::Channel::Webhook, *sender_);
    const double processor = bench::processor_seconds();
    const auto start = steady_clock::now();
    dispatcher.start();
    while (receiver.count - before < others && since(start) < 120) std::this_thread::sleep_for(1ms);
    Measured measured;
    measured.others = static_cast<double>(others) / since(start);
    while (world_.count("SELECT COUNT(*) FROM delivery_log") - logged < accepted &&
           since(start) < 120)
      std::this_thread::sleep_for(5ms);
    const auto n = static_cast<double>(accepted);
    measured.per_second = n / since(start);
    measured.processor_us = 1e6 * (bench::processor_seconds() - processor) / n;
    dispatcher.stop(0ms);
    client_.stop();
    dispatcher.finish();
    return measured;
  }

 private:
  World& world_;
  base::SystemClock real_;
  http::Client client_;
  notify::Webhooks webhooks_;
  std::unique_ptr<notify::WebhookSender> sender_;
};

// As before the first round.
void clear(World& world) {
  world.main->write_now([](store::Tx& tx) {
    tx.execute("DELETE FROM delivery_log");
    tx.execute("DELETE FROM deliveries");
    return tx.execute(
        "UPDATE lanes SET due_at = NULL, failures = 0, open_until = NULL, lease_owner = NULL, "
        "lease_until = NULL, failing_since = NULL");
  });
}

// Of the speeds, with the processor time of that round.
Measured median(std::vector<Measured> rounds) {
  std::ranges::sort(rounds, {}, &Measured::per_second);
  return rounds[rounds.size() / 2];
}

double median_ratio(const std::vector<Measured>& above, const std::vector<Measured>& below,
                    double Measured::*of) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < above.size(); ++i) ratios.push_back(above[i].*of / below[i].*of);
  std::ranges::sort(ratios);
  return ratios[ratios.size() / 2];
}

// The client alone, so many calls at the same time.
double bare(Receiver& receiver, int calls, std::size_t bytes) {
  http::Client client(Bench::client_options());
  std::atomic<int> left = calls, running = 0;
  const std::string body(bytes, 'b');
  auto caller = [&]() -> base::Task<void> {
    while (left.fetch_sub(1) > 0) {
      http::Call call;
      call.method = "POST";
      call.url = receiver.url;
      call.body = body;
      call.may_be_private = true;
      co_await client.call(std::move(call));
    }
    --running;
  };
  const auto start = steady_clock::now();
  for (int i = 0; i < 200; ++i) {
    ++running;
    base::spawn(caller());
  }
  while (running > 0) std::this_thread::sleep_for(1ms);
  const double took = since(start);
  client.stop();
  return calls / took;
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 100;
  const int events = argc > 2 ? std::atoi(argv[2]) : 200;
  const couriers::Catalogue catalogue;
  World world(store::testing::Engine::Sqlite);
  Receiver receiver, tenth;
  Hanging hanging;
  const auto shops = open_shops(world, count);
  {
    Bench bench(world, catalogue);
    for (const auto& shop : shops) bench.add(shop.account, receiver.url);
  }
  const auto all = std::int64_t{count} * events;
  const int hang = count / 10;
  const auto others = all - std::int64_t{hang} * events;
  // In turns, so that what else the machine does, and what the store has grown to, falls on both.
  std::vector<Measured> well_rounds, beside_rounds;
  for (int round = 0; round < kRounds; ++round) {
    for (const bool hangs : {round % 2 != 0, round % 2 == 0}) {
      clear(world);
      Bench bench(world, catalogue);
      for (int i = 0; i < hang; ++i) {
        bench.lead_to(shops[static_cast<std::size_t>(i) * 10].account,
                      hangs ? hanging.url : tenth.url);
      }
      queue(world, shops, events, 100);
      auto& rounds = hangs ? beside_rounds : well_rounds;
      rounds.push_back(bench.run(receiver, others, hangs ? others : all));
      fmt::print(stderr, "round {} {}: others {:.0f}/s, accepted {:.0f}/s, {:.1f} us\n", round,
                 hangs ? "hanging" : "well", rounds.back().others, rounds.back().per_second,
                 rounds.back().processor_us);
    }
  }
  const auto ratio = median_ratio(beside_rounds, well_rounds, &Measured::others);
  const auto accepted = median_ratio(beside_rounds, well_rounds, &Measured::per_second);
  const auto well = median(well_rounds), beside = median(beside_rounds);
  const auto alone = bare(receiver, static_cast<int>(all), receiver.bytes);
  bench::print("webhooks delivered a second, all receivers well", well.per_second, "1/s", 5000);
  bench::print("the same, one receiver in ten hanging", beside.per_second, "1/s", 5000);
  bench::print("the other nine in ten: beside hanging ones / beside well ones", ratio, "ratio",
               0.9);
  bench::print("all that were accepted, the same way (a tenth accepts nothing)", accepted, "ratio");
  bench::print("the HTTP client alone, bodies of the same size", alone, "1/s");
  bench::print("webhooks / the HTTP client alone", well.per_second / alone, "ratio");
  bench::print("processor time of a webhook, receiver included", well.processor_us, "us");
  bench::print("the same, one receiver in ten hanging", beside.processor_us, "us");
  bench::print("bytes of a webhook's body", static_cast<double>(receiver.bytes), "bytes");
  receiver.server->stop(500ms);
  tenth.server->stop(500ms);
}
