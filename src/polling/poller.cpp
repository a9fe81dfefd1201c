#include "polling/poller.h"

#include <algorithm>

#include "base/log.h"
#include "polling/poller_state.h"

namespace polling {
namespace {

constexpr std::chrono::hours kPriceEvery{1};
constexpr std::chrono::hours kFitEvery{24};

}  // namespace

Poller::State::State(const Parts& with, const Options& chosen) : parts(with), options(chosen) {
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

Held Poller::State::terms(const std::string& connector, const Means& means) {
  const std::lock_guard lock(paces_mutex);
  auto& pace = paces[connector];
  if (!pace) pace = std::make_shared<Pace>();
  return {pace, {&pace->rates, pace->price, means.min_gap, means.is_postal}};
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
