#include <cstdio>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/log.h"
#include "store/database.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app("Milepost: shipment tracking on your own machine.", "milepost");
  app::CommandLine line;
  app.require_subcommand(1);
  app.fallthrough();
  app.set_help_all_flag("--help-all", "Help for every command at once");
  app.add_option("--config", line.config_file, "Configuration file (TOML); or MILEPOST_CONFIG")
      ->envname("MILEPOST_CONFIG")
      ->type_name("FILE");
  app.add_option("--data", line.data, "Data folder; or MILEPOST_DATA (default: ./milepost-data)")
      ->type_name("DIR");
  app.add_flag("--json", line.json, "Machine-readable output, one JSON object a line");
  app.footer(
      "Try first:\n"
      "  milepost detect RB123456785GB           whose number is this?\n"
      "  milepost account create --email you@example.com\n"
      "  milepost key create --account 1001 --name shop\n"
      "  milepost serve                          then point a TrackingMore SDK here\n\n"
      "Exit codes: 0 done, 1 refused or failed, 2 wrong command line or configuration.");

  app::add_serve(app, line);
  app::add_detect(app, line);
  app::add_couriers(app, line);
  app::add_account(app, line);
  app::add_key(app, line);
  app::add_shipments(app, line);
  app::add_config(app, line);
  app::add_migrate(app, line);
  app::add_completion(app, line);
  app::add_version(app, line);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? app::kOk : app::kUsage;
  }
  return line.run ? line.run() : static_cast<int>(app::kUsage);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int code = run(argc, argv);
    base::flush_log();
    // Said and not arrived, on a full disk or a closed pipe, is not done.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      app::complain("the output could not be written");
      return app::kFailed;
    }
    return code;
  } catch (const std::exception& e) {
    app::complain(e.what());
    return app::kFailed;
  }
}
