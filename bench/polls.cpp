// bench_polls [SHIPMENTS]
//
// Polls a second, from the schedule to the commit: a store of shipments of all simulated carriers,
// every one due, the program's own wiring (app/work.h) on it, and `milepost simulate` beside it on
// the same processors. First answers: each brings a parcel's whole history. Then all are due again,
// and little is new. Against the bare limits: the same calls by the HTTP client alone, nothing
// understood or kept; and ingest alone with what those answers say. At the end, creates through the
// API that wait for the carrier.
//
// The bare limits and the filling happen in a child process, so that the peak of memory is that of
// a program at work.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <filesystem>
#include <thread>

#include "api/v4/endpoints.h"
#include "app/work.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "carriers/definition.h"
#include "figure.h"
#include "http/server.h"
#include "own_process.h"
#include "polls_world.h"

namespace {

using namespace std::chrono_literals;
using bench::BareCall, bench::Carriers, bench::SimulatorProcess;
using std::chrono::steady_clock;

constexpr int kAtOnce = 64;
constexpr int kCreates = 2000;
constexpr int kCreators = 4;

double since(steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

// ---- The bare limits

struct Bare {
  double polls_per_second = 0, ingests_per_second = 0;
};

using Take = std::function<void(const BareCall&, http::Reply&&)>;

// Every call once; shipments asked about a second.
double call_all(const std::vector<BareCall>& calls, int shipments, const Take& take) {
  http::Client client({});
  std::atomic<std::size_t> next = 0;
  std::atomic<int> failed = 0;
  const auto start = steady_clock::now();
  auto caller = [&]() -> base::Task<void> {
    for (std::size_t i = next++; i < calls.size(); i = next++) {
      auto reply = co_await client.call(calls[i].call);
      if (!reply) ++failed;
      if (reply && take) take(calls[i], std::move(*reply));
    }
  };
  std::vector<std::thread> callers;
  for (int i = 0; i < kAtOnce; ++i) callers.emplace_back([&] { base::sync_wait(caller()); });
  for (auto& one : callers) one.join();
  if (failed > 0)
    std::fprintf(stderr, "%d of %zu bare calls failed\n", failed.load(), calls.size());
  return shipments / since(start);
}

// What the answers say, to the shipments of a store of its own.
std::vector<shipments::Update> updates_of(const std::vector<BareCall>& calls,
                                          std::vector<http::Reply>& replies,
                                          const std::map<std::string, base::Id>& ids,
                                          std::int64_t account) {
  std::vector<shipments::Update> updates;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    auto understood = calls[i].connector->understand(replies[i].body, replies[i].status);
    for (auto& report : understood.reports) {
      const auto known =
          ids.find(fmt::format("{} {}", calls[i].connector->id(), report.tracking_number));
      if (known == ids.end()) continue;
      auto& update = updates.emplace_back();
      update.account_id = account;
      update.id = known->second;
      update.report = std::move(report);
      update.source = calls[i].connector->id();
      if (calls[i].parcels.size() == 1) update.raw = replies[i].body;
    }
  }
  return updates;
}

double ingest_all(app::Instance& instance, std::vector<shipments::Update> updates) {
  constexpr std::size_t kTogether = 256;
  shipments::Ingest ingest(*instance.database, *instance.shipments, *instance.ledger);
  std::atomic<std::size_t> next = 0;
  const auto start = steady_clock::now();
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&] {
      for (auto from = next.fetch_add(kTogether); from < updates.size();
           from = next.fetch_add(kTogether)) {
        const auto begin = updates.begin() + static_cast<std::ptrdiff_t>(from);
        const auto end = updates.begin() +
                         static_cast<std::ptrdiff_t>(std::min(from + kTogether, updates.size()));
        base::sync_wait(ingest.take_all({std::move_iterator(begin), std::move_iterator(end)}));
      }
    });
  }
  for (auto& caller : callers) caller.join();
  return static_cast<double>(updates.size()) / since(start);
}

Bare measure_bare(const SimulatorProcess& simulator, const std::string& folder, int count) {
  Carriers world(simulator);
  Bare bare;
  const auto calls = bench::calls_about(world, count);
  call_all(calls, count, {});  // the simulator writes its answers, and keeps them
  std::vector<http::Reply> replies(calls.size());
  bare.polls_per_second = call_all(calls, count, [&](const BareCall& call, http::Reply&& reply) {
    replies[static_cast<std::size_t>(&call - calls.data())] = std::move(reply);
  });
  {
    app::Instance instance(bench::config_in(folder + "/polls"));
    bench::fill(instance, world, bench::make_account(instance), count);
  }
  std::filesystem::copy(folder + "/polls", folder + "/ingest",
                        std::filesystem::copy_options::recursive);
  app::Instance instance(bench::config_in(folder + "/ingest"));
  std::map<std::string, base::Id> ids;
  const auto account = instance.accounts->list().front().account_id;
  instance.database->read_now([&](store::Tx& tx) {
    auto rows = tx.query(
        "SELECT p.connector, s.tracking_number, s.id FROM shipments s JOIN polls p ON p.account_id "
        "= "
        "s.account_id AND p.shipment_id = s.id");
    while (rows.next()) {
      ids[fmt::format("{} {}", rows.text(0), rows.text(1))] =
          base::Id::from_bytes(rows.blob(2)).value();
    }
  });
  bare.ingests_per_second = ingest_all(instance, updates_of(calls, replies, ids, account));
  return bare;
}

