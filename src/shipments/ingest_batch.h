// One batch of updates on its way into the store: read, decide, seal, write; again for what
// somebody else changed meanwhile. Blocks; runs on one of ingest's own threads.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "personal/access.h"
#include "shipments/answers.h"
#include "shipments/ingest.h"
#include "shipments/progress.h"

namespace shipments {

struct IngestTools {
  store::Database& database;
  Repository& repository;
  personal::Ledger& ledger;
  std::chrono::hours answers_kept;
};

struct Pending {
  const Update* update;
  Ingested* result;
};

class IngestBatch {
 public:
  IngestBatch(const IngestTools& tools, std::vector<Pending> pending);
  // Throws StoreError when the store fails.
  void run();

 private:
  using TrackAccess = personal::Access<personal::Purpose::Track>;

  // One shipment's part of the batch.
  struct Part {
    std::vector<Pending> pending;  // all of one shipment, in the order given
    std::optional<Repository::Row> row;
    personal::Envelope envelope;
    Progress progress;
    Repository::Row next;  // what is to be written
    std::vector<SealedAnswer> answers;
    personal::SubjectId fresh = 0;  // a subject made for it
    bool is_settled = false;
  };

  void read();
  void prefetch();
  void decide(Part& part);
  void take_in(Part& part, TrackAccess& access);
  void seal(Part& part);
  void keep_answers(Part& part);
  void settle(Part& part, Ingested::Outcome outcome);
  void write();
  void insist();
  base::Instant kept_until() const;
  bool write_part(store::Tx& tx, Part& part);
  TrackAccess& access_of(std::int64_t account_id);

  const IngestTools& tools_;
  base::Instant now_;
  std::vector<Part> parts_;
  std::map<std::int64_t, TrackAccess> accesses_;  // one ledger row each
};

}  // namespace shipments
