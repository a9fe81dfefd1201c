// The one writer of a shipment's progress. Poller, push mouths, mailbox and import all come here.
//
// One transaction: the shipment's journey and status, its events, the outbox rows that webhooks and
// messages will be made from, and the raw answer for a short time. Idempotent: the same update
// again changes nothing.
//
// How it goes: what many callers bring gathers in one queue; a few threads take it in batches,
// read the rows, unseal, merge and seal, and only then write all of a batch in one closure. A row
// that somebody else changed meanwhile is read and decided again (its version tells), the third
// time inside the writing closure. So the one writer of SQLite only writes, a batch shares a
// commit, a key look-up and a ledger row.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "journey/merge.h"
#include "journey/report.h"
#include "shipments/events.h"
#include "shipments/mouth.h"
#include "shipments/repository.h"

namespace base {
class Metrics;
}
namespace personal {
class Ledger;
}

namespace shipments {

struct Update {
  std::int64_t account_id = 0;
  base::Id id;  // the shipment
  enum class Says : std::uint8_t {
    Report,    // `report` has the words
    NotFound,  // the carrier positively does not know the number; counts only while nothing else is
               // known
    Silence,   // no news for so long that the shipment expires; the last true status is kept beside
    Again,     // retrack: what had expired lives again, as what it was
  };
  Says says = Says::Report;
  journey::Report report;
  Mouth mouth = Mouth::Poll;
  std::string source;        // the connector that said it: "ups", "17track"
  base::Instant heard_at{};  // when the carrier said it; the epoch: now
  std::string raw;           // the answer's bytes; empty: not kept
};

struct Ingested {
  enum class Outcome : std::uint8_t {
    Changed,
    Unchanged,
    Gone,    // the shipment, or its person's key, is not there any more
    Failed,  // its own row is damaged; logged, the neighbours are not touched
  } outcome = Outcome::Unchanged;
  journey::Status before{}, after{};
  int substatus = 0;
  int new_events = 0;
  int unknown_events = 0;  // of the new ones: understood by nobody
  int quarantined = 0;     // new scans that could not be read
  // For whoever decides when to ask next. Best guesses: a time without a known offset is taken at
  // the offset of its place, or as UTC.
  std::optional<base::Instant> newest_at;      // the newest event
  std::optional<base::Instant> picked_up_at;   // when the carrier took it
  std::optional<int> offset_minutes;           // east of UTC, where the newest event happened
  std::optional<journey::FollowUp> follow_up;  // the partner's number to ask about as well
};

class Ingest {
 public:
  struct Options {
    int workers = 3;
    int batch = 256;
    // Updates waiting; beyond it take() throws store::StoreError ("overloaded").
    std::size_t queue = 100'000;
    // How long raw answers are kept: zero keeps none, more than kAnswersKept is cut to it.
    std::chrono::hours answers_kept{168};
    base::Metrics* metrics = nullptr;
    // Called after each commit that left something in the outbox, on a thread of ingest's own; must
    // not block.
    std::function<void()> when_news{};
  };
  Ingest(store::Database& database, Repository& repository, personal::Ledger& ledger);
  Ingest(store::Database& database, Repository& repository, personal::Ledger& ledger,
         const Options& options);
  // Finishes what is queued.
  ~Ingest();

  // Both resume where they were awaited; on a plain thread, on one of ingest's own. They throw
  // store::StoreError when the store fails: nothing of the batch is written then, or nobody knows;
  // giving the same updates again is always right.
  base::Task<Ingested> take(Update update);
  // Updates are independent of each other; one bad one does not spoil its neighbours. Answers come
  // in the order of the updates; of one shipment, the earlier update is taken first.
  base::Task<std::vector<Ingested>> take_all(std::vector<Update> updates);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shipments
