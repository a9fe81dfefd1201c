// What was learnt, in the order in which it was learnt, and what is to be told of it.
//
// Both are written by ingest only, in the transaction that changes the shipment: the events in the
// shipment's own row (packed_events.h), what is to be told in a table. Neither holds words or
// places: those stay in the shipment's sealed journey.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "journey/journey.h"
#include "journey/status.h"
#include "shipments/mouth.h"
#include "store/database.h"

namespace shipments {

// Stored as numbers: only append.
enum class EventKind : std::uint8_t {
  Scan = 0,      // an event of the carrier's
  NotFound = 1,  // the carrier does not know the number
  Expired = 2,   // silence for 30 days
  Again = 3,     // tracked anew
  Unknown = 4,   // an event of the carrier's that nobody understands; it has no status
};

struct Event {
  std::int64_t number = 0;  // from 1, per shipment; its place
  EventKind kind = EventKind::Scan;
  journey::Status status{};
  int substatus = 0;
  std::optional<journey::Milestone> milestone;
  std::string happened;  // as the carrier wrote it; an offset only when it is known
  base::Instant learnt_at{};
  Mouth mouth = Mouth::Poll;
  std::string source;
};

// Oldest first. Throws StoreError when they cannot be read.
std::vector<Event> events_of(store::Tx& tx, std::int64_t account_id, const base::Id& id);

// Why a row stands in the outbox. Stored as numbers: only append.
enum class News : std::uint8_t {
  Status = 0,  // the status or sub-status became another
  Events = 1,  // new events, the same status
  // The day of delivery. Written beside one of the above, when both became true at once.
  EstimateSet = 2,     // is known now
  EstimateSooner = 3,  // is an earlier one
  EstimateLater = 4,   // is a later one
};

// A change of a shipment, of which it has not been decided yet who is told. It is written in the
// transaction of the change, so there is one for each, and taken out by notify.
struct OutboxRow {
  std::int64_t account_id = 0;
  base::Id shipment;
  std::int64_t version = 0;  // of the shipment, before the change
  News news = News::Status;
  journey::Status status_before{}, status{};
  int substatus_before = 0, substatus = 0;
  std::int64_t event = 0;  // the newest event it tells of
  base::Instant created_at{};
};

void append_outbox(store::Tx& tx, const OutboxRow& row);
// Takes up to `most` rows of an account out, oldest first; rows that another process is taking out
// are passed over.
std::vector<OutboxRow> take_outbox(store::Tx& tx, std::int64_t account_id, int most);
// The next account above this one that has rows.
std::optional<std::int64_t> next_in_outbox(store::Tx& tx, std::int64_t above);

// All three read the account's whole outbox, which is empty a moment after it was written.
std::vector<OutboxRow> outbox_of(store::Tx& tx, std::int64_t account_id, const base::Id& shipment);
void remove_outbox(store::Tx& tx, std::int64_t account_id, const base::Id& shipment);
// The rows of shipments that are gone.
void forget_untold(store::Tx& tx, std::int64_t account_id);

// What nobody took for this long tells nobody anything any more.
inline constexpr std::chrono::days kOutboxKept{7};
std::int64_t sweep_outbox(store::Database& database, base::Instant now);

}  // namespace shipments
