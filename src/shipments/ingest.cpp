#include "shipments/ingest.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "base/metrics.h"
#include "shipments/ingest_batch.h"

namespace shipments {
namespace {

// What one caller brought, and where it waits for all of it.
struct Order {
  std::vector<Update> updates;
  std::vector<Ingested> results;
  std::size_t left = 0;  // under the queue's lock
  std::exception_ptr error;
  std::coroutine_handle<> waiting;
  base::Executor* executor = nullptr;
};

struct Queued {
  Order* order;
  std::size_t index;
};

}  // namespace

struct Ingest::State {
  State(const IngestTools& with, const Options& chosen);
  ~State();

  void enqueue(Order& order);
  void work();
  void run(const std::vector<Queued>& batch);
  void settle(const std::vector<Queued>& batch, const std::exception_ptr& error);
  void count(const std::vector<Queued>& batch);

  IngestTools tools;
  Options options;
  base::Counter changed, unchanged, gone, failed, unknown, quarantined;
  base::Histogram seconds;

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Queued> queue;
  bool stopping = false;
  std::vector<std::thread> threads;
};

Ingest::State::State(const IngestTools& with, const Options& chosen)
    : tools(with), options(chosen) {
  if (options.metrics != nullptr) {
    const auto outcome = [&](const char* name) {
      return options.metrics->counter("milepost_ingest_updates_total", "Updates taken in",
                                      {{"outcome", name}});
    };
    changed = outcome("changed");
    unchanged = outcome("unchanged");
    gone = outcome("gone");
    failed = outcome("failed");
    unknown = options.metrics->counter("milepost_ingest_unknown_events_total",
                                       "Events whose meaning nobody knows");
    quarantined = options.metrics->counter("milepost_ingest_quarantined_total",
                                           "Scans that could not be read");
    seconds = options.metrics->histogram(
        "milepost_ingest_seconds", "From bringing updates to their commit", {},
        {.001, .002, .003, .005, .0075, .01, .015, .02, .03, .05, .1, .25, .5, 1, 5});
  }
  for (int i = 0; i < std::max(1, options.workers); ++i) threads.emplace_back([this] { work(); });
}

Ingest::State::~State() {
  {
    const std::lock_guard lock(mutex);
    stopping = true;
  }
  wake.notify_all();
  for (auto& thread : threads) thread.join();
}

void Ingest::State::enqueue(Order& order) {
  {
    const std::lock_guard lock(mutex);
    if (stopping) throw store::StoreError("ingest has been stopped");
    if (queue.size() + order.updates.size() > options.queue && !queue.empty()) {
      throw store::StoreError("ingest is overloaded");
    }
    for (std::size_t i = 0; i < order.updates.size(); ++i) queue.push_back({&order, i});
  }
  wake.notify_one();
}

void Ingest::State::work() {
  std::vector<Queued> batch;
  for (;;) {
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) return;
      batch.clear();
      while (!queue.empty() && batch.size() < static_cast<std::size_t>(options.batch)) {
        batch.push_back(queue.front());
        queue.pop_front();
      }
      if (!queue.empty()) wake.notify_one();
    }
    run(batch);
  }
}

void Ingest::State::run(const std::vector<Queued>& batch) {
  std::exception_ptr error;
  try {
    std::vector<Pending> pending;
    pending.reserve(batch.size());
    for (const auto& [order, index] : batch) {
      pending.push_back({&order->updates[index], &order->results[index]});
    }
    IngestBatch(tools, std::move(pending)).run();
    count(batch);
    const bool has_news = std::ranges::any_of(batch, [](const Queued& one) {
      return one.order->results[one.index].outcome == Ingested::Outcome::Changed;
    });
    if (has_news && options.when_news) options.when_news();
  } catch (...) {
    error = std::current_exception();
  }
  settle(batch, error);
}

void Ingest::State::settle(const std::vector<Queued>& batch, const std::exception_ptr& error) {
  std::vector<Order*> done;
  {
    const std::lock_guard lock(mutex);
    for (const auto& queued : batch) {
      if (error) queued.order->error = error;
      if (--queued.order->left == 0) done.push_back(queued.order);
    }
  }
  // One wake-up an executor, however many orders are done.
  std::ranges::stable_sort(done, std::less<>(), &Order::executor);
  std::vector<std::coroutine_handle<>> ready;
  for (std::size_t i = 0; i < done.size(); ++i) {
    auto* const executor = done[i]->executor;
    ready.push_back(done[i]->waiting);
    if (i + 1 < done.size() && done[i + 1]->executor == executor) continue;
    if (executor != nullptr) {
      executor->post(ready);
    } else {
      for (const auto waiting : ready) waiting.resume();
    }
    ready.clear();
  }
}

void Ingest::State::count(const std::vector<Queued>& batch) {
  if (options.metrics == nullptr) return;
  int counts[4] = {};
  int unknown_events = 0, bad_scans = 0;
  for (const auto& [order, index] : batch) {
    const auto& result = order->results[index];
    ++counts[static_cast<std::size_t>(result.outcome)];
    unknown_events += result.unknown_events;
    bad_scans += result.quarantined;
  }
  changed.add(counts[0]);
  unchanged.add(counts[1]);
  gone.add(counts[2]);
  failed.add(counts[3]);
  unknown.add(unknown_events);
  quarantined.add(bad_scans);
}

Ingest::Ingest(store::Database& database, Repository& repository, personal::Ledger& ledger)
    : Ingest(database, repository, ledger, Options{}) {}

Ingest::Ingest(store::Database& database, Repository& repository, personal::Ledger& ledger,
               const Options& options)
    : state_(std::make_unique<State>(
          IngestTools{database, repository, ledger, options.answers_kept}, options)) {}

Ingest::~Ingest() = default;

base::Task<Ingested> Ingest::take(Update update) {
  std::vector<Update> one;
  one.push_back(std::move(update));
  auto results = co_await take_all(std::move(one));
  co_return std::move(results.front());
}

base::Task<std::vector<Ingested>> Ingest::take_all(std::vector<Update> updates) {
  if (updates.empty()) co_return std::vector<Ingested>();
  Order order;
  order.updates = std::move(updates);
  order.results.resize(order.updates.size());
  order.left = order.updates.size();
  struct Wait {
    State& state;
    Order& order;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
      order.waiting = waiting;
      order.executor = base::Executor::current();
      state.enqueue(order);
    }
    void await_resume() const {
      if (order.error) std::rethrow_exception(order.error);
    }
  };
  const auto begin = std::chrono::steady_clock::now();
  co_await Wait{*state_, order};
  state_->seconds.observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  co_return std::move(order.results);
}

}  // namespace shipments
