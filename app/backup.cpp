#include "app/backup.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/security.h"
#include "base/time.h"
#include "letters/letters.h"
#include "personal/forgotten.h"
#include "personal/sealed_file.h"
#include "shipments/retention.h"
#include "store/provision.h"

namespace app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStoreEnd = ".store", kKeysEnd = ".keys";

store::ByteSource source_of(personal::SealedFileReader& reader) {
  return [&reader](std::size_t) { return reader.read(); };
}

std::string kind_of(const std::string& path) {
  if (path.ends_with(kStoreEnd)) return "store";
  if (path.ends_with(kKeysEnd)) return "keys";
  throw std::runtime_error(path + ": a backup's name ends in .store or .keys");
}

BackupFile write(const Config& config, store::Database& database, store::DumpHead head,
                 const std::string& path) {
  const auto master = personal::MasterKey::load(config.master_key, false);
  personal::SealedFileWriter writer(path, master, kind_of(path));
  const auto tally =
      store::write_dump(database, head, [&](std::string_view bytes) { writer.write(bytes); });
  writer.finish();
  auto file = check_backup(config, path);
  if (file.tally.rows != tally.rows) throw std::runtime_error(path + ": rows got lost on the way");
  return file;
}

std::unique_ptr<store::Database> open(const Config& config, const std::string& url) {
  store::Options options;
  options.url = url;
  options.readers = static_cast<int>(config.readers);
  return store::Database::open(options);
}

store::DumpTally load(store::Database& database, const Config& config, store::Schema schema,
                      const std::string& path, base::Instant now) {
  const auto master = personal::MasterKey::load(config.master_key, false);
  personal::SealedFileReader reader(path, master, kind_of(path));
  try {
    return store::load_dump(database, schema, source_of(reader), now);
  } catch (const store::DumpFault& fault) {
    throw std::runtime_error(fmt::format("{}: {}", path, fault.what()));
  }
}

std::int64_t forget_again(personal::Vault& vault, const std::vector<std::string>& lists,
                          base::Instant since) {
  std::int64_t count = 0;
  for (const auto& list : lists) {
    for (const auto& one : personal::ForgottenFile(list).read(since)) {
      vault.forget(one.account_id, one.slots);
      count += static_cast<std::int64_t>(one.slots.size());
    }
  }
  return count;
}

}  // namespace

std::string forgotten_file(const Config& config) { return config.data_folder + "/forgotten"; }

std::vector<BackupFile> make_backup(Instance& instance, const Config& config,
                                    const std::string& folder, std::chrono::days keys_live) {
  const auto now = instance.clock().now();
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw std::runtime_error(fmt::format("{}: {}", folder, error.message()));
  auto stamp = base::to_iso_offset(now).substr(0, 19) + "Z";
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  const auto name = fmt::format("{}/milepost-{}", folder, stamp);
  // The store first: keys that are newer than it do no harm, keys that are missing do.
  std::vector<BackupFile> files;
  files.push_back(write(config, *instance.database,
                        {store::Schema::Main, 0, now, now + kStoreBackupLives},
                        name + std::string(kStoreEnd)));
  files.push_back(write(config, *instance.keys, {store::Schema::Keys, 0, now, now + keys_live},
                        name + std::string(kKeysEnd)));
  note_backup(config, now);
  return files;
}

BackupFile check_backup(const Config& config, const std::string& path) {
  const auto master = personal::MasterKey::load(config.master_key, false);
  BackupFile file{path, {}, {}, 0};
  personal::SealedFileReader reader(path, master, kind_of(path));
  try {
    file.tally = store::check_dump(source_of(reader), file.head);
  } catch (const store::DumpFault& fault) {
    throw std::runtime_error(fmt::format("{}: {}", path, fault.what()));
  }
  file.bytes = fs::file_size(path);
  return file;
}

std::vector<std::string> prune_backups(const Config& config, const std::string& folder,
                                       base::Instant now) {
  std::vector<std::string> gone;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto path = entry.path().string();
    if (!path.ends_with(kStoreEnd) && !path.ends_with(kKeysEnd)) continue;
    try {
      if (check_backup(config, path).head.useful_until > now) continue;
    } catch (const std::runtime_error&) {
      continue;  // not ours, or damaged: a person has to look
    }
    fs::remove(entry.path());
    gone.push_back(path);
  }
  return gone;
}

Restored restore_backup(const Config& config, const std::string& store_path,
                        const std::string& keys_path,
                        const std::vector<std::string>& more_forgotten) {
  const auto now = base::SystemClock().now();
  const auto keys = check_backup(config, keys_path);
  const auto main = check_backup(config, store_path);
  if (keys.head.made_at < main.head.made_at) {
    throw std::runtime_error(
        "the keys are older than the store: what was entered in between could not be read");
  }
  make_data_folder(config);
  Restored restored;
  {
    const auto database = open(config, config.store_url);
    if (config.is_keys_url_ours && database->is_shared())
      store::ensure_database(config.keys_url, config.store_url);
    restored.keys =
        load(*open(config, config.keys_url), config, store::Schema::Keys, keys_path, now);
    restored.store = load(*database, config, store::Schema::Main, store_path, now);
  }
  Instance instance(config);
  std::vector<std::string> lists = {forgotten_file(config)};
  lists.insert(lists.end(), more_forgotten.begin(), more_forgotten.end());
  restored.forgotten_again = forget_again(*instance.vault, lists, keys.head.made_at);
  restored.deleted = shipments::sweep_unreadable(*instance.database, *instance.vault);
  restored.deleted += shipments::sweep_expired(*instance.database, *instance.vault, now).shipments;
  letters::Letters(*instance.database, *instance.vault, instance.clock()).sweep();
  instance.database->write_now([&](store::Tx& tx) {
    return instance.audit->append(tx, {0, "backup.restored", 0, "{}"});
  });
  instance.audit->integrate();
  instance.database->checkpoint();
  return restored;
}

}  // namespace app
