// Who may begin an attempt, and in which order: so many attempts at a time of all lanes together,
// and of lanes that failed last time at most half as many, so that however many receivers hang, the
// others find room. Lanes for which there is none wait in a queue and are given one place each, in
// turn. For this room only; on the dispatcher's thread, but for taken().
#pragma once
#include <atomic>
#include <deque>
#include <memory>

#include "notify/held_lane.h"

namespace notify {

class Places {
 public:
  explicit Places(int all) : all_(all) {}

  bool has_room(const HeldLane& lane) const {
    if (taken_ >= all_) return false;
    return lane.state.failures == 0 || failing_ < all_ / 2;
  }

  // One attempt's place, from its begin to its end.
  class Place {
   public:
    Place(Places& places, bool is_failing) : places_(places), is_failing_(is_failing) {
      ++places_.taken_;
      if (is_failing_) ++places_.failing_;
    }
    ~Place() {
      --places_.taken_;
      if (is_failing_) --places_.failing_;
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    Places& places_;
    const bool is_failing_;
  };

  // At the end of the queue, once.
  void queue(const std::shared_ptr<HeldLane>& lane) {
    if (!std::exchange(lane->is_waiting, true)) waiting_.push_back(lane);
  }
  // Gives places to those who wait, one each in turn, as long as somebody takes one. `turn` starts
  // one attempt of the lane if there is room for it, queues it again if it wants more, and says
  // whether it started any.
  template <class Turn>
  void give(Turn turn) {
    for (auto left = waiting_.size(); left > 0 && taken_ < all_; --left) {
      if (waiting_.empty()) return;
      const auto lane = std::move(waiting_.front());
      waiting_.pop_front();
      lane->is_waiting = false;
      if (!lane->is_lost && !lane->ready.empty() && turn(lane)) left = waiting_.size() + 1;
    }
  }

  // Attempts under way. Safe from any thread.
  int taken() const { return taken_; }

 private:
  const int all_;
  std::atomic<int> taken_ = 0;
  int failing_ = 0;
  std::deque<std::shared_ptr<HeldLane>> waiting_;
};

}  // namespace notify
