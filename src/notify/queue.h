// What waits to be delivered: the only SQL on `deliveries` and `lanes`. Functions work in a
// transaction of the caller's.
//
// A lane is claimed by a lease, its deliveries are not: whoever holds the lane delivers them, so
// that a delivery costs one row written and one removed. `lanes.due_at` is when the lane is worth
// claiming: the earliest delivery that is not behind another of its shipment and receiver, or,
// while its circuit is open, the next probe.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "notify/plan.h"

namespace notify {

// Failures in a row after which a lane's circuit opens: one probe at a time, ever further apart.
inline constexpr int kOpenAfter = 5;
inline constexpr std::chrono::hours kLongestOpen{1};

// 16 bytes: milliseconds of when it happened, then a digest of what it is.
std::string delivery_id(const Wanted& wanted);
// Of how an id is written, with or without "msg_".
std::optional<std::string> parse_message_id(std::string_view text);

struct LaneState {
  Lane lane;
  int failures = 0;  // in a row
  std::optional<base::Instant> failing_since, succeeded_at, paused_at, due_at;
  std::string code;  // how the last attempt ended
};

// Up to `most` lanes of these channels that are due and not paused, leased until now + length.
std::vector<LaneState> claim_lanes(store::Tx& tx, std::span<const channels::Channel> channels,
                                   std::string_view owner, base::Instant now,
                                   std::chrono::microseconds length, int most);
bool is_lane_due(store::Tx& tx, std::span<const channels::Channel> channels, base::Instant now);

// The lane's deliveries that may be made now, the longest due first; one of each shipment and
// receiver, the first.
std::vector<Delivery> due_deliveries(store::Tx& tx, const Lane& lane, base::Instant now, int most);
// Counts the attempt. False when the delivery is not there any more.
bool mark_attempt(store::Tx& tx, const Delivery& delivery);

// How an attempt ended, in the store. `attempts`: made so far.
void remove(store::Tx& tx, const Delivery& delivery);
void postpone(store::Tx& tx, const Delivery& delivery, int attempts, base::Instant until,
              std::string_view code);

// The lane's health, and the lease anew. False when it is not `owner`'s any more.
bool keep_lane(store::Tx& tx, const LaneState& state, std::string_view owner,
               base::Instant lease_until);
// Gives the lane up; it is due again when its next delivery is, and not before `not_before`.
void release_lane(store::Tx& tx, const LaneState& state, std::string_view owner,
                  base::Instant not_before);
// Something was put into it that is due at `due`; made, if there is none. An open circuit stays
// open.
void wake_lane(store::Tx& tx, const Lane& lane, base::Instant due);

// Gives up every lease: for a process that knows it is the only one.
std::int64_t end_leases(store::Tx& tx);

// ---- By hand

std::optional<LaneState> lane_state(store::Tx& tx, const Lane& lane);
// Nothing is attempted any more until it is resumed; what is under way is finished.
void pause_lane(store::Tx& tx, const Lane& lane, base::Instant now);
// At once, whatever the circuit says.
void resume_lane(store::Tx& tx, const Lane& lane, base::Instant now);
// A number above all that lanes of this account and channel ever had; the lane is made, so that
// nobody else gets it.
std::int64_t new_lane(store::Tx& tx, std::int64_t account_id, channels::Channel channel);
// With everything that waits in it. Its number stays taken.
void close_lane(store::Tx& tx, const Lane& lane, base::Instant now);
std::int64_t waiting_in(store::Tx& tx, const Lane& lane);
std::vector<Delivery> waiting(store::Tx& tx, const Lane& lane, int most);

}  // namespace notify
