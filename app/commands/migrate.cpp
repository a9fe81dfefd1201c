#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "store/migrations.h"
#include "store/provision.h"

namespace app {
namespace {

struct Set {
  store::Schema schema;
  const char* name;
  const std::string Config::*url;
};
constexpr Set kSets[] = {{store::Schema::Main, "store", &Config::store_url},
                         {store::Schema::Keys, "key store", &Config::keys_url}};

int migrate(const CommandLine& line, bool only_check) {
  const auto config = line.config();
  make_data_folder(config);
  std::size_t pending = 0;
  const bool is_shared = !config.store_url.starts_with("sqlite:");
  if (config.is_keys_url_ours && is_shared && !only_check)
    store::ensure_database(config.keys_url, config.store_url);
  for (const auto& set : kSets) {
    store::Options options;
    options.url = config.*set.url;
    const auto database = store::Database::open(options);
    const auto migrations = only_check
                                ? store::pending_migrations(*database, set.schema)
                                : store::migrate(*database, set.schema, base::SystemClock().now());
    for (const auto& migration : migrations) {
      if (line.json) {
        base::JsonWriter json;
        json.begin_object().key("set").value(set.name).key("number").value(migration.number);
        json.key("name").value(migration.name).key("done").value(!only_check).end_object();
        print_line(json.text());
      } else {
        print_line(fmt::format("{} {}: {:04} {}", only_check ? "pending" : "done", set.name,
                               migration.number, migration.name));
      }
    }
    pending += migrations.size();
  }
  if (pending == 0 && !line.json) print_line("Nothing to do.");
  return only_check && pending > 0 ? kFailed : kOk;
}

}  // namespace

void add_migrate(CLI::App& app, CommandLine& line) {
  auto* command =
      app.add_subcommand("migrate", "Bring store and key store up to date (serve does it too)");
  auto only_check = std::make_shared<bool>(false);
  command->add_flag("--check", *only_check, "Only tell what is pending; exit 1 if anything is");
  command->callback([&line, only_check] {
    line.run = [&line, only_check] { return migrate(line, *only_check); };
  });
}

}  // namespace app