Bare measure_apart(const SimulatorProcess& simulator, const std::string& folder, int count) {
  int pipe[2];
  if (::pipe(pipe) != 0) std::abort();
  const auto child = ::fork();
  if (child == 0) {
    Bare bare;
    try {
      bare = measure_bare(simulator, folder, count);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "bench_polls: %s\n", error.what());
      ::_exit(1);
    }
    const auto written = ::write(pipe[1], &bare, sizeof bare);
    ::_exit(written == sizeof bare ? 0 : 1);
  }
  Bare bare;
  ::close(pipe[1]);
  const bool is_read = ::read(pipe[0], &bare, sizeof bare) == sizeof bare;
  ::waitpid(child, nullptr, 0);
  if (!is_read) throw std::runtime_error("the bare limits could not be measured");
  return bare;
}

// ---- The program at work

// What the metrics say of a name: the sum over its labels that contain `label`.
double metric(const base::Metrics& metrics, std::string_view name, std::string_view label = {}) {
  const auto text = metrics.text();
  double sum = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(name) || line.find(label) == std::string_view::npos) continue;
    if (line.size() == name.size() || (line[name.size()] != '{' && line[name.size()] != ' '))
      continue;
    sum += std::atof(std::string(line.substr(line.rfind(' ') + 1)).c_str());
  }
  return sum;
}

double polls_done(const base::Metrics& metrics) {
  return metric(metrics, "milepost_polling_polls_total");
}

// How long ingest took, from the buckets of its histogram, evenly within each.
struct Buckets {
  std::vector<std::pair<double, double>> counts;  // up to so many seconds: so many
  static Buckets of(const base::Metrics& metrics) {
    Buckets found;
    const auto text = metrics.text();
    constexpr std::string_view kName = "milepost_ingest_seconds_bucket{le=\"";
    for (auto at = text.find(kName); at != std::string::npos; at = text.find(kName, at + 1)) {
      const auto bound =
          text.substr(at + kName.size(), text.find('"', at + kName.size()) - at - kName.size());
      const auto value = text.find("} ", at);
      found.counts.emplace_back(bound == "+Inf" ? 1e9 : std::atof(bound.c_str()),
                                std::atof(text.c_str() + value + 2));
    }
    return found;
  }
  double quantile_ms(double q, const Buckets& before) const {
    const auto count = [&](std::size_t i) {
      return counts[i].second - (i < before.counts.size() ? before.counts[i].second : 0);
    };
    if (counts.empty()) return 0;
    const double wanted = q * count(counts.size() - 1);
    double low = 0, below = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (count(i) >= wanted && count(i) > below)
        return 1000 * (low + (std::min(counts[i].first, low * 4) - low) * (wanted - below) /
                                 (count(i) - below));
      low = counts[i].first;
      below = count(i);
    }
    return 0;
  }
};

// Until `count` more polls are done.
double polls_of(const std::string& name, app::Instance& instance, const SimulatorProcess& simulator,
                double from, double count) {
  const auto start = steady_clock::now();
  const double own = bench::processor_seconds(), its = simulator.processor_seconds();
  const auto buckets = Buckets::of(instance.metrics);
  double done = 0, took = 0;
  while (done < count && since(start) < took + 5) {
    std::this_thread::sleep_for(20ms);
    const double now = polls_done(instance.metrics) - from;
    if (now == done) continue;
    done = now;
    took = since(start);
  }
  if (done < count) bench::print(name + "_never_asked", count - done, "shipments");
  bench::print(name + "_per_second", done / took, "polls/s", 2000);
  const auto after = Buckets::of(instance.metrics);
  bench::print(name + "_ingest_p50", after.quantile_ms(.5, buckets), "ms");
  bench::print(name + "_ingest_p99", after.quantile_ms(.99, buckets), "ms", 50, bench::Bar::AtMost);
  bench::print(name + "_processor", 1e6 * (bench::processor_seconds() - own) / done, "us a poll");
  bench::print(name + "_simulator_processor", 1e6 * (simulator.processor_seconds() - its) / done,
               "us a poll");
  std::fflush(stdout);
  return done / took;
}

std::string create_json(const carriers::simulator::Parcel& parcel) {
  base::JsonWriter json;
  json.begin_object().key("tracking_number").value(parcel.number);
  json.key("courier_code").value(parcel.courier);
  json.key("destination_country").value(parcel.plan.destination->country);
  json.key("tracking_postal_code").value(parcel.plan.destination->zip).end_object();
  return std::move(json).text();
}

