// The budgets of all carriers, and how they survive a restart and are shared by processes.
//
// sync() writes what happened since the last time and reads what the others did, in one small
// transaction: at the start, every few seconds, at the end. Between two of them nothing of a budget
// touches the database. What follows from that, honestly:
// - A process that is killed forgets the calls since its last sync (kSyncEvery at most); a clean
//   stop forgets nothing.
// - Processes that share a PostgreSQL divide pace and places among themselves in equal parts,
//   whoever has more to do; who has not been heard of for kGoneAfter does not count. A process that
//   has just come is noticed by the others at their next sync.
// - Calls a day are added up over all processes, so that together they can exceed the limit by what
//   they ask within one sync.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/task.h"
#include "carriers/budget.h"

namespace store {
class Database;
class Tx;
}  // namespace store

namespace carriers {

class Budgets {
 public:
  static constexpr std::chrono::seconds kSyncEvery{10};
  static constexpr std::chrono::seconds kGoneAfter{60};

  explicit Budgets(const base::Clock& clock, base::Metrics* metrics = nullptr);
  ~Budgets();

  // The one of this connector, made when it is asked for first, with these limits from now on. It
  // lives as long as this does.
  Budget& of(std::string_view connector, const BudgetLimits& limits);
  // nullptr when nobody has asked for it yet.
  const Budget* find(std::string_view connector) const;

  // Throws store::StoreError; then nothing is lost, the next one writes it.
  base::Task<void> sync(store::Database& database);
  // The same for plain threads.
  void sync_now(store::Database& database);
  // At a clean stop: like sync_now, and the others no longer share with this process.
  void leave(store::Database& database);

  // For the metrics: how often a carrier was not asked, by reason.
  void held(std::string_view connector, Hold why);

 private:
  struct Known;
  struct Exchange;
  Exchange begin_exchange();
  void end_exchange(const Exchange& exchange);
  // What sync found in the store of carriers nobody has asked for yet.
  const base::Clock& clock_;
  base::Metrics* metrics_;
  const std::string holder_;  // this process, in the store
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Known>, std::less<>> known_;
  int sharers_ = 1;
};

}  // namespace carriers
