#include "personal/slot_pool.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace personal {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kFirstBlock = 64;
constexpr std::size_t kLargestBlock = 4096;
constexpr std::size_t kGrowth = 4;
constexpr auto kQuick = 1s;   // used up within this: larger blocks
constexpr auto kSlow = 1min;  // lasted longer than this: smaller ones
// Slots of one transaction, so that the key store's writer is never held long (about 50 ms).
constexpr std::size_t kMostAtOnce = 16'384;
constexpr auto kPauseAfterFailure = 200ms;

}  // namespace

struct SlotPool::Account {
  explicit Account(std::int64_t account_id) : id(account_id) {}

  bool is_low() const { return slots.size() <= block / 2; }
  // Whether the caller has to place the order.
  bool wants_order() { return is_low() && !std::exchange(ordered, true); }

  const std::int64_t id;
  std::mutex mutex;  // guards what follows
  std::deque<Slot> slots;
  std::vector<Waiter*> waiting;
  std::size_t block = kFirstBlock;
  std::optional<base::Instant> filled_at;
  bool ordered = false;
};

SlotPool::SlotPool(KeyStore& store, TenantKeys& tenants, KeyCache& cache, const base::Clock& clock)
    : store_(store), tenants_(tenants), cache_(cache), clock_(clock), maker_([this] { run(); }) {}

SlotPool::~SlotPool() {
  {
    const std::lock_guard lock(orders_mutex_);
    stopping_ = true;
  }
  ordered_.notify_all();
  maker_.join();
  const auto gone = std::make_exception_ptr(store::StoreError("key store: the vault was closed"));
  for (auto& [id, account] : accounts_) fail(*account, gone);
  for (auto& [id, account] : accounts_) {
    std::vector<std::int64_t> unused;
    for (const auto& slot : account->slots) unused.push_back(slot.slot);
    try {
      store_.delete_slots(id, unused);
    } catch (const store::StoreError& error) {
      // They stay behind as after a crash: keys that nothing is sealed under.
      base::log(base::Level::Warning, "personal.slots_left", {{"error", error.what()}});
      return;
    }
  }
}

SlotPool::Account* SlotPool::find(std::int64_t account_id) {
  const std::shared_lock lock(accounts_mutex_);
  const auto found = accounts_.find(account_id);
  return found == accounts_.end() ? nullptr : found->second.get();
}

SlotPool::Account& SlotPool::find_or_make(std::int64_t account_id) {
  if (auto* account = find(account_id)) return *account;
  const std::unique_lock lock(accounts_mutex_);
  auto& account = accounts_[account_id];
  if (!account) account = std::make_unique<Account>(account_id);
  return *account;
}

std::int64_t SlotPool::hand_out(Account& account, Slot slot) {
  const SlotId id{account.id, slot.slot};
  cache_.put(id, slot.key, cache_.ticket(id));
  return slot.slot;
}

std::optional<std::int64_t> SlotPool::take(std::int64_t account_id) {
  auto* account = find(account_id);
  if (account == nullptr) return std::nullopt;
  std::unique_lock lock(account->mutex);
  if (account->slots.empty()) return std::nullopt;
  const Slot slot = account->slots.front();
  account->slots.pop_front();
  const bool placing = account->wants_order();
  lock.unlock();
  if (placing) order(*account);
  return hand_out(*account, slot);
}

// False when a slot was at hand after all: the waiter has it and need not wait.
bool SlotPool::enlist(std::int64_t account_id, Waiter& waiter) {
  if (const auto slot = take(account_id)) {
    waiter.slot = *slot;
    return false;
  }
  auto& account = find_or_make(account_id);
  std::unique_lock lock(account.mutex);
  if (!account.slots.empty()) {  // delivered since
    const Slot slot = account.slots.front();
    account.slots.pop_front();
    lock.unlock();
    waiter.slot = hand_out(account, slot);
    return false;
  }
  account.waiting.push_back(&waiter);
  const bool placing = account.wants_order();
  lock.unlock();  // from here on the waiter may be settled, and gone
  if (placing) order(account);
  return true;
}

std::int64_t SlotPool::take_now(std::int64_t account_id) {
  if (const auto slot = take(account_id)) return *slot;
  Waiter waiter;
  if (enlist(account_id, waiter)) {
    std::unique_lock lock(settled_mutex_);
    settled_.wait(lock, [&] { return waiter.settled; });
  }
  if (waiter.error) std::rethrow_exception(waiter.error);
  return waiter.slot;
}

void SlotPool::give_back(std::int64_t account_id, std::int64_t slot) {
  Slot back{slot, {}};
  auto* account = find(account_id);
  // A key that was evicted meanwhile leaves its row behind, as a crash would.
  if (account == nullptr || !cache_.get({account_id, slot}, back.key)) return;
  const std::lock_guard lock(account->mutex);
  account->slots.push_back(back);
}