// Creates that wait for the carrier: milliseconds each, and how many came back with its answer.
void creates(app::Instance& instance, app::Work& work, Carriers& world, std::int64_t account,
             int from) {
  accounts::RateLimiter limiter(instance.clock());
  api::v4::Context context{
      *instance.database, *instance.shipments, *instance.accounts, limiter,
      *instance.ledger,   world.catalogue,     world.detector,     instance.clock(),
      work.live_lookup(), work.follow()};
  http::Router router;
  api::v4::add_routes(router, context);
  http::ServerOptions options;
  options.port = 0;
  options.access_log = false;
  http::Server server(options, std::move(router));
  server.start();
  const auto key =
      instance.accounts->create_key(account, "bench", accounts::kAllScopes, std::nullopt)->text;
  http::Client client({});
  std::atomic<int> next = from + 1, live = 0;
  std::array<std::vector<double>, kCreators> took;
  std::vector<std::thread> creators;
  for (std::size_t c = 0; c < kCreators; ++c) {
    creators.emplace_back([&, c] {
      for (int i = next++; i <= from + kCreates; i = next++) {
        http::Call call;
        call.method = "POST";
        call.url = fmt::format("http://127.0.0.1:{}/v4/trackings/create", server.port());
        call.headers = {{"Tracking-Api-Key", key}, {"Content-Type", "application/json"}};
        call.body = create_json(*world.parcels.parcel(-i));
        call.may_be_private = true;
        const auto start = steady_clock::now();
        const auto reply = base::sync_wait(client.call(std::move(call)));
        took[c].push_back(since(start) * 1000);
        if (reply && reply->body.find(R"("origin_info")") != std::string::npos &&
            reply->body.find(R"("delivery_status":"pending")") == std::string::npos)
          ++live;
      }
    });
  }
  for (auto& one : creators) one.join();
  std::vector<double> all;
  for (const auto& some : took) all.insert(all.end(), some.begin(), some.end());
  bench::print("create_live_p50", quantile(all, .5), "ms");
  bench::print("create_live_p99", quantile(all, .99), "ms", 5000, bench::Bar::AtMost);
  bench::print("create_live_answered", 100.0 * live / kCreates, "% with the carrier's answer");
  server.stop(2s);
}

void bench_polls(int count) {
  const SimulatorProcess simulator;
  const std::string folder = std::filesystem::absolute("bench-polls");
  const auto bare = measure_apart(simulator, folder, count);

  Carriers world(simulator);
  const auto config = bench::config_in(folder + "/polls");
  app::Instance instance(config);
  const auto account = instance.accounts->list().front().account_id;
  const auto due = static_cast<double>(instance.database->read_now([&](store::Tx& tx) {
    auto rows = tx.query("SELECT COUNT(*) FROM polls");
    return rows.next() ? rows.integer(0) : 0;
  }));
  shipments::Ingest::Options options;
  options.metrics = &instance.metrics;
  shipments::Ingest ingest(*instance.database, *instance.shipments, *instance.ledger, options);
  app::Work work(instance, config, world.shelf, world.catalogue, ingest, {world.settings, 1});
  work.start();
  const double first = polls_of("polls_first", instance, simulator, 0, due);
  const double before = polls_done(instance.metrics);
  instance.database->write_now([&](store::Tx& tx) {
    tx.execute("UPDATE polls SET due_at = $1, lease_until = NULL", instance.clock().now());
  });
  work.poller().wake();
  const double again = polls_of("polls_again", instance, simulator, before, due);
  bench::print("polls_memory_peak", bench::peak_mib(), "MiB", 300, bench::Bar::AtMost);
  for (const std::string_view outcome : {"changed", "unchanged", "not_found", "failed", "later"})
    bench::print(
        fmt::format("polls_{}", outcome),
        metric(instance.metrics, "milepost_polling_polls_total", fmt::format("\"{}\"", outcome)),
        "polls");
  bench::print("polls_bare_calls", bare.polls_per_second, "polls/s, the client alone");
  bench::print("polls_bare_ingest", bare.ingests_per_second, "updates/s, ingest alone");
  bench::print("polls_first_ratio_calls", first / bare.polls_per_second, "of the client alone");
  bench::print("polls_first_ratio_ingest", first / bare.ingests_per_second, "of ingest alone");
  bench::print("polls_again_ratio_calls", again / bare.polls_per_second, "of the client alone");
  std::fflush(stdout);
  creates(instance, work, world, account, count);
  work.stop();
}

}  // namespace

int main(int argc, char** argv) {
  base::open_log("", base::LogForm::Text, base::Level::Error);
  const int count = argc > 1 ? std::atoi(argv[1]) : 50'000;
  if (count < 1 || count + kCreates > bench::kMostParcels) {
    std::fprintf(stderr, "bench_polls [SHIPMENTS], at most %d\n", bench::kMostParcels - kCreates);
    return 2;
  }
  try {
    bench_polls(count);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_polls: %s\n", error.what());
    return 1;
  }
  return 0;
}
