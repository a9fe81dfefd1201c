#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

#include "api/own/health.h"
#include "api/v4/envelope.h"
#include "app/backup.h"
#include "app/billing.h"
#include "app/demo.h"
#include "app/egress.h"
#include "app/inbound.h"
#include "app/instance.h"
#include "app/mailboxes.h"
#include "app/outreach.h"
#include "app/parcels.h"
#include "app/people.h"
#include "app/policy.h"
#include "app/reviews.h"
#include "app/rights.h"
#include "app/security.h"
#include "app/sign_in.h"
#include "app/telling.h"
#include "app/work.h"
#include "base/later.h"
#include "base/log.h"
#include "http/server.h"
#include "insight/counters.h"
#include "notify/log.h"
#include "pages/app_endpoints.h"
#include "pages/ask_endpoints.h"
#include "pages/policy_pages.h"
#include "personal/forgotten.h"
#include "polling/schedule.h"
#include "rights/closing.h"
#include "rights/registers/member_audit.h"
#include "rights/retention.h"
#include "shipments/retention.h"
#include "support/tickets.h"

namespace app {
namespace {

constexpr std::chrono::seconds kStopWithin{8};
constexpr std::chrono::hours kSweepEvery{1};
constexpr std::chrono::seconds kAuditEvery{5};

http::ServerOptions server_options(const Config& config, const Address& address,
                                   base::Metrics& metrics) {
  http::ServerOptions options;
  options.host = address.host;
  options.port = address.port;
  options.threads = static_cast<int>(config.threads);
  options.certificate = config.certificate;
  options.key = config.certificate_key;
  options.is_tls_only = config.is_production();
  options.body_limit = static_cast<std::size_t>(config.body_limit);
  options.header_limit = static_cast<std::size_t>(config.header_limit);
  options.connection_limit = static_cast<int>(config.connection_limit);
  options.proxies = http::Networks::parse(config.trusted_proxies).value_or(http::Networks());
  options.idle_timeout = std::chrono::seconds(config.idle_seconds);
  options.access_log = config.access_log;
  options.metrics = &metrics;
  return options;
}

// Forgets what has reached its age, once an hour, and takes into the audit log's tree what waits,
// on a thread of its own that can be stopped at once.
class Sweeper {
 public:
  Sweeper(Instance& instance, RightsDesk& rights, Telling& telling, Billing& billing,
          insight::Counters& counters, Outreach& outreach, const Config& config)
      : instance_(instance),
        rights_(rights),
        telling_(telling),
        billing_(billing),
        counters_(counters),
        outreach_(outreach),
        forgotten_(forgotten_file(config)),
        thread_([this] { run(); }) {}
  ~Sweeper() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    auto next_sweep = std::chrono::steady_clock::now();
    while (!is_stopping_) {
      lock.unlock();
      if (std::chrono::steady_clock::now() >= next_sweep) {
        sweep();
        rights_.keep_house();
        next_sweep += kSweepEvery;
      }
      integrate();
      tell();
      count();
      lock.lock();
      wake_.wait_for(lock, kAuditEvery, [this] { return is_stopping_; });
    }
  }
  void integrate() {
    try {
      rights::carry_member_events(*instance_.database, *instance_.audit, instance_.clock().now());
      while (instance_.audit->integrate() > 0) {
      }
    } catch (const std::exception& e) {
      base::log(base::Level::Error, "audit.failed", {{"error", e.what()}});
    }
  }
  void count() {
    try {
      counters_.flush();
    } catch (const std::exception& e) {
      base::log(base::Level::Error, "counters.failed", {{"error", e.what()}});
    }
  }
  void tell() {
    try {
      if (rights_.tell_receivers() > 0) telling_.wake();
    } catch (const std::exception& e) {
      base::log(base::Level::Error, "rights.telling_failed", {{"error", e.what()}});
    }
  }
  void sweep() {
    try {
      const auto swept =
          shipments::sweep_expired(*instance_.database, *instance_.vault, instance_.clock().now());
      support::Tickets(*instance_.database, *instance_.vault, instance_.clock()).sweep();
      outreach_.sweep();
      Reviewing::sweep(instance_);
      inbound::Seen(*instance_.database, *instance_.vault).sweep(instance_.clock().now());
      instance_.database->write_now([&](store::Tx& tx) {
        carriers::Health::sweep(tx, instance_.clock().now());
        return 0;
      });
      notify::sweep(*instance_.database, instance_.clock().now());
      billing_.keep_house();
      instance_.audit->sweep();
      instance_.desks->sweep();
      instance_.desks->inactivity.walk();
      for (const auto account_id : instance_.accounts->closed())
        rights::clear_account(*instance_.database, *instance_.vault, account_id);
      personal::ForgottenFile(forgotten_)
          .prune(instance_.clock().now() - kLongestKeysBackup - std::chrono::days(1));
      if (swept.shipments + swept.air_waybills > 0) {
        base::log(base::Level::Info, "retention.swept",
                  {{"shipments", swept.shipments}, {"air_waybills", swept.air_waybills}});
      }
    } catch (const std::exception& e) {
      base::log(base::Level::Error, "retention.failed", {{"error", e.what()}});
    }
  }

