// Who came into an account, left it, or may do more there than before: carried out of the list that
// accounts keeps (member_events, 180 days) into the audit log, where nothing is changed unnoticed.
//
// Not in the transaction of the act, because accounts must not know the log, but within seconds of
// it, and each event exactly once: what was carried is noted in the transaction that carries it. An
// event that is gone before it was carried would be missing; they stay 180 days.
#pragma once
#include "audit/log.h"

namespace rights {

// At most `most` events; how many. Blocks. Two processes at once carry nothing twice.
std::int64_t carry_member_events(store::Database& database, audit::Log& audit, base::Instant now,
                                 int most = 500);

}  // namespace rights