void SlotPool::remove(std::int64_t account_id, std::span<const std::int64_t> slots) {
  auto* account = find(account_id);
  if (account == nullptr) return;
  std::vector<std::int64_t> sorted(slots.begin(), slots.end());
  std::sort(sorted.begin(), sorted.end());
  const std::lock_guard lock(account->mutex);
  std::erase_if(account->slots, [&](const Slot& slot) {
    return std::binary_search(sorted.begin(), sorted.end(), slot.slot);
  });
}

void SlotPool::order(Account& account) {
  {
    const std::lock_guard lock(orders_mutex_);
    orders_.push_back(&account);
  }
  ordered_.notify_one();
}

void SlotPool::run() {
  std::unique_lock lock(orders_mutex_);
  for (;;) {
    ordered_.wait(lock, [&] { return stopping_ || !orders_.empty(); });
    if (stopping_) return;
    const auto due = std::exchange(orders_, {});
    lock.unlock();
    constexpr std::size_t kAccounts = kMostAtOnce / kLargestBlock;
    bool done = true;
    for (std::size_t i = 0; i < due.size(); i += kAccounts) {
      done = fill(std::span(due).subspan(i, std::min(kAccounts, due.size() - i))) && done;
    }
    lock.lock();
    if (!done) ordered_.wait_for(lock, kPauseAfterFailure, [&] { return stopping_; });
  }
}

bool SlotPool::fill(std::span<Account* const> accounts) {
  std::vector<Account*> filling;
  std::vector<std::shared_ptr<const TenantKey>> keys;
  std::vector<SlotOrder> orders;
  bool done = true;
  for (auto* account : accounts) {
    try {
      keys.push_back(tenants_.find_or_make(account->id));
    } catch (const std::exception&) {
      fail(*account, std::current_exception());
      done = false;
      continue;
    }
    const auto now = clock_.now();
    const std::lock_guard lock(account->mutex);
    if (account->filled_at && now - *account->filled_at < kQuick) {
      account->block = std::min(account->block * kGrowth, kLargestBlock);
    } else if (account->filled_at && now - *account->filled_at > kSlow) {
      account->block = std::max(account->block / kGrowth, kFirstBlock);
    }
    account->filled_at = now;
    filling.push_back(account);
    orders.push_back(
        {account->id, &keys.back()->wrapping, account->block + account->waiting.size()});
  }
  try {
    auto blocks = store_.make_slots(orders);
    for (std::size_t i = 0; i < blocks.size(); ++i) deliver(*filling[i], std::move(blocks[i]));
  } catch (const std::exception&) {
    for (auto* account : filling) fail(*account, std::current_exception());
    done = false;
  }
  return done;
}

void SlotPool::deliver(Account& account, std::vector<Slot> fresh) {
  std::vector<Waiter*> served;
  std::unique_lock lock(account.mutex);
  for (const auto& slot : fresh) account.slots.push_back(slot);
  while (!account.slots.empty() && served.size() < account.waiting.size()) {
    auto* waiter = account.waiting[served.size()];
    waiter->slot = hand_out(account, account.slots.front());
    account.slots.pop_front();
    served.push_back(waiter);
  }
  account.waiting.erase(account.waiting.begin(),
                        account.waiting.begin() + static_cast<std::ptrdiff_t>(served.size()));
  account.ordered = false;
  const bool placing = account.wants_order();  // used up while it was made
  lock.unlock();
  if (placing) order(account);
  settle(served);
}

void SlotPool::fail(Account& account, const std::exception_ptr& error) {
  std::vector<Waiter*> waiting;
  {
    const std::lock_guard lock(account.mutex);
    account.ordered = false;
    waiting.swap(account.waiting);
  }
  for (auto* waiter : waiting) waiter->error = error;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& why) {
    if (!waiting.empty()) {
      base::log(base::Level::Error, "personal.no_slots",
                {{"account", account.id}, {"error", why.what()}});
    }
  }
  settle(waiting);
}

void SlotPool::settle(std::span<Waiter* const> waiters) {
  std::unordered_map<base::Executor*, std::vector<std::coroutine_handle<>>> ready;
  bool threads = false;
  {
    const std::lock_guard lock(settled_mutex_);
    for (auto* waiter : waiters) {
      if (waiter->continuation) {
        ready[waiter->executor].push_back(waiter->continuation);
      } else {
        waiter->settled = threads = true;
      }
    }
  }
  if (threads) settled_.notify_all();
  for (const auto& [executor, handles] : ready) {
    if (executor != nullptr) {
      executor->post(handles);
    } else {
      for (const auto handle : handles) handle.resume();
    }
  }
}

}  // namespace personal
