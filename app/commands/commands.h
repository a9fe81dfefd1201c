// The subcommands. Each adds itself to the parser and, when chosen, sets what is to be run.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "app/config.h"
#include "app/instance.h"

namespace app {

// Exit codes: 0 done, 1 refused or failed, 2 the command line or the configuration is wrong.
enum Exit { kOk = 0, kFailed = 1, kUsage = 2 };

struct CommandLine {
  std::string config_file;
  std::string data;
  bool json = false;
  std::function<int()> run;  // set by the chosen subcommand

  // The configuration, or the end of the program with its mistakes told. Logs go where it says;
  // commands for people keep quiet below warnings.
  Config config(bool is_server = false) const;
};

void add_serve(CLI::App& app, CommandLine& line);
void add_detect(CLI::App& app, CommandLine& line);
void add_classify(CLI::App& app, CommandLine& line);
void add_couriers(CLI::App& app, CommandLine& line);
// The last is the operator's folder, read when the command runs.
void add_carriers(CLI::App& app, CommandLine& line);
void add_carriers_try(CLI::App& carriers, CommandLine& line, const std::string& folder);
void add_account(CLI::App& app, CommandLine& line);
void add_person(CLI::App& app, CommandLine& line);
void add_key(CLI::App& app, CommandLine& line);
void add_shipments(CLI::App& app, CommandLine& line);
void add_track(CLI::App& app, CommandLine& line);
void add_simulate(CLI::App& app, CommandLine& line);
void add_inbound(CLI::App& app, CommandLine& line);
void add_mail(CLI::App& app, CommandLine& line);
void add_channels(CLI::App& app, CommandLine& line);
void add_notify(CLI::App& app, CommandLine& line);
void add_demo(CLI::App& app, CommandLine& line);
void add_webhook(CLI::App& app, CommandLine& line);
void add_mailbox(CLI::App& app, CommandLine& line);
void add_billing(CLI::App& app, CommandLine& line);
void add_backup(CLI::App& app, CommandLine& line);
void add_audit(CLI::App& app, CommandLine& line);
void add_security(CLI::App& app, CommandLine& line);
void add_figures(CLI::App& app, CommandLine& line);
void add_privacy(CLI::App& app, CommandLine& line);
// Below `milepost privacy`, which add_privacy made.
void add_rights(CLI::App& app, CommandLine& line);
void add_rights_cases(CLI::App& app, CommandLine& line);
void add_registers(CLI::App& app, CommandLine& line);
void add_config(CLI::App& app, CommandLine& line);
void add_migrate(CLI::App& app, CommandLine& line);
void add_version(CLI::App& app, CommandLine& line);
void add_completion(CLI::App& app, CommandLine& line);
// The last word of the help of every command that has none of its own.
void add_examples(CLI::App& app);

}  // namespace app
