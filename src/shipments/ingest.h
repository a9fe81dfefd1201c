// The one writer of a shipment's progress. Poller, push mouths, mailbox and import all come here.
//
// One transaction: the shipment's journey and status, its events, the outbox rows that webhooks and
// messages will be made from, and the raw answer for a short time. Idempotent: the same update
// again changes nothing.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "journey/merge.h"
#include "journey/report.h"
#include "shipments/repository.h"

namespace shipments {

// Through which mouth an update came. Stored as numbers: only append.
enum class Mouth : std::uint8_t {
  Poll = 0,
  Push = 1,
  Folder = 2,
  Mailbox = 3,
  Import = 4,
  Manual = 5,
  Reprocess = 6
};

struct Update {
  std::int64_t account_id = 0;
  base::Id id;  // the shipment
  enum class Says : std::uint8_t {
    Report,    // `report` has the words
    NotFound,  // the carrier positively does not know the number
    Silence,   // no news for so long that the shipment expires; the last true status is kept beside
    Again,     // retrack: what had expired or stopped lives again
  };
  Says says = Says::Report;
  journey::Report report;
  Mouth mouth = Mouth::Poll;
  std::string source;        // the connector that said it: "ups", "17track"
  base::Instant heard_at{};  // when the carrier said it
  std::string raw;           // the answer's bytes; empty: not kept
};

struct Ingested {
  enum class Outcome : std::uint8_t { Changed, Unchanged, Gone } outcome = Outcome::Unchanged;
  journey::Status before{}, after{};
  int substatus = 0;
  int new_events = 0;
  int unknown_events = 0;
};

class Ingest {
 public:
  Ingest(store::Database& database, Repository& repository, personal::Ledger& ledger);
  // Updates are independent of each other; one bad one does not spoil its neighbours.
  base::Task<Ingested> take(Update update);
  // Many at once share commits.
  base::Task<std::vector<Ingested>> take_all(std::vector<Update> updates);

 private:
  store::Database& database_;
  Repository& repository_;
  personal::Ledger& ledger_;
};

}  // namespace shipments
