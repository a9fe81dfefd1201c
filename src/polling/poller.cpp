#include "polling/poller.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "shipments/told.h"
#include "store/lease.h"

namespace polling {
namespace {

using base::Instant;
using shipments::Update;

constexpr std::chrono::hours kUnroutedAgain{24};
// Little and often: what is claimed in one go is answered, and wants to be written, in one go too.
constexpr int kClaimedAtOnce = 48;
// Answers that wait for ingest, beyond which no more are fetched: waiting there they would only be
// older when they are written.
constexpr int kMostWaiting = 32;
constexpr std::chrono::hours kPriceEvery{1};
constexpr std::chrono::hours kFitEvery{24};

struct Batch {
  std::string connector;
  std::vector<Poll> polls;
};

struct Claimed {
  std::vector<std::vector<Poll>> due;  // of each share
  std::vector<Poll> silent;            // nothing was heard of them for so long that they expire
};

}  // namespace

// The terms of a carrier, and what keeps their rates alive while others replace them.
struct Held {
  std::shared_ptr<const Pace> pace;
  Terms terms;
};

struct Poller::State {
  State(const Parts& with, const Options& chosen) : parts(with), options(chosen) {
    if (options.metrics == nullptr) return;
    const auto outcome = [&](const char* name) {
      return options.metrics->counter("milepost_polling_polls_total", "Shipments asked about",
                                      {{"outcome", name}});
    };
    changed = outcome("changed");
    unchanged = outcome("unchanged");
    not_found = outcome("not_found");
    failed = outcome("failed");
    later = outcome("later");
    under_way_gauge = options.metrics->gauge("milepost_polling_under_way_count",
                                             "Shipments that are being asked about");
  }

  Held terms(const std::string& connector, const Means& means);

  base::Task<std::vector<std::string>> due_connectors();
  base::Task<std::vector<Batch>> claim_all();
  // How many of a connector may be claimed now.
  struct Share {
    std::string connector;
    int batch, most;
    Held held;
  };
  std::vector<Share> shares(std::vector<std::string> due);
  base::Task<Claimed> claim_some(const std::vector<Share>& shares);
  base::Task<void> route();
  base::Task<bool> run(Batch batch);
  base::Task<std::vector<shipments::Ingested>> take(std::vector<Update> updates);
  base::Task<std::vector<shipments::Shipment>> read(const std::vector<Poll>& polls);
  std::vector<Update> note_heard(std::vector<Poll>& polls, std::vector<Heard>& heard,
                                 const std::string& connector, std::vector<std::size_t>& whose,
                                 std::vector<Instant>& not_before);
  void learn_all(std::vector<Poll>& polls, const std::vector<Heard>& heard,
                 const std::vector<std::size_t>& whose,
                 const std::vector<shipments::Ingested>& results);
  base::Task<void> finish(std::vector<Poll> polls, std::string connector,
                          std::vector<Instant> not_before);
  base::Task<void> expire(std::vector<Poll> polls);
  base::Task<void> run_alone(Batch batch);
  base::Task<void> turn();
  void work();
  void adjust();
  void adjust_if_due();

  const Parts parts;
  const Options options;
  const std::string owner = store::new_lease_owner();
  base::Counter changed, unchanged, not_found, failed, later;
  base::Gauge under_way_gauge;

  std::mutex paces_mutex;
  std::map<std::string, std::shared_ptr<const Pace>> paces;

