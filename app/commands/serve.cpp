#include "app/commands/commands.h"
#include "app/terminal.h"

namespace app {

void add_serve(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("serve", "Run the server");
  auto listen = std::make_shared<std::string>();
  command->add_option("--listen", *listen, "Address to listen on (default 127.0.0.1:8080)")
      ->type_name("HOST:PORT");
  command->footer(
      "Without a configuration it keeps everything in ./milepost-data, on SQLite.\n"
      "SIGTERM or Ctrl-C stops it: running requests are finished first. SIGHUP reads a renewed "
      "certificate.");
  command->callback([&line, listen] {
    line.run = [&line, listen] {
      auto config = line.config(true);
      if (!listen->empty()) config.listen = *listen;
      if (!parse_address(config.listen)) {
        complain("--listen must be HOST:PORT, such as 127.0.0.1:8080");
        return static_cast<int>(kUsage);
      }
      return serve(config);
    };
  });
}

}  // namespace app
