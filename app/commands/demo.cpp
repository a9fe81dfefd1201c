#include "app/demo.h"

#include <filesystem>

#include "app/commands/commands.h"
#include "app/messengers.h"
#include "app/terminal.h"

namespace app {
namespace {

// So that the button on the tracking page, which shows news in the reader's own browser, can be
// tried. A key of the operator's stays.
void give_push_key(Config& config) {
  if (!config.push_key.empty()) return;
  const auto file = config.data_folder + "/demo-push-key";
  if (!std::filesystem::exists(file)) {
    const auto made = make_push_key(file);
    if (!made) return complain(made.error());
  }
  config.push_key = "file:" + file;
  if (config.push_contact.empty()) config.push_contact = "demo@example.com";
}

}  // namespace

void add_demo(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand(
      "demo", "Run the server with simulated carriers and a shop whose parcels move");
  struct Options {
    std::string listen;
    int speed = 300;
    int parcels = 200;
  };
  auto options = std::make_shared<Options>();
  command->add_option("--listen", options->listen, "Address to listen on (default 127.0.0.1:8080)")
      ->type_name("HOST:PORT");
  command->add_option("--speed", options->speed, "So many times as fast as life")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->add_option("--parcels", options->parcels, "Parcels under way when it starts first")
      ->check(CLI::Range(0, 20'000))
      ->capture_default_str();
  command->footer(
      "  milepost demo --data milepost-data --speed 600\n\n"
      "Everything runs on the demo's own clock, which stands still while it is stopped.\n"
      "The shop's key is in demo-key in the data folder; its parcels are at /demo.");
  command->callback([&line, options] {
    line.run = [&line, options] {
      auto config = line.config(true);
      if (!options->listen.empty()) config.listen = options->listen;
      if (!parse_address(config.listen)) {
        complain("--listen must be HOST:PORT, such as 127.0.0.1:8080");
        return static_cast<int>(kUsage);
      }
      if (!config.certificate.empty()) {
        complain("the demo speaks plain HTTP: leave [server.tls] out of its configuration");
        return static_cast<int>(kUsage);
      }
      // The pages ask again every few seconds: the greeting would be pushed off the screen.
      config.access_log = false;
      // What is tried out beside it listens on this machine.
      config.notify_private_webhooks = true;
      Demo demo(config, options->speed, options->parcels);
      give_push_key(config);
      return serve(config, &demo);
    };
  });
}

}  // namespace app