  Instance& instance_;
  RightsDesk& rights_;
  Telling& telling_;
  Billing& billing_;
  insight::Counters& counters_;
  Outreach& outreach_;
  const std::string forgotten_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::thread thread_;
};

// Two servers on one SQLite file would keep two sets of rate limits, and one would remember a key
// that the other has destroyed. The lock goes with the process, however it ends.
class ServingLock {
 public:
  explicit ServingLock(const Config& config) {
    constexpr std::string_view kSqlite = "sqlite:";
    if (!config.store_url.starts_with(kSqlite)) return;
    const auto path = config.store_url.substr(kSqlite.size()) + ".serving";
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ >= 0 && ::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
    const bool is_taken = file_ >= 0 && errno == EWOULDBLOCK;
    if (file_ >= 0) ::close(file_);
    throw std::runtime_error(
        is_taken ? "another milepost serves this store already (one server for a SQLite store; "
                   "PostgreSQL takes several)"
                 : fmt::format("{} cannot be made: {}", path, std::strerror(errno)));
  }
  ~ServingLock() {
    if (file_ >= 0) ::close(file_);
  }
  ServingLock(const ServingLock&) = delete;
  ServingLock& operator=(const ServingLock&) = delete;

 private:
  int file_ = -1;
};

sigset_t served_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  return set;
}

// Waits for the signal to stop; SIGHUP reloads the certificate meanwhile.
int wait_for_stop(http::Server& server, const sigset_t& signals) {
  while (true) {
    int signal = 0;
    if (::sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) return signal;
    const auto trouble = server.reload_certificate();
    if (trouble.empty()) {
      base::log(base::Level::Info, "server.certificate_reloaded");
    } else {
      base::log(base::Level::Error, "server.certificate_kept", {{"reason", trouble}});
    }
  }
}

// What is left in accounts that their last member has left.
base::Task<void> forget(Instance& instance, std::vector<std::int64_t> account_ids) {
  auto work = [&instance, account_ids] {
    for (const auto id : account_ids)
      rights::clear_account(*instance.database, *instance.vault, id);
    return true;
  };
  co_await pages::elsewhere(work);
}

// A core dump would hold keys and whatever was open at that moment.
void refuse_core_dumps() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace

