#include "app/rights.h"

#include "base/log.h"
#include "consent/instance_key.h"
#include "notify/webhooks.h"
#include "rights/closing.h"
#include "rights/mailed.h"
#include "rights/propagation.h"
#include "rights/retention.h"
#include "shipments/retention.h"

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

http::Client::Options client_options(const Config& config) {
  http::Client::Options options;
  options.proxy = config.outgoing_proxy;
  options.ca_file = config.outgoing_ca_file;
  options.user_agent = "Milepost";
  return options;
}

// The person goes with everything of theirs; what only they owned goes with them.
bool end_sign_in(Instance& instance, const std::string& address) {
  auto& people = instance.desks->people;
  const auto person = people.find_by_email(address);
  if (!person) return true;
  const auto erased = base::sync_wait(people.erase(*person));
  if (!erased) {
    base::log(base::Level::Error, "rights.sign_in_stays", {{"why", describe(erased.error())}});
    return false;
  }
  for (const auto account : erased.value().closed_accounts)
    rights::clear_account(*instance.database, *instance.vault, account);
  return true;
}

}  // namespace

RightsDesk::RightsDesk(Instance& instance, const Config& config)
    : instance_(instance),
      address_(public_address(config)),
      may_be_private_(config.rights_private_transfers),
      registers_(instance),
      letters_(*instance.database, *instance.vault, instance.clock()),
      visits_(*instance.vault, *instance.ledger, letters_, instance.clock(), address_),
      desk_(*instance.database, *instance.vault, *instance.ledger, letters_, instance.clock(),
            options_of(instance, config)),
      suspensions_({*instance.vault, *instance.ledger, letters_, instance.clock(), desk_}),
      eraser_(*instance.database, *instance.keys, *instance.vault, *instance.ledger,
              instance.clock()),
      acts_({*instance.database, *instance.shipments, *instance.ledger, instance.clock(), desk_,
             visits_, eraser_,
             [&instance](const std::string& address) { return end_sign_in(instance, address); }}),
      transfers_(*instance.database, *instance.shipments, instance.clock(),
                 consent::instance_key(*instance.database, *instance.vault, *instance.ledger,
                                       instance.clock(), "transfers"),
                 {address_, config.operator_name.empty() ? "Milepost" : config.operator_name}),
      client_(client_options(config)),
      context_{*instance.database,
               *instance.shipments,
               *instance.ledger,
               instance.clock(),
               desk_,
               visits_,
               acts_,
               aside_,
               {},
               [this](rights::Portable portable, rights::Invitation to) {
                 return send(std::move(portable), std::move(to));
               },
               instance.restrictions.get()},
      transfer_door_{*instance.database, transfers_, aside_} {
  instance.vault->prepare(0);
}

void RightsDesk::add_routes(http::Router& router, accounts::RateLimiter& limiter) {
  door_ = std::make_unique<api::own::RightsDoor>(
      api::own::RightsDoor{*instance_.database, *instance_.accounts, limiter, *instance_.vault,
                           *instance_.ledger, instance_.clock(), desk_, acts_, visits_, transfers_,
                           aside_, [this] { instance_.restrictions->refresh(); }});
  pages::add_rights_routes(router, context_);
  api::own::add_rights_door(router, *door_);
  api::own::add_transfer_routes(router, transfer_door_);
}

base::Task<base::Result<rights::Receipt, std::string>> RightsDesk::send(rights::Portable portable,
                                                                        rights::Invitation to) {
  return api::own::send_transfer(client_, transfers_, instance_.clock(), std::move(portable),
                                 {std::move(to), address_, may_be_private_});
}

void RightsDesk::open_mail(const Config& config) {
  const auto place = parse_address(config.rights_mail_listen);
  if (config.rights_mailbox.empty() || !place) return;
  channels::email::DeskDoor::Options options;
  options.host = place->host;
  options.port = place->port;
  options.mailbox = config.rights_mailbox;
  options.metrics = &instance_.metrics;
  mail_ = std::make_unique<channels::email::DeskDoor>(
      options, [this](const channels::email::DeskLetter& letter) { return hear(letter); });
}

bool RightsDesk::hear(const channels::email::DeskLetter& letter) {
  try {
    const auto taken = instance_.database->write_now([&](store::Tx& tx) {
      return rights::take_mailed(
          tx, *instance_.vault, desk_, visits_,
          {letter.from, letter.subject, letter.text, instance_.clock().now()});
    });
    base::log(base::Level::Info, "rights.mail", {{"opened", taken == rights::MailTaken::Opened}});
    return true;
  } catch (const std::exception& e) {
    base::log(base::Level::Error, "rights.mail_failed", {{"error", e.what()}});
    return false;
  }
}

void RightsDesk::keep_house() {
  try {
    desk_.sound_alarms();
    desk_.sweep();
    visits_.sweep(*instance_.database);
    transfers_.sweep();
    if (acts_.lift_due() > 0) instance_.restrictions->refresh();
    const auto now = instance_.clock().now();
    eraser_.tombstones().sweep(now);
    registers_.keep_house();
    rights::keep_proof(*instance_.database, now, &instance_.metrics);
    rights::sweep_proofs(*instance_.database, now);
  } catch (const std::exception& e) {
    base::log(base::Level::Error, "rights.house_failed", {{"error", e.what()}});
  }
}

std::int64_t RightsDesk::tell_receivers() {
  constexpr std::string_view kOwner = "rights";
  constexpr int kMost = 200;
  const auto now = instance_.clock().now();
  return instance_.database->write_now([&](store::Tx& tx) {
    std::vector<notify::Wanted> wanted;
    for (const auto& one :
         rights::claim_propagations(tx, kOwner, now, std::chrono::minutes(1), kMost)) {
      for (const auto& webhook : notify::Webhooks::list(tx, one.account_id))
        wanted.push_back({webhook.lane(),
                          one.shipment,
                          one.id.hex(),
                          0,
                          std::string(rights::name(one.event)),
                          one.created_at,
                          {}});
      rights::settle(tx, one, kOwner);
    }
    notify::put(tx, wanted, now);
    return static_cast<std::int64_t>(wanted.size());
  });
}

std::optional<std::string> subject_news(store::Tx& tx, std::int64_t account_id,
                                        std::string_view receiver) {
  const auto id = base::Id::parse(receiver);
  const auto one = id ? rights::find_propagation(tx, account_id, *id) : std::nullopt;
  if (!one) return std::nullopt;
  return rights::to_json(*one);
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
