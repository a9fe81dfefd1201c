#include "personal/restrictions.h"

#include "base/log.h"
#include "store/database.h"

namespace personal {
namespace {

using namespace std::chrono_literals;

constexpr auto kAgain = 1s;

}  // namespace

Restrictions::Restrictions(store::Database& main) : main_(main) {
  refresh();
  watcher_ = std::thread([this] { watch(); });
}

Restrictions::~Restrictions() {
  {
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  watcher_.join();
}

// What was read last goes on holding while the store cannot be read: too much shut rather than too
// little.
void Restrictions::watch() {
  std::unique_lock lock(stop_mutex_);
  while (!stop_.wait_for(lock, kAgain, [this] { return stopping_; })) {
    lock.unlock();
    try {
      refresh();
    } catch (const std::exception& error) {
      base::log(base::Level::Warning, "personal.restrictions_not_read", {{"error", error.what()}});
    }
    lock.lock();
  }
}

void Restrictions::refresh() {
  auto read = [](store::Tx& tx) {
    std::unordered_set<Whose, Hash> held;
    auto rows = tx.query("SELECT account_id, subject FROM restrictions");
    while (rows.next()) held.insert({rows.integer(0), rows.integer(1)});
    return held;
  };
  const std::lock_guard order(refresh_mutex_);  // an older reading must not overtake a newer one
  auto held = main_.read_now(read);
  const std::unique_lock lock(mutex_);
  held_ = std::move(held);
  any_.store(!held_.empty(), std::memory_order_release);
}

bool Restrictions::hold(std::int64_t account_id, std::int64_t subject) const noexcept {
  if (!any_.load(std::memory_order_acquire)) return false;
  const std::shared_lock lock(mutex_);
  return held_.contains({account_id, subject});
}

void Restrictions::place(store::Tx& tx, std::int64_t account_id, std::int64_t subject,
                         std::string_view reason, base::Instant now) {
  tx.execute(
      "INSERT INTO restrictions (account_id, subject, reason, since) VALUES ($1, $2, $3, $4) ON "
      "CONFLICT (account_id, subject) DO NOTHING",
      account_id, subject, reason, now);
}

void Restrictions::lift(store::Tx& tx, std::int64_t account_id, std::int64_t subject) {
  tx.execute("DELETE FROM restrictions WHERE account_id = $1 AND subject = $2", account_id,
             subject);
}

std::optional<std::string> Restrictions::reason(store::Tx& tx, std::int64_t account_id,
                                                std::int64_t subject) {
  auto rows = tx.query("SELECT reason FROM restrictions WHERE account_id = $1 AND subject = $2",
                       account_id, subject);
  if (!rows.next()) return std::nullopt;
  return std::string(rows.text(0));
}

}  // namespace personal
