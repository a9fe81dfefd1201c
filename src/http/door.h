// Who may come in: the limits on connections, over all and for one peer. Any thread. For this room
// only.
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace http {

enum class Entry {
  Seated,
  Full,      // over the limit, but there is room to say so
  PeerFull,  // this peer has enough, and there is room to say so
  Dropped    // not even that
};

class Door {
 public:
  // per_peer 0: no limit for one peer.
  Door(int limit, int per_peer) : limit_(limit), per_peer_(per_peer) {}

  // Held by a connection as long as it lives; gives its place back.
  class Ticket {
   public:
    Ticket(Door* door, Entry entry, std::string peer)
        : door_(door), entry_(entry), peer_(std::move(peer)) {}
    Ticket(Ticket&& other) noexcept
        : door_(std::exchange(other.door_, nullptr)),
          entry_(other.entry_),
          peer_(std::move(other.peer_)) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() {
      if (door_ != nullptr) door_->leave(*this);
    }
    Entry entry() const { return entry_; }
    const std::string& peer() const { return peer_; }

   private:
    Door* door_;
    Entry entry_;
    std::string peer_;
  };

  Ticket enter(std::string peer);
  int count();
  // False when somebody is still in at the deadline.
  bool wait_empty(std::chrono::steady_clock::time_point deadline);

 private:
  Entry judge(const std::string& peer);
  void leave(const Ticket& ticket);

  const int limit_;
  const int per_peer_;
  std::mutex mutex_;
  std::condition_variable emptied_;
  int seated_ = 0;
  int turned_away_ = 0;
  std::unordered_map<std::string, int> peers_;  // kept only when there is a limit for them
};

}  // namespace http
