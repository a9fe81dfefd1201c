// Where a shipment stands, decided from what happened in its order. Inner part of merge.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "journey/journey.h"
#include "journey/merge.h"

namespace journey {

// Whether a place is where the parcel should arrive; No: it is known not to be.
enum class IsDestination { Yes, No, Unsaid };

// The two ends of the way, as far as they are known.
struct Ends {
  std::string origin_country, origin_city;
  std::string destination_country, destination_city;
  IsDestination is_destination(const Checkpoint& checkpoint) const;
};

struct Decision {
  Status status = Status::Pending;
  int substatus = 0;
  const Checkpoint* by = nullptr;  // null: nothing happened, or a summary decided
  int pieces_seen = 0, pieces_delivered = 0;

  bool is_finished() const;
};

// `happened`: what was shown and not taken back, oldest first. `pieces`: how many there are by the
// carrier's word, 0 when it did not say.
Decision decide(std::span<const Checkpoint* const> happened, const Ends& ends, int pieces);

// What the carrier says of the shipment as a whole (only when it says more there than in its
// events, see report.h) counts as long as no event was heard after it; that it is over, or going
// back, counts for good.
void weigh_summary(Decision& decision, const Checkpoint& summary,
                   std::span<const Checkpoint* const> happened);

// Handed over to the carrier at least: known, and neither announced nor unknown to it.
bool is_under_way(const Checkpoint& checkpoint);
// Delivered, or back at the sender.
bool is_over(const Checkpoint& checkpoint);
bool is_return(const Checkpoint& checkpoint);

}  // namespace journey