  base::Loop loop;  // on which everything waits
  std::thread thread, adjuster;
  std::mutex stop_mutex;
  std::condition_variable stopped;
  std::atomic<bool> stopping = false;
  std::atomic<int> under_way = 0;           // shipments
  std::atomic<int> waiting_for_ingest = 0;  // answers
  std::size_t turns = 0;
  bool is_turning = false;  // the loop's own
  Instant routed_at{};
};

Held Poller::State::terms(const std::string& connector, const Means& means) {
  const std::lock_guard lock(paces_mutex);
  auto& pace = paces[connector];
  if (!pace) pace = std::make_shared<Pace>();
  return {pace, {&pace->rates, pace->price, means.min_gap, means.is_postal}};
}

// --- Claiming

// Which connectors have something due: a glance, so that the others cost no write.
base::Task<std::vector<std::string>> Poller::State::due_connectors() {
  const auto now = parts.clock.now();
  const auto all = parts.carriers.connectors();
  auto work = [&](store::Tx& tx) {
    std::vector<std::string> due;
    for (const auto& connector : all) {
      if (is_due(tx, connector, now)) due.push_back(connector);
    }
    return due;
  };
  co_return co_await parts.database.read(work);
}

std::vector<Poller::State::Share> Poller::State::shares(std::vector<std::string> due) {
  if (due.empty() || under_way >= options.under_way || waiting_for_ingest >= kMostWaiting)
    return {};
  // Somebody else begins each time.
  std::rotate(due.begin(), due.begin() + static_cast<std::ptrdiff_t>(turns++ % due.size()),
              due.end());
  std::vector<Share> all;
  for (auto& connector : due) {
    const auto means = parts.carriers.means(connector);
    const int most = means.free * means.batch;
    if (most <= 0) continue;
    auto held = terms(connector, means);
    all.push_back({std::move(connector), std::max(1, means.batch), most, std::move(held)});
  }
  return all;
}

base::Task<std::vector<Batch>> Poller::State::claim_all() {
  const auto all = shares(co_await due_connectors());
  std::vector<Batch> batches;
  if (all.empty()) co_return batches;
  auto claimed = co_await claim_some(all);
  if (!claimed.silent.empty()) co_await expire(std::move(claimed.silent));
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto& due = claimed.due[i];
    const auto size = static_cast<std::size_t>(all[i].batch);
    for (std::size_t from = 0; from < due.size(); from += size) {
      Batch batch{all[i].connector, {}};
      const auto end = std::min(from + size, due.size());
      std::move(due.begin() + static_cast<std::ptrdiff_t>(from),
                due.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(batch.polls));
      under_way += static_cast<int>(batch.polls.size());
      batches.push_back(std::move(batch));
    }
  }
  co_return batches;
}

// All connectors in one commit. Who is told a number is noted before the call goes out.
base::Task<Claimed> Poller::State::claim_some(const std::vector<Share>& shares) {
  const auto now = parts.clock.now();
  const int most = std::min(kClaimedAtOnce, options.under_way - under_way);
  Claimed claimed;
  auto work = [&](store::Tx& tx) {
    claimed = {};
    int left = most;
    for (const auto& share : shares) {
      auto& due = claimed.due.emplace_back();
      auto polls =
          claim(tx, share.connector, owner, now, options.lease, std::min(share.most, left));
      left -= static_cast<int>(polls.size());
      for (auto& poll : polls) {
        const auto decision = next_call(poll.known, share.held.terms, now);
        if (decision.what == What::Expire && decision.at <= now) {
          claimed.silent.push_back(std::move(poll));
        } else if (decision.what == What::Stop && !poll.is_watched) {
          reschedule(tx, poll, owner, std::nullopt);
        } else {
          shipments::note_told(tx, poll.account_id, poll.id, share.connector, now);
          due.push_back(std::move(poll));
        }
      }
    }
  };
  co_await parts.database.write(work);
  co_return claimed;
}

// What nothing was heard of for so long is not asked about any more.
base::Task<void> Poller::State::expire(std::vector<Poll> polls) {
  std::vector<Update> updates;
  for (const auto& poll : polls) {
    Update update;
    update.account_id = poll.account_id;
    update.id = poll.id;
    update.says = Update::Says::Silence;
    update.source = poll.connector;
    update.heard_at = parts.clock.now();
    updates.push_back(std::move(update));
  }
  co_await parts.ingest.take_all(std::move(updates));
  auto work = [&](store::Tx& tx) {
    for (const auto& poll : polls) reschedule(tx, poll, owner, std::nullopt);
  };
  co_await parts.database.write(work);
}

