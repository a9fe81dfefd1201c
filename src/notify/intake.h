// News out of the outbox, and lanes that are due: one commit. For this room only; works in
// transactions of the dispatcher's.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "notify/queue.h"

namespace notify {

struct Taken {
  int news = 0;
  std::int64_t last_account = -1;  // accounts take turns: the next one begins behind it
  std::set<Lane> told;             // lanes that got something
  std::vector<LaneState> claimed;
};

// Who is told of the news of the accounts above `above`, written as deliveries; and up to `room`
// lanes that are due, leased to `owner`.
Taken take(store::Tx& tx, const std::vector<Planner*>& planners,
           const std::vector<channels::Channel>& channels, std::int64_t above,
           const std::string& owner, base::Instant now, std::chrono::microseconds lease, int room);

// A glance, so that an idle dispatcher costs no write.
bool is_anything_due(store::Tx& tx, const std::vector<channels::Channel>& channels,
                     base::Instant now);

// What a lane may send now, and what each says: read together.
struct Loaded {
  std::vector<Delivery> due;
  std::vector<Prepared> prepared;
};
// `known` are under way or being written, and left out. Counts each attempt where the sender's
// manner says so. Nothing of a lane that is paused.
Loaded load(store::Tx& tx, const Lane& lane, Sender& sender, const std::set<std::string>& known,
            int want, base::Instant now);

}  // namespace notify
