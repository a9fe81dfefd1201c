// A receiver's health, and when its circuit opens: five failures in a row, and from then on one
// probe at a time, ever further apart. Pure; the state itself stands with the lane (queue.h) and
// outlives the process.
#pragma once
#include "notify/queue.h"

namespace notify {

inline bool is_open(const LaneState& lane) { return lane.failures >= kOpenAfter; }

// How an attempt ended, as far as it says something about the receiver: one that refuses a message
// is well; that nobody has set the channel up is not its fault.
enum class Health : std::uint8_t { Well, Failing, Unsaid };
Health health_of(const channels::Outcome& outcome);

void note(LaneState& lane, Health health, base::Instant now);

// How long an open circuit waits for its next probe, without jitter.
std::chrono::seconds open_for(int failures, std::chrono::seconds first);

}  // namespace notify
