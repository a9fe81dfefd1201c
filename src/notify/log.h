// What became of deliveries, for 30 days: the only SQL on `delivery_log`. Dead letters stand here
// too, and are put back into the queue from here. Functions work in a transaction of the caller's.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "notify/plan.h"

namespace notify {

// Stored as numbers: only append (the migration's index names Dead).
enum class End : std::uint8_t {
  Delivered = 0,
  Dead = 1,     // given up
  Dropped = 2,  // not to be told any more when its turn came
};
std::string_view name(End end);  // "delivered", "dead", "dropped"

struct Settled {
  Delivery delivery;
  base::Instant at{};
  End end = End::Delivered;
  int attempts = 0;
  std::string code;                  // how the last attempt ended: "http 200", "timeout"
  std::chrono::microseconds took{};  // the last attempt
};

inline constexpr std::chrono::days kLogKept{30};

void keep(store::Tx& tx, const Settled& settled);

// What is asked for. Empty means any.
struct Which {
  std::int64_t account_id = 0;
  std::optional<channels::Channel> channel;
  std::optional<std::int64_t> lane;
  std::optional<End> end;
  std::optional<base::Instant> from, until;  // settled at; the second is not included
  std::optional<std::string> id;             // 16 bytes
  std::optional<base::Id> shipment = {};
};

// Newest first.
std::vector<Settled> find(store::Tx& tx, const Which& which, int most);
std::int64_t count(store::Tx& tx, const Which& which);

// Puts what is found, `most` at most and the oldest first, back into the queue, with the ids it
// had: a receiver that took one of them already recognises it. Dead letters leave the log by it.
// Gives back how many.
std::int64_t replay(store::Tx& tx, const Which& which, base::Instant now, int most);

// Removes what is older than 30 days, from the queue as well. Blocks; gives back how many.
std::int64_t sweep(store::Database& database, base::Instant now);

}  // namespace notify