int serve(const Config& config, Demo* demo) {
  // Before any thread is made, so that all of them leave the signals to this one.
  const auto signals = served_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  refuse_core_dumps();

  make_data_folder(config);
  const ServingLock lock(config);
  Instance instance(config, demo != nullptr ? &demo->clock() : nullptr);
  const couriers::Catalogue catalogue;
  const couriers::Detector detector(catalogue);
  accounts::RateLimiter limiter(instance.clock());
  api::v4::set_operator_contact(config.contact);
  carriers::ConnectorShelf shelf(config.carriers_folder);
  for (const auto& mistake : shelf.mistakes())
    base::log(base::Level::Error, "carriers.mistake", {{"what", carriers::describe(mistake)}});
  auto settings = settings_or_complaints(config, *shelf.current());
  if (demo != nullptr) demo->open(instance, *shelf.current(), catalogue, detector, settings);
  std::vector<Mistake> mistakes;
  const Egress egress(processors_of(config, mistakes), &shelf, settings);
  for (const auto& mistake : mistakes)
    base::log(base::Level::Error, "processors.mistake", {{"what", describe(mistake)}});
  instance.egress = &egress;
  const auto facts = policy_facts(config, *shelf.current(), settings, catalogue);
  People people(instance, config, catalogue, demo != nullptr, demo != nullptr ? demo->speed() : 1);
  Telling telling(instance, config, catalogue, demo != nullptr ? demo->speed() : 1);
  shipments::Ingest::Options ingest_options;
  ingest_options.metrics = &instance.metrics;
  ingest_options.answers_kept = std::chrono::hours(config.carriers_answers_kept_hours);
  ingest_options.when_news = [&telling] { telling.wake(); };
  shipments::Ingest ingest(*instance.database, *instance.shipments, *instance.ledger,
                           ingest_options);
  Work work(instance, config, shelf, catalogue, ingest,
            {std::move(settings), demo != nullptr ? demo->speed() : 1});
  api::v4::Context v4{*instance.database, *instance.shipments, *instance.accounts, limiter,
                      *instance.ledger,   catalogue,           detector,           instance.clock(),
                      work.live_lookup(), work.follow()};
  Inbound inbound({instance, shelf, ingest, catalogue, detector});
  pages::Context pages{
      *instance.database, *instance.shipments,
      *instance.ledger,   catalogue,
      instance.clock(),   work.asked(),
      work.watched(),     demo != nullptr ? std::optional(demo->account()) : std::nullopt,
      work.standings()};
  pages.sign_in = accounts::link::kSignIn;
  pages.service = config.operator_name;
  pages.push_key = people.push_key();
  publish_policy(*instance.database, config, facts, instance.clock().now());
  pages::PolicyContext policy_pages{*instance.database, instance.clock(), facts.who};
  RightsDesk rights(instance, config);
  insight::Counters counters(*instance.database, instance.clock());
  pages.views.counters = policy_pages.views.counters = &counters;
  policy_pages.sign_out = [&](std::string token) {
    return instance.desks->sessions.end(std::move(token));
  };
  pages::AccountContext account_pages{*instance.database, instance.clock(), *instance.desks,
                                      *instance.accounts, pages};
  if (!config.operator_name.empty()) account_pages.service = config.operator_name;
  account_pages.rights = &rights.context();
  account_pages.suspensions = &rights.suspensions();
  pages.sign_in = "/account/sign-in";
  account_pages.closed = [&](std::vector<std::int64_t> ids) { return forget(instance, ids); };
  account_pages.add_parcel = [&](accounts::Signed who, pages::NewParcel parcel) {
    return enter_parcel(v4, std::move(who), std::move(parcel));
  };
  account_pages.ask_again = [&](store::Tx& tx, std::int64_t account_id, const base::Id& shipment) {
    return polling::watch(tx, account_id, shipment, instance.clock().now());
  };
  SignInBy sign_in(instance, config);
  Billing billing(instance, config);
  Mailboxes mailboxes(instance, config, catalogue, detector);
  mailboxes.follow([begin = work.follow().begin](store::Tx& tx,
                                                 const shipments::Head& head) { begin(head)(tx); },
                   work.follow().hurry);
  account_pages.mailboxes.emplace(mailboxes.page_desk());
  account_pages.oidc = sign_in.oidc();
  account_pages.public_url = instance.desks->context.public_url;
  account_pages.is_sign_up_open = config.sign_up == "open";
  auto& hooks = telling.webhooks();
  account_pages.hooks.emplace(pages::HookDesk{
      hooks.webhooks(), &hooks.sender(),
      [&hooks](store::Tx& tx, std::int64_t account_id) { return hooks.email_of(tx, account_id); },
      [&telling] { telling.wake(); }});
  account_pages.messages.emplace(
      pages::MessageDesk{people.rooms(), people.tools(), people.wording()});
  accounts::Counting counting(instance.clock());
  base::Later slow_lane;
  pages.counting = &counting;
  pages.slow = [&]() -> base::Task<void> { co_await slow_lane.wait(counting.rules().pause); };
  Outreach outreach(instance, people);
  account_pages.lists.emplace(outreach.page_desk());
  support::Tickets tickets(*instance.database, *instance.vault, instance.clock());
  pages::AskContext questions{*instance.database, *instance.vault, tickets};
  account_pages.tickets = &tickets;
  account_pages.letters = instance.letters.get();
  Reviewing reviewing(instance, people.recipients());
  account_pages.reviews = &reviewing.context();
  SecurityWatch security(instance, config);
  pages::SecurityContext security_pages{[&security] { return security.report(); }, instance.clock(),
                                        config.contact, config.public_url};
  http::Router router;
  inbound.add_routes(router);
  billing.add_routes(router);
  rights.add_routes(router, limiter);
  telling.add_routes(router, limiter);
  people.add_routes(router, limiter);
  api::v4::add_routes(router, v4);
  pages::add_routes(router, pages);
  pages::add_policy_routes(router, policy_pages);
  pages::add_security_routes(router, security_pages);
  pages::add_app_routes(router, config.operator_name);
  pages::add_ask_routes(router, questions);
  pages::add_list_routes(router, outreach.readers());
  pages::add_review_routes(router, reviewing.context());
  pages::add_account_routes(router, account_pages);
  api::own::add_routes(router, *instance.database, instance.metrics, rights::broken_promises);

  const auto address = parse_address(config.listen).value();
  http::Server server(server_options(config, address, instance.metrics), std::move(router));
  server.start();
  const Sweeper sweeper(instance, rights, telling, billing, counters, outreach, config);
  rights.open_mail(config);
  const FolderWatch folder(config, inbound, instance.clock());
  people.add_to(telling.dispatcher());
  telling.start();
  people.start();
  outreach.start();
  work.start();
  mailboxes.start();
  if (demo != nullptr) demo->start(server.port());
  instance.database->write_now([&](store::Tx& tx) {
    return instance.audit->append(tx, {0, "server.started", 0, "{}"});
  });
  base::log(base::Level::Info, "server.listening",
            {{"host", address.host},
             {"port", server.port()},
             {"tls", !config.certificate.empty()},
             {"store", config.store_url.substr(0, config.store_url.find(':'))}});

  const int signal = wait_for_stop(server, signals);
  base::log(base::Level::Info, "server.stopping",
            {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  if (demo != nullptr) demo->stop();
  mailboxes.stop();
  billing.stop();
  server.stop(kStopWithin);
  work.stop();
  sign_in.stop();
  people.stop();
  outreach.stop();
  telling.stop();
  counters.flush();
  instance.ledger->flush();
  instance.database->checkpoint();
  base::log(base::Level::Info, "server.stopped");
  base::flush_log();
  return 0;
}

}  // namespace app