// Shipments whose courier nobody served: perhaps somebody does now.
base::Task<void> Poller::State::route() {
  const auto now = parts.clock.now();
  std::vector<Poll> unrouted;
  auto take = [&](store::Tx& tx) { unrouted = claim(tx, "", owner, now, options.lease, 500); };
  co_await parts.database.write(take);
  if (unrouted.empty()) co_return;
  const auto found = co_await read(unrouted);
  std::map<std::string, std::string> couriers;  // by the shipment's id
  for (const auto& shipment : found) {
    couriers[shipment.head.id.hex()] = shipment.head.courier_code;
  }
  auto give_back = [&](store::Tx& tx) {
    for (auto poll : unrouted) {
      const auto courier = couriers.find(poll.id.hex());
      if (courier != couriers.end()) {
        poll.connector = parts.carriers.connector_for(courier->second);
      }
      reschedule(
          tx, poll, owner,
          poll.connector.empty() ? now + kUnroutedAgain : std::max(now, poll.known.created_at));
    }
  };
  co_await parts.database.write(give_back);
}

// --- One call

base::Task<std::vector<shipments::Shipment>> Poller::State::read(const std::vector<Poll>& polls) {
  auto work = [&](store::Tx& tx) {
    std::vector<shipments::Shipment> found;
    for (const auto& poll : polls) {
      auto shipment = parts.repository.find(tx, poll.account_id, poll.id);
      if (shipment) found.push_back(std::move(*shipment));
    }
    return found;
  };
  co_return co_await parts.database.read(work);
}

namespace {

std::vector<Update> updates_of(const Poll& poll, const std::string& connector, Heard& heard) {
  std::vector<Update> updates;
  Update update;
  update.account_id = poll.account_id;
  update.id = poll.id;
  update.source = connector;
  update.heard_at = heard.heard_at;
  if (heard.outcome == Heard::Outcome::NotFound) {
    // Carriers hear of parcels late: it counts when the ladder's last step does not know it either.
    if (poll.known.newest_at || poll.known.not_found + 1 < kNotFoundGrace) return updates;
    update.says = Update::Says::NotFound;
    updates.push_back(std::move(update));
    return updates;
  }
  for (auto& report : heard.reports) {
    updates.push_back(update);
    updates.back().report = std::move(report);
  }
  if (!updates.empty()) updates.front().raw = std::move(heard.raw);
  return updates;
}

}  // namespace

// What the calls told, apart from what ingest makes of it. `whose`: of each update, the poll.
std::vector<Update> Poller::State::note_heard(std::vector<Poll>& polls, std::vector<Heard>& heard,
                                              const std::string& connector,
                                              std::vector<std::size_t>& whose,
                                              std::vector<Instant>& not_before) {
  std::vector<Update> updates;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    auto& known = polls[i].known;
    const auto outcome = heard[i].outcome;
    if (heard[i].heard_at == Instant{}) heard[i].heard_at = parts.clock.now();
    if (outcome == Heard::Outcome::Later) {
      not_before[i] = heard[i].until;
      later.add();
      continue;
    }
    if (outcome == Heard::Outcome::Failed) {
      ++known.failures;
      failed.add();
      continue;
    }
    for (auto& update : updates_of(polls[i], connector, heard[i])) {
      updates.push_back(std::move(update));
      whose.push_back(i);
    }
    known.failures = 0;
    known.asked_at = heard[i].heard_at;
    known.not_found = outcome == Heard::Outcome::NotFound ? known.not_found + 1 : 0;
    if (outcome != Heard::Outcome::NotFound) continue;
    not_found.add();
    if (known.stage == Stage::Finished) ++known.checks;
  }
  return updates;
}

