// The table of polls: which shipment is due when, and what is known of it for deciding that. The
// only SQL on `polls` and `paces`. Functions work in a transaction of the caller's.
//
// A row whose shipment goes, goes with it (ON DELETE CASCADE).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "polling/policy.h"
#include "shipments/ingest.h"
#include "shipments/shipment.h"
#include "store/database.h"

namespace polling {

struct Poll {
  std::int64_t account_id = 0;
  base::Id id;            // the shipment
  std::string connector;  // empty: nobody serves the courier (yet)
  Known known;
  double weight = 0;  // what an hour of delay costs
  bool is_watched = false;
};

// How a shipment begins to be followed: worked out before the transaction that writes it.
struct Beginning {
  std::int64_t account_id = 0;
  base::Id id;
  std::string connector;
  base::Instant at{}, first{};
  int offset_minutes = 0;
};
// `connector`: who is to be asked, may be empty. `first`: when; later than now when somebody asks
// at once already (the live look-up of a create).
Beginning beginning(const shipments::Head& head, std::string_view connector, base::Instant now,
                    base::Instant first);
// The shipment begins to be followed, or is followed anew under another courier: replaces what was
// there.
void on_created(store::Tx& tx, const Beginning& beginning);
inline void on_created(store::Tx& tx, const shipments::Head& head, std::string_view connector,
                       base::Instant now, base::Instant first) {
  on_created(tx, beginning(head, connector, now, first));
}
// What had stopped goes on, at once.
void retrack(store::Tx& tx, std::int64_t account_id, const base::Id& id, base::Instant now);
// Somebody looks at it: one call, unless the last is younger than half an hour. True when one will
// be made.
bool watch(store::Tx& tx, std::int64_t account_id, const base::Id& id, base::Instant now);
// The carrier told of it by itself: from now on calls are a safety net.
void on_pushed(store::Tx& tx, std::int64_t account_id, const base::Id& id,
               const shipments::Ingested& result, base::Instant now);

// Is anything of this connector due (or under way)?
bool is_due(store::Tx& tx, std::string_view connector, base::Instant now);
// Up to `most` due shipments of a connector, leased to `owner` until `now + lease`. When more are
// due than that, those over the ceiling go first, then what is watched, then whoever has gathered
// the most delay; accounts take turns in proportion to what they have waiting.
std::vector<Poll> claim(store::Tx& tx, std::string_view connector, std::string_view owner,
                        base::Instant now, std::chrono::seconds lease, int most);
// Stores what is known now and when it is due; gives the lease up. False when it was no longer
// ours.
bool reschedule(store::Tx& tx, const Poll& poll, std::string_view owner,
                std::optional<base::Instant> due);
// The schedule's row, for pages and tests.
struct Scheduled {
  Poll poll;
  std::optional<base::Instant> due_at;
};
std::optional<Scheduled> scheduled(store::Tx& tx, std::int64_t account_id, const base::Id& id);

// Calls that are going to be made in a day, if everything stays as it is.
double forecast(store::Tx& tx, std::string_view connector);
std::int64_t active(store::Tx& tx, std::string_view connector);

// What is known after an answer. `now`: when it came.
void learn(Known& known, const shipments::Ingested& result, base::Instant now);
Stage stage_of(journey::Status status, int substatus);
Kind kind_of(journey::Status status, int substatus, bool is_first);
std::string lane_of(const shipments::Head& head);

// --- Paces: what holds for a connector.

struct Pace {
  double price = 0.3;
  Rates rates = default_rates();
  base::Instant priced_at{}, fitted_at{};
};
std::optional<Pace> load_pace(store::Tx& tx, std::string_view connector);
void store_pace(store::Tx& tx, std::string_view connector, const Pace& pace);

// The rates of every connector from the events of the last 90 days; those with few parcels lean on
// what all have in common. Reads in slices on the calling (plain) thread.
std::map<std::string, Rates> fit_all(store::Database& database, base::Instant now);

}  // namespace polling
