#include "app/rights.h"

#include "base/log.h"
#include "rights/retention.h"

namespace app {
namespace {

// Where the holder of an account is written to; in the caller's transaction.
std::optional<letters::To> holder_of(Instance& instance, store::Tx& tx, std::int64_t account_id) {
  auto email = accounts::Accounts::holder_in(tx, *instance.vault, account_id);
  if (!email.is_given()) return std::nullopt;
  personal::Access<personal::Purpose::Notify> access(*instance.ledger, {}, account_id,
                                                     "rights.controller");
  const auto label = email.label();
  return letters::To(open(std::move(email), access), label);
}

rights::Desk::Options options_of(Instance& instance, const Config& config) {
  rights::Desk::Options options;
  if (!config.operator_country.empty()) options.country = config.operator_country;
  if (!config.operator_name.empty()) options.operator_name = config.operator_name;
  if (!config.public_url.empty()) options.address = config.public_url;
  options.controller = [&instance](store::Tx& tx, std::int64_t account_id) {
    return holder_of(instance, tx, account_id);
  };
  return options;
}

std::string public_address(const Config& config) {
  return config.public_url.empty() ? "http://" + config.listen : config.public_url;
}

}  // namespace

RightsDesk::RightsDesk(Instance& instance, const Config& config)
    : instance_(instance),
      letters_(*instance.database, *instance.vault, instance.clock()),
      visits_(*instance.vault, *instance.ledger, letters_, instance.clock(),
              public_address(config)),
      desk_(*instance.database, *instance.vault, *instance.ledger, letters_, instance.clock(),
            options_of(instance, config)),
      eraser_(*instance.database, *instance.keys, *instance.vault, *instance.ledger,
              instance.clock()),
      context_{*instance.database,
               *instance.shipments,
               *instance.ledger,
               instance.clock(),
               desk_,
               visits_,
               eraser_,
               aside_} {
  instance.vault->prepare(0);
}

void RightsDesk::keep_house() {
  try {
    desk_.sound_alarms();
    desk_.sweep();
    visits_.sweep(*instance_.database);
    const auto now = instance_.clock().now();
    eraser_.tombstones().sweep(now);
    rights::keep_proof(*instance_.database, now);
    rights::sweep_proofs(*instance_.database, now);
  } catch (const std::exception& e) {
    base::log(base::Level::Error, "rights.house_failed", {{"error", e.what()}});
  }
}

std::vector<rights::Surface> surfaces_of(const Config& config) {
  constexpr std::string_view kSqlite = "sqlite:";
  std::vector<rights::Surface> surfaces;
  const auto add_store = [&](std::string_view name, std::string_view url) {
    if (!url.starts_with(kSqlite)) return;
    const std::string path(url.substr(kSqlite.size()));
    surfaces.push_back({std::string(name), path});
    surfaces.push_back({std::string(name) + ", write-ahead log", path + "-wal"});
    surfaces.push_back({std::string(name) + ", shared memory", path + "-shm"});
    surfaces.push_back({std::string(name) + ", journal", path + "-journal"});
  };
  add_store("database", config.store_url);
  add_store("key store", config.keys_url);
  // Exports, backups, spools and whatever else lies there; the stores once more, which costs
  // little.
  surfaces.push_back({"data folder", config.data_folder});
  if (!config.log_file.empty()) surfaces.push_back({"log", config.log_file});
  if (!config.inbound_folder.empty()) surfaces.push_back({"inbound folder", config.inbound_folder});
  return surfaces;
}

}  // namespace app
