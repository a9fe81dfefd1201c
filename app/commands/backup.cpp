#include "app/backup.h"

#include <filesystem>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/json_writer.h"
#include "base/time.h"
#include "personal/sealed_file.h"

namespace app {
namespace {

struct Asked {
  std::string folder;
  std::vector<std::string> files;
  std::string store, keys;
  std::vector<std::string> forgotten;
  std::int64_t keys_days = kKeysBackupLives.count();
};

std::string day(base::Instant at) { return base::to_iso_offset(at).substr(0, 10); }

void tell(const CommandLine& line, const BackupFile& file) {
  if (line.json) {
    base::JsonWriter json;
    json.begin_object().key("path").value(file.path).key("bytes").value(file.bytes);
    json.key("tables").value(file.tally.tables).key("rows").value(file.tally.rows);
    json.key("made_at").value(base::to_iso_offset(file.head.made_at));
    json.key("useful_until").value(base::to_iso_offset(file.head.useful_until)).end_object();
    print_line(json.text());
    return;
  }
  print_line(fmt::format(
      "{}  {}: {} rows of {} tables, {} kB, of {}, useful until {}", green("whole"), file.path,
      file.tally.rows, file.tally.tables, file.bytes / 1024 + 1,
      base::to_iso_offset(file.head.made_at).substr(0, 19), day(file.head.useful_until)));
}

// Whatever goes wrong here is a sentence for the operator.
template <class F>
int attempt(F&& work) {
  try {
    return work();
  } catch (const std::filesystem::filesystem_error& error) {
    complain(error.what());
  } catch (const std::runtime_error& error) {
    complain(error.what());
  }
  return kFailed;
}

int create(const CommandLine& line, const Asked& asked) {
  if (asked.keys_days < 1 || asked.keys_days > kLongestKeysBackup.count()) {
    complain(
        fmt::format("--keys-days is 1 to {}: a key store's backup brings back who was "
                    "forgotten since",
                    kLongestKeysBackup.count()));
    return kUsage;
  }
  const auto config = line.config();
  return attempt([&] {
    Instance instance(config);
    const auto files =
        make_backup(instance, config, asked.folder, std::chrono::days(asked.keys_days));
    for (const auto& file : files) tell(line, file);
    for (const auto& path : prune_backups(config, asked.folder, instance.clock().now()))
      if (!line.json) print_line(fmt::format("gone   {}: its time was over", path));
    return kOk;
  });
}

int verify(const CommandLine& line, const Asked& asked) {
  const auto config = line.config();
  int result = kOk;
  for (const auto& path : asked.files) {
    const int one = attempt([&] {
      tell(line, check_backup(config, path));
      return kOk;
    });
    result = std::max(result, one);
  }
  return result;
}

int prune(const CommandLine& line, const Asked& asked) {
  const auto config = line.config();
  return attempt([&] {
    const auto gone = prune_backups(config, asked.folder, base::SystemClock().now());
    for (const auto& path : gone) print_line(fmt::format("gone   {}", path));
    if (gone.empty()) print_line("every backup there is still of use");
    return kOk;
  });
}

int restore(const CommandLine& line, const Asked& asked) {
  const auto config = line.config();
  return attempt([&] {
    const auto restored = restore_backup(config, asked.store, asked.keys, asked.forgotten);
    print_line(fmt::format("{}: {} rows of the store, {} of the keys", green("restored"),
                           restored.store.rows, restored.keys.rows));
    print_line(
        fmt::format("forgotten again: {} people; shipments deleted with them, or because "
                    "their time is over: {}",
                    restored.forgotten_again, restored.deleted));
    return kOk;
  });
}

}  // namespace

void add_backup(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("backup", "Sealed copies of the store and its keys");
  auto asked = std::make_shared<Asked>();
  command->require_subcommand(1);
  const auto add_one = [&](CLI::App* where, const char* name, const char* says,
                           int (*run)(const CommandLine&, const Asked&)) {
    auto* one = where->add_subcommand(name, says);
    one->callback(
        [&line, asked, run] { line.run = [&line, asked, run] { return run(line, *asked); }; });
    return one;
  };
  auto* creating = add_one(command, "create", "Write both, beside a running server", create);
  creating->add_option("DIR", asked->folder, "Where to; made when it is not there")->required();
  creating->add_option("--keys-days", asked->keys_days, "How long the keys' copy may be used")
      ->type_name("DAYS");
  creating->footer("  milepost backup create backups");
  auto* verifying = add_one(command, "verify", "Read backups to their end", verify);
  verifying->add_option("FILE", asked->files, "Backups")->required();
  verifying->footer("  milepost backup verify backups/*          exit code 1 unless all are whole");
  auto* pruning = add_one(command, "prune", "Take away those whose time is over", prune);
  pruning->add_option("DIR", asked->folder, "Where they are")->required();
  pruning->footer("  milepost backup prune backups");
  command->footer("  milepost backup create backups");
  auto* restoring = add_one(&app, "restore", "Bring a backup back into an empty instance", restore);
  restoring->add_option("--store", asked->store, "The store's backup")
      ->required()
      ->type_name("FILE");
  restoring->add_option("--keys", asked->keys, "The keys' backup, as new or newer")
      ->required()
      ->type_name("FILE");
  restoring
      ->add_option("--forgotten", asked->forgotten,
                   "The list of the forgotten from elsewhere; the data folder's own is read "
                   "always")
      ->type_name("FILE");
  restoring->footer(
      "The master key has to be in its place already.\n\n"
      "  milepost restore --data new --store backups/X.store --keys backups/X.keys --forgotten "
      "old/forgotten");
}

}  // namespace app
