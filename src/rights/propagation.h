// What those who got a person's data before are told (GDPR Art. 19): that it was corrected, erased
// or restricted. A row of rights_events, written with the act; whoever tells (notify) takes it from
// there by a lease. It holds no personal data: a shop knows its shipment by the id.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "store/lease.h"

namespace rights {

// Stored as numbers: only append.
enum class SubjectEvent : std::uint8_t {
  Rectified = 0,
  Erased = 1,
  Restricted = 2,
  Unrestricted = 3
};
// "subject.rectified"
std::string_view name(SubjectEvent event);

struct Propagated {
  std::int64_t account_id = 0;
  base::Id id;
  SubjectEvent event{};
  base::Id shipment, cause;
  std::uint16_t field = 0;  // 0: all of them
  base::Instant created_at{};
  int attempts = 0;
  store::Claim claim;
};

// In the transaction of the act.
void propagate(store::Tx& tx, std::int64_t account_id, SubjectEvent event, const base::Id& shipment,
               const base::Id& cause, std::uint16_t field, base::Instant now);
// Due ones, leased to `owner`; settle in a transaction of the caller's, or put off.
std::vector<Propagated> claim_propagations(store::Tx& tx, std::string_view owner, base::Instant now,
                                           std::chrono::microseconds length, int most);
bool settle(store::Tx& tx, const Propagated& one, std::string_view owner,
            std::optional<base::Instant> again = std::nullopt);
// What was told about a shipment and what waits: the proof that a correction went out.
struct Told {
  SubjectEvent event{};
  std::uint16_t field = 0;
  base::Instant created_at{};
  bool is_told = false;
};
std::vector<Told> told_of(store::Tx& tx, std::int64_t account_id, const base::Id& shipment);
// One by its id, told or not.
std::optional<Propagated> find_propagation(store::Tx& tx, std::int64_t account_id,
                                           const base::Id& id);
// As a webhook's body: {"event":"subject.erased","shipment_id":..,"case_id":..,"field":..,"at":..}
std::string to_json(const Propagated& one);

}  // namespace rights
