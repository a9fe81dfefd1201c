// A document's way in, whatever brought it: read strictly, matched to the account's shipments by
// number, given to ingest, remembered.
//
// Nothing is half taken: a document that cannot be read, or that says nothing about any shipment,
// is rejected as a whole with what is wrong and where. One bad scan inside a good document is told
// and the others count. The same document again is answered as taken and changes nothing. take()
// gives back after the commit; it throws when the store is broken, and then the document is to be
// offered again.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/metrics.h"
#include "base/task.h"
#include "carriers/connector.h"
#include "inbound/doors.h"
#include "inbound/seen.h"
#include "personal/access.h"
#include "shipments/ingest.h"
#include "shipments/repository.h"

namespace inbound {

// What a connector makes of a document.
struct Reading {
  carriers::Understood understood;
  std::vector<std::string> courier_codes;  // whose parcels it speaks of
  bool is_of_any_courier = false;          // a standard's document: whoever carries the number
  std::vector<std::string> remarks;        // wrong, and not in the way (segment counts ...)
  std::string acknowledgement;             // a 997 or CONTRL, for documents that have one
};

// Nothing for a connector there is not.
using Read =
    std::function<std::optional<Reading>(std::string_view connector, std::string_view bytes)>;
using Ingest =
    std::function<base::Task<std::vector<shipments::Ingested>>(std::vector<shipments::Update>)>;
// Opens a shipment; nothing when the account may not, or the courier cannot be told.
using Open = std::function<base::Task<std::optional<shipments::Repository::Named>>(
    std::int64_t account_id, std::string number, std::string courier_code)>;

struct Document {
  std::int64_t account_id = 0;
  std::string connector;
  std::string bytes;
  shipments::Mouth through = shipments::Mouth::Push;
  Unknown unknown = Unknown::Ignore;
};

struct Complaint {
  std::string code, what, where;
};

struct Taken {
  enum class Outcome : std::uint8_t { Accepted, Replayed, Rejected } outcome = Outcome::Rejected;
  int shipments = 0;        // reports in the document
  int matched = 0;          // of them, whose number the account knows
  int created = 0;          // shipments opened for numbers it did not know
  int unknown_numbers = 0;  // of them, left alone
  int changed = 0;          // shipments that are further now
  int new_events = 0;
  std::vector<Complaint> complaints;  // why it was rejected; else what was left out of it
  std::vector<std::string> remarks;
  std::string acknowledgement;
};

class Mouth {
 public:
  struct Parts {
    store::Database& database;
    const shipments::Repository& repository;
    Seen& seen;
    const base::Clock& clock;
    Read read;
    Ingest ingest;
    Open open;  // empty: nobody may open shipments
    base::Metrics* metrics = nullptr;
  };
  explicit Mouth(Parts parts) : parts_(std::move(parts)) {}

  base::Task<Taken> take(Document document);

 private:
  struct Found;
  base::Task<Taken> take_new(Document document, base::Instant now);
  base::Task<std::vector<Found>> match(std::int64_t account_id, const Reading& reading);
  base::Task<> open_unknown(const Document& document, const Reading& reading,
                            std::vector<Found>& found, Taken& taken);
  void count(std::string_view connector, const Taken& taken);

  Parts parts_;
};

// The outcome as one JSON object, for answers and for reason files.
std::string to_json(const Taken& taken);

}  // namespace inbound
