#include "carriers/budgets.h"

#include "store/database.h"
#include "store/lease.h"

namespace carriers {
namespace {

using base::Instant;

std::int64_t hour_of(Instant t) {
  return std::chrono::floor<std::chrono::hours>(t).time_since_epoch().count();
}

// "keep the later": MAX of two values has another name in each engine.
constexpr std::string_view kUpsert =
    "INSERT INTO carrier_budgets (connector, paced_until, left_alone_until, open_until, failures, "
    "rests) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (connector) DO UPDATE SET "
    "paced_until = CASE WHEN excluded.paced_until > carrier_budgets.paced_until "
    "THEN excluded.paced_until ELSE carrier_budgets.paced_until END, "
    "left_alone_until = CASE WHEN excluded.left_alone_until > carrier_budgets.left_alone_until "
    "THEN excluded.left_alone_until ELSE carrier_budgets.left_alone_until END";
// Only whoever saw the carrier fail or recover says so.
constexpr std::string_view kHealth =
    ", open_until = excluded.open_until, failures = excluded.failures, rests = excluded.rests";

void write(store::Tx& tx, const std::string& connector, const Budget::Kept& kept) {
  if (kept.calls.empty() && !kept.is_changed) return;
  const std::string sql = std::string(kUpsert).append(kept.is_changed ? kHealth : "");
  tx.enqueue(sql, connector, kept.paced_until, kept.left_alone_until, kept.open_until,
             kept.failures, kept.rests);
  for (const auto& [hour, calls] : kept.calls) {
    tx.enqueue(
        "INSERT INTO carrier_calls (connector, hour, calls) VALUES ($1, $2, $3) "
        "ON CONFLICT (connector, hour) DO UPDATE SET calls = carrier_calls.calls + excluded.calls",
        connector, hour, calls);
  }
}

std::map<std::string, Budget::Kept> read(store::Tx& tx) {
  std::map<std::string, Budget::Kept> out;
  auto rows = tx.query(
      "SELECT connector, paced_until, left_alone_until, open_until, failures, rests "
      "FROM carrier_budgets");
  while (rows.next()) {
    auto& kept = out[std::string(rows.text(0))];
    kept.paced_until = rows.instant(1);
    kept.left_alone_until = rows.instant(2);
    kept.open_until = rows.instant(3);
    kept.failures = static_cast<int>(rows.integer(4));
    kept.rests = static_cast<int>(rows.integer(5));
  }
  auto calls = tx.query("SELECT connector, hour, calls FROM carrier_calls");
  while (calls.next()) out[std::string(calls.text(0))].calls[calls.integer(1)] = calls.integer(2);
  return out;
}

int count_holders(store::Tx& tx, const std::string& holder, Instant now, bool is_leaving) {
  tx.enqueue("DELETE FROM carrier_askers WHERE seen_at < $1 OR asker = $2",
             now - Budgets::kGoneAfter, holder);
  if (!is_leaving)
    tx.enqueue("INSERT INTO carrier_askers (asker, seen_at) VALUES ($1, $2)", holder, now);
  auto rows = tx.query("SELECT COUNT(*) FROM carrier_askers");
  return rows.next() ? static_cast<int>(rows.integer(0)) : 1;
}

}  // namespace

struct Budgets::Known {
  std::unique_ptr<Budget> budget;  // none: the store knows it, but nobody has asked for it yet
  Budget::Kept stored;
  base::Gauge left, open;
  std::map<Hold, base::Counter> held;
};

// One sync: what goes out, what came in.
struct Budgets::Exchange {
  std::string holder;
  Instant now;
  bool is_leaving = false;
  std::map<std::string, Budget::Kept> written;
  std::map<std::string, Budget::Kept> stored;
  int holders = 1;

