#include "app/work.h"

#include "app/carriers_config.h"
#include "base/log.h"
#include "carriers/definition.h"
#include "shipments/told.h"

namespace app {
namespace {

// How often what was counted is written down, edited connectors are looked for and visits are
// passed on.
constexpr std::chrono::seconds kHouseEvery{5};
constexpr std::chrono::seconds kStopWithin{4};

http::Client::Options client_options(const Config& config, Instance& instance) {
  http::Client::Options options;
  options.proxy = config.outgoing_proxy;
  options.ca_file = config.outgoing_ca_file;
  options.user_agent = "Milepost";
  options.metrics = &instance.metrics;
  options.gate = instance.egress;
  return options;
}

polling::Poller::Options poller_options(base::Metrics& metrics, int speed) {
  polling::Poller::Options options;
  options.metrics = &metrics;
  options.lease *= speed;
  if (speed > 1) options.tick = std::chrono::milliseconds(200);
  return options;
}

}  // namespace

Work::Work(Instance& instance, const Config& config, carriers::ConnectorShelf& shelf,
           const couriers::Catalogue& catalogue, shipments::Ingest& ingest, Options options)
    : instance_(instance),
      shelf_(shelf),
      ingest_(ingest),
      settings_(std::move(options.settings)),
      client_(client_options(config, instance)),
      budgets_(instance.clock(), &instance.metrics),
      health_(instance.metrics),
      asker_({client_, budgets_, instance.clock(), settings_, &health_}),
      desk_({shelf, asker_, health_, *instance.database, *instance.ledger, catalogue,
             instance.clock()}),
      poller_({*instance.database, *instance.shipments, ingest, desk_, instance.clock()},
              poller_options(instance.metrics, options.speed)) {
  desk_.when_waiting([this] { poller_.wake(); });
}

Work::~Work() { stop(); }

void Work::start() {
  budgets_.sync_now(*instance_.database);
  poller_.start();
  house_ = std::thread([this] { run_house(); });
}

void Work::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return;
    is_stopping_ = true;
  }
  wake_.notify_one();
  if (house_.joinable()) house_.join();
  poller_.stop(kStopWithin);
  desk_.stop();
  client_.stop();
  try {
    budgets_.leave(*instance_.database);
    health_.flush(*instance_.database);
  } catch (const std::exception& error) {
    base::log(base::Level::Error, "work.not_kept", {{"error", error.what()}});
  }
}

void Work::keep_house() {
  std::vector<shipments::Head> looked_at;
  {
    const std::lock_guard lock(mutex_);
    looked_at.swap(looked_at_);
  }
  try {
    budgets_.sync_now(*instance_.database);
    health_.flush(*instance_.database);
    if (!looked_at.empty()) {
      const auto now = instance_.clock().now();
      instance_.database->write_now([&](store::Tx& tx) {
        for (const auto& head : looked_at) polling::watch(tx, head.account_id, head.id, now);
        return 0;
      });
      poller_.wake();
    }
    shelf_.refresh();
  } catch (const std::exception& error) {
    base::log(base::Level::Warning, "work.house_failed", {{"error", error.what()}});
  }
}

void Work::run_house() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    wake_.wait_for(lock, kHouseEvery, [this] { return is_stopping_; });
    lock.unlock();
    keep_house();
    lock.lock();
  }
}

api::v4::LiveLookup Work::live_lookup() {
  return
      [this](const shipments::Shipment& created,
             std::chrono::milliseconds deadline) -> base::Task<std::optional<shipments::Shipment>> {
        const auto account = created.head.account_id;
        const auto id = created.head.id;
        if (desk_.connector_for(created.head.courier_code).empty()) co_return std::nullopt;
        const bool is_asked = co_await desk_.wait_for(id, deadline);
        if (!is_asked) co_return std::nullopt;
        auto work = [&](store::Tx& tx) { return instance_.shipments->find(tx, account, id); };
        co_return co_await instance_.database->read(work);
      };
}

api::v4::Follow Work::follow() {
  api::v4::Follow follow;
  follow.begin = [this](const shipments::Head& head) -> api::v4::InTransaction {
    const auto now = instance_.clock().now();
    return [begins = polling::beginning(head, desk_.connector_for(head.courier_code), now, now)](
               store::Tx& tx) { polling::on_created(tx, begins); };
  };
  follow.again = [this](const shipments::Head& head) -> base::Task<void> {
    const auto account = head.account_id;
    const auto id = head.id;
    shipments::Update update;
    update.account_id = account;
    update.id = id;
    update.says = shipments::Update::Says::Again;
    update.mouth = shipments::Mouth::Manual;
    co_await ingest_.take(std::move(update));
    const auto now = instance_.clock().now();
    auto work = [&](store::Tx& tx) { polling::retrack(tx, account, id, now); };
    co_await instance_.database->write(work);
    poller_.wake();
  };
  follow.hurry = [this] { poller_.wake(); };
  return follow;
}

std::function<pages::Asked(store::Tx&, const shipments::Head&)> Work::asked() {
  return [this](store::Tx& tx, const shipments::Head& head) {
    pages::Asked asked;
    const auto connectors = shelf_.current();
    for (const auto& told : shipments::told(tx, head.account_id, head.id)) {
      const auto* connector = connectors->find(told.connector);
      asked.names.push_back(connector != nullptr ? connector->definition().name : told.connector);
      if (!asked.last || *asked.last < told.last_at) asked.last = told.last_at;
    }
    return asked;
  };
}

std::function<void(const shipments::Head&)> Work::watched() {
  return [this](const shipments::Head& head) {
    constexpr std::size_t kMost = 10'000;
    const std::lock_guard lock(mutex_);
    if (looked_at_.size() < kMost) looked_at_.push_back(head);
  };
}

std::function<std::vector<carriers::Standing>(store::Tx&)> Work::standings() {
  return [this](store::Tx& tx) {
    return carriers::standings(tx, *shelf_.current(), settings_, instance_.clock().now());
  };
}

carriers::AllSettings settings_or_complaints(const Config& config,
                                             const carriers::Connectors& connectors) {
  std::vector<Mistake> mistakes;
  auto settings = carrier_settings(config, connectors, process_environment(), mistakes);
  for (const auto& mistake : mistakes)
    base::log(base::Level::Error, "config.mistake", {{"what", describe(mistake)}});
  return settings;
}

}  // namespace app
