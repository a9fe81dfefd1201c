#include <csignal>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "carriers/definition.h"
#include "carriers/simulator/simulator.h"

namespace app {
namespace {

namespace sim = carriers::simulator;

struct SimulateOptions {
  std::uint16_t port = 8090;
  int speed = 1;
  std::string faults, samples;
  std::vector<std::string> carriers;
  std::uint64_t seed = 1;
  double minutes = 50;
  int show = 12;
};

std::string outline(const sim::Parcel& parcel, base::Instant now) {
  std::string_view state = "not handed over";
  for (const auto& step : parcel.plan.steps) {
    if (step.visible <= now) state = journey::name(step.status);
  }
  return std::string(state);
}

void tell(const sim::Parcels& parcels, const sim::Simulator& simulator, base::Instant now,
          const SimulateOptions& options, bool as_json) {
  const auto until = parcels.registered_until(now);
  if (as_json) {
    for (auto index = until - options.show; index < until; ++index) {
      const auto parcel = parcels.parcel(index);
      print_line(fmt::format(
          R"({{"carrier":"{}","courier_code":"{}","tracking_number":"{}","base":"{}","status":"{}"}})",
          parcel->carrier, parcel->courier, parcel->number, simulator.base_of(parcel->carrier),
          outline(*parcel, now)));
    }
    return;
  }
  print_line(fmt::format(
      "\n  {} carriers answer on http://127.0.0.1:{}, {} their time. Ctrl-C stops them.\n",
      parcels.carriers().size(), simulator.port(),
      options.speed == 1 ? "in" : fmt::format("{} times", options.speed)));
  std::vector<std::vector<std::string>> rows{{"Carrier", "Number", "Status now", "Base address"}};
  for (auto index = until - options.show; index < until; ++index) {
    const auto parcel = parcels.parcel(index);
    rows.push_back({std::string(parcel->carrier), parcel->number, outline(*parcel, now),
                    simulator.base_of(parcel->carrier)});
  }
  print_table(rows);
  for (const auto& reason : parcels.left_out()) print_line(dim("  left out: " + reason));
  print_line(
      dim("\n  Point a connector here with base (and token_base) in milepost.toml: [carriers.ups] "
          "base = "
          "\"...\""));
}

int simulate(const SimulateOptions& options, bool as_json) {
  const auto faults = sim::Faults::parse(options.faults);
  if (!faults) {
    complain("--faults: " + faults.error());
    return kUsage;
  }
  // Before any thread is made, so that all of them leave the signals to this one.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const base::SystemClock real;
  const base::FastClock clock(real, real.now(), options.speed);
  const couriers::Catalogue catalogue;
  const couriers::Detector detector(catalogue);
  const auto loaded = carriers::Connectors::load({});
  const sim::WorldOptions world{
      options.seed, std::chrono::floor<std::chrono::days>(real.now()),
      std::chrono::duration_cast<std::chrono::microseconds>(
          std::chrono::duration<double, std::ratio<60>>(options.minutes))};
  const sim::Parcels parcels(*loaded.connectors, catalogue, detector, options.carriers, world);
  if (parcels.carriers().empty()) {
    for (const auto& reason : parcels.left_out()) complain(reason);
    complain("there is no carrier to simulate");
    return kFailed;
  }
  sim::Simulator simulator(parcels, clock,
                           {"127.0.0.1", options.port, 1, *faults, options.samples});
  tell(parcels, simulator, clock.now(), options, as_json);
  std::fflush(stdout);
  int signal = 0;
  ::sigwait(&signals, &signal);
  return kOk;
}

}  // namespace

void add_simulate(CLI::App& app, CommandLine& line) {
  auto* command =
      app.add_subcommand("simulate", "Play the carriers on this machine, in their real formats");
  auto options = std::make_shared<SimulateOptions>();
  command->add_option("--port", options->port, "Port on 127.0.0.1; 0 for any free one")
      ->capture_default_str();
  command->add_option("--speed", options->speed, "So many times as fast as life")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command
      ->add_option("--faults", options->faults,
                   "Odds of slow, 429, 500, malformed, drift and token faults")
      ->type_name("slow=0.1,429=0.05,...");
  command->add_option("--carrier", options->carriers, "Only these connectors; may be repeated")
      ->type_name("ID");
  command->add_option("--seed", options->seed, "Another world")->capture_default_str();
  command->add_option("--minutes", options->minutes, "Between two new parcels")
      ->check(CLI::Range(0.001, 100'000.0))
      ->capture_default_str();
  command->add_option("--show", options->show, "How many parcels to name at the start")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  command->add_option("--samples", options->samples, "Also serve recorded answers from this folder")
      ->type_name("DIR");
  command->footer(
      "  milepost simulate --port 8090 --speed 600\n"
      "  milepost simulate --faults 429=0.05,slow=0.02,drift=0.01\n\n"
      "Each carrier answers below its own name, with any number of its world in the address, query "
      "or body.\nThe same seed is the same world on the same day.");
  command->callback(
      [&line, options] { line.run = [&line, options] { return simulate(*options, line.json); }; });
}

}  // namespace app