namespace {

std::vector<Settled> settle(const std::vector<Poll>& polls, const std::vector<Heard>& heard,
                            const std::vector<std::size_t>& whose,
                            const std::vector<shipments::Ingested>& results) {
  std::vector<Settled> all(polls.size());
  for (std::size_t i = 0; i < polls.size(); ++i) {
    all[i].account_id = polls[i].account_id;
    all[i].shipment = polls[i].id;
    all[i].outcome = heard[i].outcome;
    all[i].heard_at = heard[i].heard_at;
    all[i].entered_at = polls[i].known.created_at;
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    auto& one = all[whose[i]];
    one.new_events += results[i].new_events;
    one.unknown_events += results[i].unknown_events;
    one.quarantined += results[i].quarantined;
    if (results[i].newest_at) one.newest_at = results[i].newest_at;
  }
  return all;
}

}  // namespace

base::Task<std::vector<shipments::Ingested>> Poller::State::take(std::vector<Update> updates) {
  struct Waiting {
    std::atomic<int>& count;
    explicit Waiting(std::atomic<int>& c) : count(c) { ++count; }
    ~Waiting() { --count; }
  } const waiting(waiting_for_ingest);
  co_return co_await parts.ingest.take_all(std::move(updates));
}

base::Task<bool> Poller::State::run(Batch batch) {
  auto shipments = co_await read(batch.polls);
  std::erase_if(batch.polls, [&](const Poll& poll) {  // deleted meanwhile
    return std::ranges::none_of(shipments, [&](const auto& s) { return s.head.id == poll.id; });
  });
  if (batch.polls.empty()) co_return false;
  for (std::size_t i = 0; i < shipments.size(); ++i) {
    batch.polls[i].known.lane = lane_of(shipments[i].head);
  }
  auto heard = co_await parts.carriers.ask(batch.connector, std::move(shipments));
  heard.resize(batch.polls.size());

  std::vector<std::size_t> whose;
  std::vector<Instant> not_before(batch.polls.size());
  auto updates = note_heard(batch.polls, heard, batch.connector, whose, not_before);
  const auto results = co_await take(std::move(updates));
  learn_all(batch.polls, heard, whose, results);
  const auto settled = settle(batch.polls, heard, whose, results);
  co_await finish(std::move(batch.polls), batch.connector, std::move(not_before));
  for (const auto& one : settled) parts.carriers.settled(batch.connector, one);
  co_return true;
}

// Of several reports on one shipment the last result says how it stands.
void Poller::State::learn_all(std::vector<Poll>& polls, const std::vector<Heard>& heard,
                              const std::vector<std::size_t>& whose,
                              const std::vector<shipments::Ingested>& results) {
  int news = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto poll = whose[i];
    news += results[i].new_events;
    if (i + 1 < results.size() && whose[i + 1] == poll) continue;
    auto result = results[i];
    result.new_events = std::exchange(news, 0);
    if (result.outcome == shipments::Ingested::Outcome::Gone) continue;
    (result.new_events > 0 ? changed : unchanged).add();
    if (heard[poll].outcome == Heard::Outcome::Report) {
      learn(polls[poll].known, result, heard[poll].heard_at);
    }
  }
}

base::Task<void> Poller::State::finish(std::vector<Poll> polls, std::string connector,
                                       std::vector<Instant> not_before) {
  const auto now = parts.clock.now();
  const auto held = terms(connector, parts.carriers.means(connector));
  std::vector<std::optional<Instant>> due(polls.size());
  for (std::size_t i = 0; i < polls.size(); ++i) {
    const auto decision = next_call(polls[i].known, held.terms, now);
    if (decision.what != What::Stop) due[i] = std::max(decision.at, not_before[i]);
    polls[i].weight = decision.weight;
  }
  auto work = [&](store::Tx& tx) {
    for (std::size_t i = 0; i < polls.size(); ++i) reschedule(tx, polls[i], owner, due[i]);
  };
  co_await parts.database.write(work);
}

// --- Turns

base::Task<void> Poller::State::run_alone(Batch batch) {
  const auto size = static_cast<int>(batch.polls.size());
  try {
    co_await run(std::move(batch));
  } catch (const std::exception& error) {
    base::log(base::Level::Error, "polling.failed", {{"error", error.what()}});
  }
  under_way -= size;
  under_way_gauge.set(under_way);
  loop.wake();
  { const std::lock_guard lock(stop_mutex); }
  stopped.notify_all();
}

