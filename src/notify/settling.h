// What an attempt's end means for its delivery (pure), and how that is written. For this room only.
#pragma once
#include <map>
#include <optional>
#include <vector>

#include "notify/log.h"

namespace notify {

// What is to be written about a delivery whose turn has ended.
struct Ending {
  std::int64_t holding = 0;  // of the lane, by which the attempt was made (held_lane.h)
  Delivery delivery;
  channels::Outcome outcome;
  std::optional<End> end;    // it is over; nothing: it is tried again
  base::Instant at{};        // when it ended
  base::Instant again_at{};  // when it is tried again
  bool is_attempt = true;    // false: it was dropped or put off before it was made
  std::chrono::microseconds took{};
};

// The pause after attempt k, without jitter: first x 2^(k-1).
std::chrono::seconds pause_after(int attempt, std::chrono::seconds first);

// `stretch`: 1 + jitter, drawn by the caller.
Ending ending_of(Delivery delivery, channels::Outcome outcome, const Sender::Manner& manner,
                 base::Instant now, double stretch);

using Senders = std::map<channels::Channel, Sender*>;
// Removes or postpones each delivery, keeps what became of it, and lets its sender have its say.
void write_endings(store::Tx& tx, const std::vector<Ending>& endings, const Senders& senders);

}  // namespace notify
