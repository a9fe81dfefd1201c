// Slots made ahead: for each account some subjects' numbers whose keys are durable already, so that
// a create takes one from memory and pays no commit of the key store.
//
// A block is half used up when the next one is ordered; one background thread makes the blocks of
// all accounts that asked, in one transaction. Blocks grow when an account uses them up quickly.
// Numbers come from a counter in the key store, so that several processes share it. A number is
// handed out after its key's commit and never twice, unless whoever took it gave it back.
#pragma once
#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "personal/key_cache.h"
#include "personal/key_store.h"
#include "personal/tenant_keys.h"

namespace personal {

class SlotPool {
 public:
  SlotPool(KeyStore& store, TenantKeys& tenants, KeyCache& cache, const base::Clock& clock);
  ~SlotPool();  // deletes what was made ahead and not used

  // From memory; nothing when there is none at hand. Whoever takes a slot finds its key in the
  // cache.
  std::optional<std::int64_t> take(std::int64_t account_id);
  // Blocks for the next block; for plain threads.
  std::int64_t take_now(std::int64_t account_id);
  void give_back(std::int64_t account_id, std::int64_t slot);
  // They are about to be forgotten: never to be handed out.
  void remove(std::int64_t account_id, std::span<const std::int64_t> slots);

 private:
  struct Waiter {
    std::int64_t slot = 0;
    std::exception_ptr error;
    std::coroutine_handle<> continuation;  // null: a thread waits, until `settled`
    base::Executor* executor = nullptr;
    bool settled = false;
  };
  struct Account;
  class Later;

 public:
  // Awaits the next block; for I/O threads, resumed where it was awaited.
  Later take_later(std::int64_t account_id);

 private:
  Account* find(std::int64_t account_id);
  Account& find_or_make(std::int64_t account_id);
  bool enlist(std::int64_t account_id, Waiter& waiter);
  void order(Account& account);
  std::int64_t hand_out(Account& account, Slot slot);

  void run();
  bool fill(std::span<Account* const> accounts);
  void deliver(Account& account, std::vector<Slot> fresh);
  void fail(Account& account, const std::exception_ptr& error);
  void settle(std::span<Waiter* const> waiters);

  KeyStore& store_;
  TenantKeys& tenants_;
  KeyCache& cache_;
  const base::Clock& clock_;

  std::shared_mutex accounts_mutex_;
  std::unordered_map<std::int64_t, std::unique_ptr<Account>> accounts_;

  std::mutex orders_mutex_;
  std::condition_variable ordered_;
  std::vector<Account*> orders_;
  bool stopping_ = false;

  std::mutex settled_mutex_;
  std::condition_variable settled_;

  std::thread maker_;
};

class SlotPool::Later {
 public:
  Later(SlotPool& pool, std::int64_t account_id) : pool_(pool), account_id_(account_id) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) {
    waiter_.continuation = awaiting;
    waiter_.executor = base::Executor::current();
    return pool_.enlist(account_id_, waiter_);
  }
  std::int64_t await_resume() const {
    if (waiter_.error) std::rethrow_exception(waiter_.error);
    return waiter_.slot;
  }

 private:
  SlotPool& pool_;
  std::int64_t account_id_;
  Waiter waiter_;
};

inline SlotPool::Later SlotPool::take_later(std::int64_t account_id) { return {*this, account_id}; }

}  // namespace personal
