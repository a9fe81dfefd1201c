#include "polls_world.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "carriers/definition.h"
#include "polling/schedule.h"

extern char** environ;

namespace bench {
namespace {

namespace sim = carriers::simulator;

sim::WorldOptions same_world() {
  return {1, std::chrono::floor<std::chrono::days>(base::SystemClock().now()),
          std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::duration<double, std::ratio<60>>(kMinutes))};
}

std::string beside_this(const char* program) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string() + "/" + program;
}

shipments::Shipment shipment_of(const sim::Parcel& parcel, std::int64_t account,
                                base::Instant now) {
  const personal::Label shop(personal::Source::Shop);
  shipments::Shipment s;
  s.head.account_id = account;
  s.head.id = base::Id::make(now);
  s.head.tracking_number = parcel.number;
  s.head.courier_code = parcel.courier;
  s.head.substatus = 1;
  s.head.created_at = s.head.updated_at = now;
  s.head.order_number = fmt::format("ORDER-{}", -parcel.index);
  s.head.destination_country = parcel.plan.destination->country;
  s.body.customer_name = {"Ada Example", shop};
  s.body.title = {"Blue running shoes, size 42", shop};
  s.body.tracking_postal_code = {std::string(parcel.plan.destination->zip), shop};
  return s;
}

}  // namespace

SimulatorProcess::SimulatorProcess() {
  const auto program = beside_this("milepost");
  const auto minutes = fmt::format("{}", kMinutes);
  const char* const words[] = {program.c_str(), "--json", "simulate", "--port", "0",
                               "--show",        "1",      "--seed",   "1",      "--minutes",
                               minutes.c_str(), nullptr};
  int pipe[2];
  if (::pipe(pipe) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
  posix_spawn_file_actions_addclose(&actions, pipe[0]);
  const int failed = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr,
                                   const_cast<char* const*>(words), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  if (failed != 0) throw std::runtime_error("milepost is not built beside this bench");
  std::string line;
  for (char c = 0; ::read(pipe[0], &c, 1) == 1 && c != '\n';) line += c;
  const auto begin = line.find("http://");
  const auto end = line.find('/', begin + 7);
  if (begin == std::string::npos) throw std::runtime_error("the simulator does not answer");
  origin_ = line.substr(begin, end - begin);
}

SimulatorProcess::~SimulatorProcess() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

std::string SimulatorProcess::base_of(std::string_view connector) const {
  return fmt::format("{}/{}", origin_, connector);
}

double SimulatorProcess::processor_seconds() const {
  std::ifstream stat(fmt::format("/proc/{}/stat", pid_));
  std::string line;
  std::getline(stat, line);
  double user = 0, system = 0;
  std::sscanf(line.c_str() + line.rfind(')'),
              ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lf %lf", &user, &system);
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

Carriers::Carriers(const SimulatorProcess& simulator)
    : parcels(*shelf.current(), catalogue, detector, {}, same_world()) {
  for (const auto& connector : shelf.current()->all())
    settings[std::string(connector->id())].is_enabled = false;
  for (const auto& carrier : parcels.carriers()) {
    auto& one = settings[std::string(carrier.connector->id())];
    one.is_enabled = true;
    one.base = one.token_base = simulator.base_of(carrier.connector->id());
    for (const auto& secret : carrier.connector->definition().access.secrets)
      one.secrets.values[secret] = "bench";
    one.per_second = 100'000;
    one.per_day = 0;
    one.concurrency = 8;
  }
}

app::Config config_in(const std::string& folder) {
  return app::load_config("", folder, [](const std::string&) { return std::nullopt; }).config;
}

std::int64_t make_account(app::Instance& instance) {
  const auto account = instance.accounts->create("bench@example.com", "unlimited").value();
  instance.vault->prepare(account);
  return account;
}

void fill(app::Instance& instance, Carriers& world, std::int64_t account, int count) {
  constexpr int kBatch = 1000;
  const auto now = instance.clock().now();
  const auto connectors = world.shelf.current();
  for (int begin = 1; begin <= count; begin += kBatch) {
    std::vector<shipments::Shipment> batch;
    std::vector<std::string> sealed, asked;
    for (int i = begin; i < std::min(count + 1, begin + kBatch); ++i) {
      const auto parcel = world.parcels.parcel(-i);
      batch.push_back(shipment_of(*parcel, account, now));
      batch.back().head.subject = instance.vault->new_subject_now(account);
      sealed.push_back(instance.shipments->seal(batch.back()));
      asked.emplace_back(parcel->carrier);
    }
    instance.database->write_now([&](store::Tx& tx) {
      for (std::size_t i = 0; i < batch.size(); ++i) {
        // A few numbers of the world are there twice.
        if (instance.shipments->insert(tx, batch[i].head, sealed[i], now) !=
            shipments::Repository::Inserted::Yes)
          continue;
        polling::on_created(tx, batch[i].head, asked[i], now, now);
      }
    });
  }
  instance.database->checkpoint();
  instance.keys->checkpoint();
}

std::vector<BareCall> calls_about(Carriers& world, int count) {
  std::map<std::string_view, std::vector<std::int64_t>> waiting;
  std::vector<BareCall> calls;
  const auto ask = [&](const carriers::Connector& connector, std::vector<std::int64_t>& indexes) {
    std::vector<carriers::Question> questions;
    for (const auto index : indexes) {
      const auto parcel = world.parcels.parcel(index);
      questions.push_back({.number = parcel->number,
                           .postcode = std::string(parcel->plan.destination->zip),
                           .destination_country = std::string(parcel->plan.destination->country)});
    }
    const auto& settings = world.settings.at(std::string(connector.id()));
    calls.push_back({&connector, std::exchange(indexes, {}),
                     carriers::question_call(connector.definition(), settings, questions,
                                             {base::SystemClock().now(), "1", "token"})});
  };
  for (int i = 1; i <= count; ++i) {
    const auto parcel = world.parcels.parcel(-i);
    const auto& connector = *world.parcels.carrier(parcel->carrier)->connector;
    auto& some = waiting[parcel->carrier];
    some.push_back(-i);
    const auto most = static_cast<std::size_t>(std::max(1, connector.definition().request.batch));
    if (some.size() == most) ask(connector, some);
  }
  for (auto& [id, some] : waiting) {
    if (!some.empty()) ask(*world.parcels.carrier(id)->connector, some);
  }
  return calls;
}

}  // namespace bench
