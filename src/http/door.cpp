#include "http/door.h"

namespace http {
namespace {

// Connections over the limit that are told so at one time; more are closed without a word.
constexpr int kMostTurnedAway = 64;

}  // namespace

Door::Ticket Door::enter(std::string peer) {
  const std::lock_guard lock(mutex_);
  const Entry entry = judge(peer);
  if (entry == Entry::Dropped) return {nullptr, entry, {}};
  if (entry == Entry::Seated) {
    ++seated_;
    if (per_peer_ > 0) ++peers_[peer];
  } else {
    ++turned_away_;
  }
  return {this, entry, std::move(peer)};
}

Entry Door::judge(const std::string& peer) {
  const bool is_full = seated_ >= limit_;
  const auto known = per_peer_ > 0 ? peers_.find(peer) : peers_.end();
  const bool is_peer_full = known != peers_.end() && known->second >= per_peer_;
  if (!is_full && !is_peer_full) return Entry::Seated;
  if (turned_away_ >= kMostTurnedAway) return Entry::Dropped;
  return is_full ? Entry::Full : Entry::PeerFull;
}

void Door::leave(const Ticket& ticket) {
  const std::lock_guard lock(mutex_);
  if (ticket.entry() == Entry::Seated) {
    --seated_;
    if (const auto known = peers_.find(ticket.peer()); known != peers_.end())
      if (--known->second == 0) peers_.erase(known);
  } else {
    --turned_away_;
  }
  if (seated_ + turned_away_ == 0) emptied_.notify_all();
}

int Door::count() {
  const std::lock_guard lock(mutex_);
  return seated_ + turned_away_;
}

bool Door::wait_empty(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return emptied_.wait_until(lock, deadline, [this] { return seated_ + turned_away_ == 0; });
}

}  // namespace http