  void run(store::Tx& tx) {
    tx.enqueue("DELETE FROM carrier_calls WHERE hour < $1", hour_of(now) - 25);
    for (const auto& [connector, kept] : written) write(tx, connector, kept);
    holders = count_holders(tx, holder, now, is_leaving);
    stored = read(tx);
  }
};

Budgets::Budgets(const base::Clock& clock, base::Metrics* metrics)
    : clock_(clock), metrics_(metrics), holder_(store::new_lease_owner()) {}
Budgets::~Budgets() = default;

Budget& Budgets::of(std::string_view connector, const BudgetLimits& limits) {
  const std::lock_guard lock(mutex_);
  auto found = known_.find(connector);
  if (found == known_.end())
    found = known_.emplace(std::string(connector), std::make_unique<Known>()).first;
  Known& known = *found->second;
  if (known.budget) {
    known.budget->set_limits(limits);
    return *known.budget;
  }
  known.budget = std::make_unique<Budget>(limits);
  known.budget->set_sharers(sharers_);
  known.budget->written({}, known.stored, clock_.now());
  if (metrics_ != nullptr) {
    const base::Metrics::Labels labels{{"connector", found->first}};
    known.left = metrics_->gauge("milepost_carriers_calls_left_today",
                                 "Calls left in 24 hours, where a carrier limits them", labels);
    known.open = metrics_->gauge("milepost_carriers_breaker_open",
                                 "1 while a carrier is not asked because it keeps failing", labels);
  }
  return *known.budget;
}

const Budget* Budgets::find(std::string_view connector) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(connector);
  return found == known_.end() ? nullptr : found->second->budget.get();
}

void Budgets::held(std::string_view connector, Hold why) {
  if (metrics_ == nullptr) return;
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(connector);
  if (found == known_.end()) return;
  const auto [counter, is_new] = found->second->held.try_emplace(why);
  if (is_new) {
    counter->second = metrics_->counter(
        "milepost_carriers_held_total", "Questions that a carrier's budget did not allow",
        {{"connector", found->first}, {"why", std::string(name(why))}});
  }
  counter->second.add();
}

Budgets::Exchange Budgets::begin_exchange() {
  Exchange exchange{holder_, clock_.now(), false, {}, {}, 1};
  const std::lock_guard lock(mutex_);
  for (const auto& [connector, known] : known_) {
    if (known->budget) exchange.written.emplace(connector, known->budget->kept());
  }
  return exchange;
}

void Budgets::end_exchange(const Exchange& exchange) {
  const std::lock_guard lock(mutex_);
  sharers_ = std::max(1, exchange.holders);
  for (const auto& [connector, kept] : exchange.stored) {
    auto& known = known_[connector];
    if (!known) known = std::make_unique<Known>();
    known->stored = kept;
  }
  for (auto& [connector, known] : known_) {
    if (!known->budget) continue;
    known->budget->set_sharers(sharers_);
    const auto written = exchange.written.find(connector);
    // Made while the exchange ran: it began with what was known then.
    if (written == exchange.written.end()) continue;
    known->budget->written(written->second, known->stored, exchange.now);
    known->open.set(known->budget->is_broken(exchange.now) ? 1 : 0);
    if (const auto left = known->budget->left_today(exchange.now))
      known->left.set(static_cast<double>(*left));
  }
}

base::Task<void> Budgets::sync(store::Database& database) {
  auto exchange = begin_exchange();
  auto work = [&](store::Tx& tx) { exchange.run(tx); };
  co_await database.write(work);
  end_exchange(exchange);
}

void Budgets::sync_now(store::Database& database) {
  auto exchange = begin_exchange();
  database.write_now([&](store::Tx& tx) { exchange.run(tx); });
  end_exchange(exchange);
}

void Budgets::leave(store::Database& database) {
  auto exchange = begin_exchange();
  exchange.is_leaving = true;
  database.write_now([&](store::Tx& tx) { exchange.run(tx); });
  end_exchange(exchange);
}

}  // namespace carriers
