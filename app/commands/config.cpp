#include "app/billing.h"
#include "app/carriers_config.h"
#include "app/commands/commands.h"
#include "app/messengers.h"
#include "app/terminal.h"
#include "base/json_writer.h"

namespace embedded {
std::string_view example_config();
}

namespace app {
namespace {

int check(const CommandLine& line, const std::string& file) {
  const auto& path = file.empty() ? line.config_file : file;
  auto loaded = load_config(path, line.data, process_environment());
  const auto known = carriers::Connectors::load(loaded.config.carriers_folder);
  for (const auto& mistake : known.mistakes)
    loaded.mistakes.push_back({mistake.file, mistake.line, mistake.key, mistake.says});
  carrier_settings(loaded.config, *known.connectors, process_environment(), loaded.mistakes);
  (void)messenger_config(loaded.config, loaded.mistakes);
  (void)price_list(loaded.config, loaded.mistakes);
  for (const auto& mistake : loaded.mistakes) {
    if (line.json) {
      base::JsonWriter json;
      json.begin_object().key("file").value(mistake.file).key("line").value(mistake.line);
      json.key("key").value_or_null(mistake.key).key("message").value(mistake.says).end_object();
      print_line(json.text());
    } else {
      print_line(describe(mistake));
    }
  }
  if (!loaded.mistakes.empty()) return kUsage;
  if (!line.json)
    print_line(path.empty() ? "No file; the environment is in order." : path + ": in order.");
  return kOk;
}

int show(const CommandLine& line) {
  const auto config = line.config();
  std::vector<std::vector<std::string>> rows{{"KEY", "VALUE", "ENVIRONMENT"}};
  for (const auto& fact : key_facts(config)) {
    if (line.json) {
      base::JsonWriter json;
      json.begin_object().key("key").value(fact.key).key("value").value(fact.value);
      json.key("variable").value(fact.variable).end_object();
      print_line(json.text());
    } else {
      rows.push_back({std::string(fact.key), fact.value, dim(fact.variable)});
    }
  }
  if (!line.json) print_table(rows);
  return kOk;
}

}  // namespace

void add_config(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("config", "Check, show or begin a configuration");
  command->require_subcommand(1);
  auto file = std::make_shared<std::string>();
  auto* checking = command->add_subcommand("check", "Name file, line and key of each mistake");
  checking->add_option("FILE", *file, "The file; default: --config");
  checking->callback([&line, file] { line.run = [&line, file] { return check(line, *file); }; });
  command->add_subcommand("show", "What is in force, and the variable of each key")
      ->callback([&line] { line.run = [&line] { return show(line); }; });
  command->add_subcommand("example", "A file with every key, documented")->callback([&line] {
    line.run = [] {
      print(embedded::example_config());
      return static_cast<int>(kOk);
    };
  });
}

}  // namespace app