base::Task<void> Poller::State::turn() {
  try {
    if (parts.clock.now() - routed_at >= std::chrono::minutes(1)) {
      routed_at = parts.clock.now();
      co_await route();
    }
    for (auto& batch : co_await claim_all()) base::spawn(run_alone(std::move(batch)));
  } catch (const std::exception& error) {
    base::log(base::Level::Error, "polling.claim_failed", {{"error", error.what()}});
  }
  is_turning = false;
}

void Poller::State::work() {
  loop.become();
  while (!stopping || under_way > 0 || is_turning) {
    const auto begin = std::chrono::steady_clock::now();
    if (!stopping && !is_turning) {
      is_turning = true;
      base::spawn(turn());
    }
    // Answers that come one by one must not each make a claim of their own.
    loop.run_until(begin + options.tick);
    if (!stopping)
      loop.run_until(std::min(begin + options.tick, begin + std::chrono::milliseconds(5)));
  }
}

// --- Prices and rates

void Poller::State::adjust() {
  const auto now = parts.clock.now();
  std::map<std::string, Rates> fitted;
  bool is_fitted = false;
  for (const auto& connector : parts.carriers.connectors()) {
    const auto budget_of_carrier = parts.carriers.means(connector).calls_per_day;
    auto [stored, expected, live] = parts.database.read_now([&](store::Tx& tx) {
      return std::tuple(load_pace(tx, connector), forecast(tx, connector), active(tx, connector));
    });
    auto pace = std::make_shared<Pace>(stored.value_or(Pace{}));
    if (now - pace->priced_at >= kPriceEvery && live > 0) {
      double budget = options.calls_per_day * static_cast<double>(live);
      if (budget_of_carrier > 0) budget = std::min(budget, budget_of_carrier);
      pace->price = adjusted_price(pace->price, expected, budget);
      pace->priced_at = now;
    }
    if (now - pace->fitted_at >= kFitEvery) {
      if (!is_fitted) fitted = fit_all(parts.database, now);
      is_fitted = true;
      const auto found = fitted.find(connector);
      if (found != fitted.end()) pace->rates = found->second;
      pace->fitted_at = now;
    }
    parts.database.write_now([&](store::Tx& tx) { store_pace(tx, connector, *pace); });
    const std::lock_guard lock(paces_mutex);
    paces[connector] = std::move(pace);
  }
}

Poller::Poller(const Parts& parts, const Options& options)
    : state_(std::make_unique<State>(parts, options)) {}

Poller::~Poller() { stop(std::chrono::seconds(5)); }

void Poller::start() {
  state_->thread = std::thread([this] { state_->work(); });
  state_->adjuster = std::thread([this] {
    std::unique_lock lock(state_->stop_mutex);
    while (!state_->stopping) {
      lock.unlock();
      try {
        state_->adjust();
      } catch (const std::exception& error) {
        base::log(base::Level::Error, "polling.adjust_failed", {{"error", error.what()}});
      }
      lock.lock();
      state_->stopped.wait_for(lock, kPriceEvery, [this] { return state_->stopping.load(); });
    }
  });
}

void Poller::stop(std::chrono::milliseconds within) {
  if (!state_->thread.joinable()) return;
  {
    std::unique_lock lock(state_->stop_mutex);
    state_->stopping = true;
    state_->stopped.notify_all();
    state_->stopped.wait_for(lock, within, [this] { return state_->under_way == 0; });
  }
  state_->loop.wake();
  state_->thread.join();
  state_->adjuster.join();
}

void Poller::wake() { state_->loop.wake(); }

base::Task<int> Poller::round() {
  co_await state_->route();
  int asked = 0;
  for (;;) {
    auto batches = co_await state_->claim_all();
    if (batches.empty()) co_return asked;
    for (auto& batch : batches) {
      const auto size = static_cast<int>(batch.polls.size());
      asked += size;
      co_await state_->run(std::move(batch));
      state_->under_way -= size;
    }
  }
}

void Poller::adjust() { state_->adjust(); }

}  // namespace polling
