// Restriction of processing (GDPR Art. 18): whose values stay shut for every purpose but Rights and
// Claims.
//
// Kept as rows of the main database, written in the transaction of whoever decides it (rights), and
// as a set in memory that every Access asks once a subject: a nanosecond while nobody is
// restricted, a look-up otherwise. In this process a change holds when refresh() returns; what
// another process changed is seen within a second. Whoever must not miss it by that second (a
// message that is about to leave) asks reason() in its own transaction.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>

#include "base/clock.h"

namespace store {
class Tx;
class Database;
}  // namespace store

namespace personal {

class Restrictions {
 public:
  // Reads what there is, and again every second until it is destroyed.
  explicit Restrictions(store::Database& main);
  ~Restrictions();

  // Safe from any thread, never waits for the store.
  bool hold(std::int64_t account_id, std::int64_t subject) const noexcept;
  // Reads the rows now. To be called after the commit of place() or lift(). Blocks.
  void refresh();

  // In the caller's transaction. Placing twice keeps the first. `reason` is a word of the caller's:
  // "accuracy", "unlawful", "claims", "objection".
  static void place(store::Tx& tx, std::int64_t account_id, std::int64_t subject,
                    std::string_view reason, base::Instant now);
  static void lift(store::Tx& tx, std::int64_t account_id, std::int64_t subject);
  // Why it is restricted; nothing when it is not.
  static std::optional<std::string> reason(store::Tx& tx, std::int64_t account_id,
                                           std::int64_t subject);

 private:
  struct Whose {
    std::int64_t account_id, subject;
    friend bool operator==(const Whose&, const Whose&) = default;
  };
  struct Hash {
    std::size_t operator()(const Whose& whose) const noexcept {
      return std::hash<std::int64_t>()(whose.account_id * 1'000'003 ^ whose.subject);
    }
  };
  void watch();

  store::Database& main_;
  std::atomic<bool> any_ = false;
  std::mutex refresh_mutex_;
  mutable std::shared_mutex mutex_;  // guards held_
  std::unordered_set<Whose, Hash> held_;

  std::mutex stop_mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread watcher_;
};

}  // namespace personal
