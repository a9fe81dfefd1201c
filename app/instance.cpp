#include "app/instance.h"

#include <sys/stat.h>

#include <filesystem>

#include "app/backup.h"
#include "base/log.h"
#include "base/text.h"
#include "rights/tombstones.h"
#include "store/migrations.h"
#include "store/provision.h"

namespace app {
namespace {

store::Options store_options(const Config& config, const std::string& url, base::Metrics* metrics) {
  store::Options options;
  options.url = url;
  options.readers = static_cast<int>(config.readers);
  options.writers = static_cast<int>(config.writers);
  options.metrics = metrics;
  options.map_bytes = 64 << 20;  // of each reader: mapped pages count as the program's memory
  return options;
}

store::Options key_store_options(const Config& config) {
  auto options = store_options(config, config.keys_url, nullptr);
  options.readers = 1;
  options.writers = 2;
  options.cache_bytes = 4 << 20;
  options.map_bytes =
      0;  // a look-up on an I/O thread may read it, and never waits (store/look_up.h)
  return options;
}

// The log's key comes out of the instance's own key, so that it needs no place and no backup of its
// own; its name is made of the public part of it, so that two instances never share one.
std::unique_ptr<audit::Signer> make_signer(personal::Vault& vault) {
  const auto seed = vault.keyed_hash(0, "audit-signer", "1");
  const auto mark = vault.keyed_hash(0, "audit-name", "1");
  return std::make_unique<audit::Signer>(
      "milepost/" + base::to_hex(std::span(mark).first(8)),
      std::string_view(reinterpret_cast<const char*>(seed.data()), seed.size()));
}

// Where people reach this instance, for the links in letters and for passkeys, which are made for a
// name: of an instance that nobody said more about, that name is localhost.
std::string reached_at(const Config& config) {
  if (!config.public_url.empty()) return config.public_url;
  const auto colon = config.listen.rfind(':');
  return "http://localhost" + (colon == std::string::npos ? "" : config.listen.substr(colon));
}

}  // namespace

void make_data_folder(const Config& config) {
  std::error_code error;
  if (std::filesystem::exists(config.data_folder, error)) return;
  std::filesystem::create_directories(config.data_folder, error);
  if (error) {
    throw std::runtime_error(
        fmt::format("the data folder {} cannot be made: {}", config.data_folder, error.message()));
  }
  ::chmod(config.data_folder.c_str(), 0700);
}

bool is_store_there(const Config& config) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (!config.store_url.starts_with(kSqlite)) return true;
  std::error_code error;
  return std::filesystem::exists(config.store_url.substr(kSqlite.size()), error);
}

Instance::Instance(const Config& config, const base::Clock* clock)
    : clock_(clock != nullptr ? clock : &system_clock_) {
  make_data_folder(config);
  database = store::Database::open(store_options(config, config.store_url, &metrics));
  if (config.is_keys_url_ours && database->is_shared())
    store::ensure_database(config.keys_url, config.store_url);
  keys = store::Database::open(key_store_options(config));
  store::migrate(*database, store::Schema::Main, clock_->now());
  store::migrate(*keys, store::Schema::Keys, clock_->now());
  vault = std::make_unique<personal::Vault>(
      *keys, personal::MasterKey::load(config.master_key, true), *clock_);
  vault->note_forgotten_in(forgotten_file(config));
  // An older copy of the main database may have been put back: what was erased since goes again
  // before anybody reads.
  rights::Tombstones(*database, *keys, *vault).reapply();
  ledger = std::make_unique<personal::Ledger>(*database, *clock_);
  restrictions = std::make_unique<personal::Restrictions>(*database);
  ledger->enforce(*restrictions);
  signer = make_signer(*vault);
  audit = std::make_unique<audit::Log>(*database, *signer, *clock_);
  shipments = std::make_unique<shipments::Repository>(*vault);
  accounts = std::make_unique<accounts::Accounts>(*database, *vault, *ledger, *clock_);
  letters = std::make_unique<letters::Letters>(*database, *vault, *clock_);
  desks = std::make_unique<accounts::Desks>(
      accounts::Context{*database, *vault, *ledger, *letters, *clock_, reached_at(config)},
      config.operator_name.empty() ? "Milepost" : config.operator_name);
}

Instance::~Instance() = default;

}  // namespace app
