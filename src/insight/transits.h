// Parcels as rows for the gate: who carried them, on which lane, and how many days that took.
#pragma once
#include <string_view>
#include <vector>

#include "insight/counts.h"
#include "insight/gate.h"
#include "insight/quarter.h"
#include "store/database.h"

namespace insight {

// One group a carrier, or one a carrier and lane ("dhl NL-DE").
enum class Grouping : std::uint8_t { Carrier = 0, Lane = 1 };

// The axes of every question about transits: calendar days, then working days of the country that
// the parcel goes to (public holidays are not known).
inline constexpr std::size_t kCalendarAxis = 0, kWorkingAxis = 1;

// The terms of the figures that everybody may see.
Question transit_question(const Quarter& quarter, Grouping grouping);

// The parcels that were entered in the quarter and handed to a carrier, of all accounts. Days are
// counted from the hand-over (or the first scan on the way) to the delivery, by the dates as the
// carrier wrote them. A parcel that never arrived was watched until now; one that was put away,
// until its newest event.
//
// Left out: parcels that name nobody's address, for whose they are is not known, and nobody's
// weight could be bounded; those of people who are restricted (GDPR Art. 18); those from a linked
// mailbox; and, by lane, those whose countries are not known.
std::vector<Row> transit_rows(store::Tx& tx, const Quarter& quarter, Grouping grouping,
                              base::Instant now);

}  // namespace insight
