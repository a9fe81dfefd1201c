#include <cstdio>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/log.h"
#include "store/database.h"

namespace {

// The first word, when it should have been a command and is none.
std::optional<std::string> unknown_word(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return std::nullopt;
  const std::string word = argv[1];
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == word) return std::nullopt;
  }
  return "there is no command " + word + "; see: milepost --help";
}

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

  app::add_serve(app, line);
  app::add_detect(app, line);
  app::add_classify(app, line);
  app::add_couriers(app, line);
  app::add_carriers(app, line);
  app::add_account(app, line);
  app::add_person(app, line);
  app::add_key(app, line);
  app::add_shipments(app, line);
  app::add_track(app, line);
  app::add_simulate(app, line);
  app::add_inbound(app, line);
  app::add_webhook(app, line);
  app::add_mailbox(app, line);
  app::add_billing(app, line);
  app::add_audit(app, line);
  app::add_security(app, line);
  app::add_figures(app, line);
  app::add_mail(app, line);
  app::add_channels(app, line);
  app::add_backup(app, line);
  app::add_notify(app, line);
  app::add_demo(app, line);
  app::add_privacy(app, line);
  app::add_rights(app, line);
  app::add_rights_cases(app, line);
  app::add_registers(app, line);
  app::add_config(app, line);
  app::add_migrate(app, line);
  app::add_completion(app, line);
  app::add_version(app, line);
  app::add_examples(app);

  // Last, because each command inherits what stands here when it is made.
  app.footer(
      "Try first:\n"
      "  milepost detect RB123456785GB           whose number is this?\n"
      "  milepost account create --email you@example.com\n"
      "  milepost key create --account 1001 --name shop\n"
      "  milepost serve                          then point a TrackingMore SDK here\n\n"
      "Exit codes: 0 done, 1 refused or failed, 2 wrong command line or configuration.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help, --version
    app::complain(unknown_word(app, argc, argv).value_or(e.what()));
    return app::kUsage;
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
