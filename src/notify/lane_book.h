// The lanes that this process holds, by leases: who was claimed, whose lease is to be renewed, who
// is given up. For this room only; on the dispatcher's thread, but for write(), which runs in the
// transaction that settles.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "notify/held_lane.h"
#include "notify/settling.h"

namespace notify {

using Held = std::shared_ptr<HeldLane>;

// What is to be written about a lane: it is given up, or kept with a longer lease or another
// health.
struct Parting {
  Held lane;
  bool is_leaving = false;
  LaneState state;
  bool is_ours = true;  // afterwards: nobody else had taken it meanwhile
};

class LaneBook {
 public:
  LaneBook(std::string owner, std::chrono::microseconds lease)
      : owner_(std::move(owner)), lease_(lease) {}

  const std::string& owner() const { return owner_; }
  bool is_empty() const { return held_.empty(); }
  int size() const { return static_cast<int>(held_.size()); }
  Held find(const Lane& lane) const;
  std::vector<Held> all() const;

  // It has just been claimed. An older holding of ours whose lease ran out is lost.
  Held begin(LaneState claimed, Sender& sender, base::Instant now);
  // Nothing of it counts any more: somebody else may have it.
  void lose(const Held& lane);

  // It may have nothing left to do; at the next settling this is looked at.
  void may_be_done(const Held& lane) { quiet_.emplace(lane->state.lane, lane); }
  void look_at_all();
  // Of these endings and of those that may be done, whose rows are to be written; in the order of
  // the key, so that two processes never wait for each other crosswise.
  std::vector<Parting> partings(const std::vector<Ending>& endings, base::Instant now,
                                bool is_stopping);
  void write(store::Tx& tx, std::vector<Parting>& partings) const;

 private:
  const std::string owner_;
  const std::chrono::microseconds lease_;
  std::int64_t holdings_ = 0;
  std::map<Lane, Held> held_;
  std::map<Lane, Held> quiet_;
};

}  // namespace notify
