#include "notify/lane_book.h"

namespace notify {

Held LaneBook::find(const Lane& lane) const {
  const auto found = held_.find(lane);
  return found == held_.end() ? nullptr : found->second;
}

std::vector<Held> LaneBook::all() const {
  std::vector<Held> lanes;
  lanes.reserve(held_.size());
  for (const auto& [key, lane] : held_) lanes.push_back(lane);
  return lanes;
}

Held LaneBook::begin(LaneState claimed, Sender& sender, base::Instant now) {
  const auto key = claimed.lane;
  auto lane = std::make_shared<HeldLane>(std::move(claimed), sender, now + lease_);
  lane->holding = ++holdings_;
  // What is under way in the older one ends by itself.
  auto& place = held_[key];
  if (place) place->is_lost = true;
  place = lane;
  return lane;
}

void LaneBook::lose(const Held& lane) {
  lane->is_lost = true;
  lane->ready.clear();
  const auto found = held_.find(lane->state.lane);
  if (found != held_.end() && found->second == lane) held_.erase(found);
}

void LaneBook::look_at_all() { quiet_ = held_; }

std::vector<Parting> LaneBook::partings(const std::vector<Ending>& endings, base::Instant now,
                                        bool is_stopping) {
  auto touched = std::exchange(quiet_, {});
  for (const auto& ending : endings) {
    const auto& key = ending.delivery.wanted.lane;
    if (auto lane = find(key)) touched.emplace(key, std::move(lane));
  }
  std::vector<Parting> parted;
  for (const auto& [key, lane] : touched) {
    auto& l = *lane;
    if (l.is_lost || l.is_leaving) continue;
    const bool is_done =
        l.in_flight == 0 && l.ready.empty() && !l.is_loading && (!l.has_more || is_stopping);
    if (is_done) {
      l.is_leaving = true;
      parted.push_back({lane, true, l.state});
    } else if (l.has_changed || l.lease_until - now < lease_ / 2) {
      l.has_changed = false;
      l.lease_until = now + lease_;
      parted.push_back({lane, false, l.state});
    }
  }
  return parted;
}

void LaneBook::write(store::Tx& tx, std::vector<Parting>& partings) const {
  for (auto& parting : partings) {
    if (parting.is_leaving) {
      release_lane(tx, parting.state, owner_, parting.lane->not_before);
      parting.is_ours = true;
    } else {
      parting.is_ours = keep_lane(tx, parting.state, owner_, parting.lane->lease_until);
    }
  }
}

}  // namespace notify
