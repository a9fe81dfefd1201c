// The only SQL on the shipments table. Every function works inside a transaction of the caller's,
// so that a use case (number stored, quota counted, access ledgered) is one commit.
//
// Sealing happens before the transaction (Repository::seal, on any thread), because a closure may
// be replayed and sealing is work; unsealing happens inside it, because it may have to read the key
// store.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shipments/erased.h"
#include "shipments/shipment.h"
#include "store/database.h"

namespace shipments {

// What a list is narrowed by. Empty means "any".
struct Filter {
  std::vector<std::string> tracking_numbers;  // normalised
  std::vector<std::string> courier_codes;
  std::vector<journey::Status> statuses;
  std::string order_number;
  std::optional<base::Instant> created_min, created_max;  // both inclusive
  std::optional<base::Instant> updated_min, updated_max;
  std::optional<bool> is_archived;

  // Nothing but numbers is asked for: answered through the unique index, number by number.
  bool is_only_numbers() const {
    return !tracking_numbers.empty() && courier_codes.empty() && statuses.empty() &&
           order_number.empty() && !created_min && !created_max && !updated_min && !updated_max &&
           !is_archived;
  }
  // Nothing but when they were entered, or nothing at all.
  bool is_only_ages() const {
    return tracking_numbers.empty() && courier_codes.empty() && statuses.empty() &&
           order_number.empty() && !updated_min && !updated_max && !is_archived;
  }
};

struct Page {
  int number = 1;  // from 1
  int size = 100;
};

class Repository {
 public:
  explicit Repository(personal::Vault& vault) : vault_(vault) {}

  // The sealed body; empty when there is nothing to seal. The head's id, account and subject must
  // be set.
  std::string seal(const Shipment& shipment) const;
  std::string seal(const Head& head, const personal::Envelope& envelope) const;

  // Sets the head's hashes of addresses from the body's; to be called before insert and update.
  void note_addresses(Head& head, const personal::Envelope& envelope) const;

  enum class Inserted { Yes, NumberExists, IdExists };
  // Sets expires_at itself: 180 days after the data was received, whatever the head says. What was
  // erased comes back as a bare number: without the person (erased.h).
  Inserted insert(store::Tx& tx, const Head& head, std::string_view sealed,
                  base::Instant received_at) const;
  // The same for one of many: `erasures` are the account's.
  Inserted insert(store::Tx& tx, const Erasures& erasures, const Head& head,
                  std::string_view sealed, base::Instant received_at) const;

  // Whoever reads in order to rewrite in the same transaction says so: other processes wait.
  enum class For { Reading, Rewriting };
  std::optional<Shipment> find(store::Tx& tx, std::int64_t account_id, const base::Id& id,
                               For purpose = For::Reading) const;
  std::optional<base::Id> find_id(store::Tx& tx, std::int64_t account_id,
                                  std::string_view tracking_number,
                                  std::string_view courier_code) const;
  // In every account: a carrier that tells of a number by itself does not say whose it is.
  struct Whose {
    std::int64_t account_id;
    base::Id id;
  };
  static std::vector<Whose> find_everywhere(store::Tx& tx, std::string_view tracking_number,
                                            std::string_view courier_code);
  struct Named {
    base::Id id;
    std::string courier_code;
  };
  // The account's shipments of this number, whoever carries them, oldest first: what a document
  // that names no courier may be about.
  std::vector<Named> find_named(store::Tx& tx, std::int64_t account_id,
                                std::string_view tracking_number) const;
  // Newest first.
  std::vector<Shipment> list(store::Tx& tx, std::int64_t account_id, const Filter& filter,
                             Page page) const;
  // The next shipments after this place in the order (created_at, id), oldest first: for exports,
  // which must not depend on page numbers while rows come and go.
  std::vector<Shipment> list_after(store::Tx& tx, std::int64_t account_id, base::Instant created_at,
                                   const base::Id& id, int most) const;

  // Rewrites the row under its id. False when it has gone. May throw store::UniqueViolation
  // (courier changed onto an existing pair).
  bool update(store::Tx& tx, const Head& head, std::string_view sealed) const;
  // The row and all that belongs to it: events, outbox, answers, who was told, the schedule.
  bool remove(store::Tx& tx, std::int64_t account_id, const base::Id& id) const;

  // For ingest: the row as it lies there, nothing unsealed.
  struct Row {
    Head head;
    std::string sealed;
    std::string events;         // packed (packed_events.h)
    base::Instant learnt_at{};  // the newest of them; the epoch: there are none
  };
  std::optional<Row> find_row(store::Tx& tx, std::int64_t account_id, const base::Id& id,
                              For purpose = For::Reading) const;
  base::Result<personal::Envelope, personal::VaultError> unseal_envelope(const Row& row) const;
  // Writes what ingest may change, if the row's version is still the head's. False when somebody
  // else was faster, or it has gone.
  static bool advance(store::Tx& tx, const Row& row);

  personal::Vault& vault() const { return vault_; }

 private:
  std::vector<Shipment> list_by_numbers(store::Tx& tx, std::int64_t account_id,
                                        const std::vector<std::string>& numbers) const;
  enum class Expected { Few, Many };
  std::vector<Shipment> collect(store::Rows rows, std::int64_t account_id,
                                Expected expected = Expected::Many) const;
  Body unseal(const Head& head, std::string_view sealed) const;
  personal::Vault& vault_;
};

}  // namespace shipments
