#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "personal/access.h"
#include "store/database.h"

namespace personal {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kColumns = 9;
constexpr std::size_t kInsertRows =
    7;  // in one statement: 63 parameters, few enough for both engines
// A batch is written this long after its first row, or when it has this many.
constexpr auto kGather = 10ms;
constexpr std::size_t kBatch = 2048;
// Rows in memory; beyond it callers wait, and beyond the deadline they are refused.
constexpr std::size_t kMost = 32'768;
constexpr auto kDeadline = 5s;
constexpr auto kPauseAfterFailure = 250ms;
constexpr int kLastAttempts = 3;

std::string insert_rows(std::size_t rows) {
  std::string sql =
      "INSERT INTO access_ledger (account_id, at, actor_kind, actor_id, purpose, operation, "
      "subject, subjects, fields) VALUES ";
  for (std::size_t row = 0; row < rows; ++row) {
    sql += row == 0 ? "(" : ", (";
    for (std::size_t i = 1; i <= kColumns; ++i) {
      sql += fmt::format("{}${}", i == 1 ? "" : ", ", row * kColumns + i);
    }
    sql += ')';
  }
  return sql;
}

void add_params(std::vector<store::Param>& params, const LedgerRow& row) {
  params.insert(
      params.end(),
      {store::to_param(row.account_id), store::to_param(row.at), store::to_param(row.actor.kind),
       store::to_param(row.actor.id), store::to_param(row.purpose), store::to_param(row.operation),
       store::to_param(row.subject), store::to_param(row.subjects), store::to_param(row.fields)});
}

void insert(store::Tx& tx, std::span<const LedgerRow> rows) {
  static const std::string kMany = insert_rows(kInsertRows);
  static const std::string kOne = insert_rows(1);
  std::vector<store::Param> params;
  params.reserve(kInsertRows * kColumns);
  while (!rows.empty()) {
    const std::size_t n = rows.size() >= kInsertRows ? kInsertRows : 1;
    params.clear();
    for (const auto& row : rows.first(n)) add_params(params, row);
    tx.enqueue_params(n == 1 ? kOne : kMany, params);
    rows = rows.subspan(n);
  }
}

}  // namespace

// One thread writes what the others hand over: while one batch commits, the next one gathers.
struct Ledger::State {
  State(store::Database& db, const base::Clock& now) : database(db), clock(now) {
    waiting.reserve(kBatch);
    batch.reserve(kBatch);
    writer = std::thread([this] { run(); });
  }
  ~State() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    writer.join();
  }

  void run();
  std::string write();

  store::Database& database;
  const base::Clock& clock;

  std::mutex mutex;               // guards what follows, except batch
  std::condition_variable wake;   // the writer
  std::condition_variable moved;  // whoever waits for a commit or for room
  std::vector<LedgerRow> waiting;
  std::uint64_t handed = 0;    // rows, since the start
  std::uint64_t written = 0;   // rows, committed
  std::uint64_t failures = 0;  // attempts to write
  std::string last_failure;
  bool hurry = false;
  bool stopping = false;
  std::atomic<bool> stuck = false;  // full, and the last write failed

  std::vector<LedgerRow> batch;  // the writer's own
  std::thread writer;
};

// Why it failed; empty when the batch is committed.
std::string Ledger::State::write() {
  try {
    database.write_now([this](store::Tx& tx) { insert(tx, batch); });
    return {};
  } catch (const std::exception& error) {
    base::log(base::Level::Error, "personal.ledger_not_written",
              {{"rows", batch.size()}, {"error", error.what()}});
    return error.what();
  }
}

void Ledger::State::run() {
  int attempts = 0;
  std::unique_lock lock(mutex);
  for (;;) {
    if (batch.empty()) {
      wake.wait(lock, [&] { return stopping || !waiting.empty(); });
      if (waiting.empty()) return;
      wake.wait_for(lock, kGather, [&] { return stopping || hurry || waiting.size() >= kBatch; });
      batch.swap(waiting);
      moved.notify_all();  // there is room again
    }
    lock.unlock();
    const auto failure = write();
    lock.lock();
    if (failure.empty()) {
      written += batch.size();
      batch.clear();
      attempts = 0;
      stuck = false;
      if (written == handed) hurry = false;
      moved.notify_all();
      continue;
    }
    ++failures;
    last_failure = failure;
    stuck = waiting.size() >= kMost;
    moved.notify_all();
    if (stopping && ++attempts == kLastAttempts) {
      base::log(base::Level::Error, "personal.ledger_rows_lost",
                {{"rows", batch.size() + waiting.size()}});
      return;
    }
    wake.wait_for(lock, kPauseAfterFailure, [&] { return stopping; });
  }
}

Ledger::Ledger(store::Database& database, const base::Clock& clock)
    : state_(std::make_unique<State>(database, clock)) {}

Ledger::~Ledger() = default;

void Ledger::append(store::Tx& tx, const LedgerRow& row) { insert(tx, std::span(&row, 1)); }

void Ledger::append_soon(const LedgerRow& row) {
  auto& state = *state_;
  std::unique_lock lock(state.mutex);
  if (state.waiting.size() >= kMost &&
      !state.moved.wait_for(lock, kDeadline, [&] { return state.waiting.size() < kMost; })) {
    throw store::StoreError("the access ledger is full and is not being written");
  }
  state.waiting.push_back(row);
  ++state.handed;
  const auto size = state.waiting.size();
  lock.unlock();
  if (size == 1 || size == kBatch) state.wake.notify_one();
}

void Ledger::require_room() const {
  if (state_->stuck.load(std::memory_order_relaxed)) {
    throw store::StoreError("the access ledger cannot be written: nothing personal is opened");
  }
}

void Ledger::flush() {
  auto& state = *state_;
  std::unique_lock lock(state.mutex);
  const auto until = state.handed;
  const auto failures = state.failures;
  if (state.written >= until) return;
  state.hurry = true;
  state.wake.notify_one();
  state.moved.wait(lock, [&] { return state.written >= until || state.failures != failures; });
  if (state.written < until) {
    throw store::StoreError("the access ledger was not written: " + state.last_failure);
  }
}

const base::Clock& Ledger::clock() const { return state_->clock; }

}  // namespace personal
