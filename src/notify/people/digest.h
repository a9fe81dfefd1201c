// Several parcels in one mail: what waits for somebody's one mail a day (consent/preferences.h).
// The only SQL on `digest_items`; functions work in a transaction of the caller's.
//
// When a mail's turn comes and its reader wants one a day, the delivery ends as "digest" and stands
// here until the evening. One delivery for each reader and evening is put into the queue; what is
// said in it is read again when it leaves, so that what was stopped, erased or has moved on since
// is not told.
#pragma once
#include <string_view>
#include <vector>

#include "consent/person.h"
#include "notify/plan.h"

namespace notify::people {

// The occasion of the delivery that carries it; its receiver is the reader's hash, its version the
// evening in microseconds, its shipment none.
inline constexpr std::string_view kDigest = "digest";

void put_into_digest(store::Tx& tx, const Delivery& delivery, const consent::Person& reader,
                     base::Instant evening, base::Instant now);
// Of one reader and evening, as deliveries of their own: the newest of each parcel, oldest first.
std::vector<Delivery> in_digest(store::Tx& tx, const Delivery& digest);
// It was sent, or never will be.
void forget_digest(store::Tx& tx, const Delivery& digest);
// What was left behind.
void sweep_digests(store::Tx& tx, base::Instant now);

}  // namespace notify::people
