#include "notify/people/digest.h"

#include <algorithm>

namespace notify::people {
namespace {

constexpr std::chrono::days kKept{30};

}  // namespace

void put_into_digest(store::Tx& tx, const Delivery& delivery, const consent::Person& reader,
                     base::Instant evening, base::Instant now) {
  const auto& w = delivery.wanted;
  tx.execute(
      "INSERT INTO digest_items (account_id, person, due_at, shipment_id, receiver, version, "
      "occasion, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account_id, "
      "person, due_at, shipment_id, receiver, version, occasion) DO NOTHING",
      w.lane.account_id, store::Blob{reader.bytes()}, evening, store::Blob{w.shipment.bytes()},
      store::Blob{w.receiver}, w.version, w.occasion, w.created_at);
  Wanted digest;
  digest.lane = w.lane;
  digest.receiver = reader.bytes();
  digest.version = base::to_micros(evening);
  digest.occasion = kDigest;
  digest.created_at = evening;
  digest.not_before = evening;
  const Wanted all[] = {std::move(digest)};
  put(tx, all, now);
}

std::vector<Delivery> in_digest(store::Tx& tx, const Delivery& digest) {
  const auto& w = digest.wanted;
  std::vector<Delivery> all;
  auto rows = tx.query(
      "SELECT shipment_id, receiver, version, occasion, created_at FROM digest_items WHERE "
      "account_id = $1 AND person = $2 AND due_at = $3 ORDER BY created_at, version",
      w.lane.account_id, store::Blob{w.receiver}, w.version);
  while (rows.next()) {
    Delivery one = digest;
    one.wanted.shipment = base::Id::from_bytes(rows.blob(0)).value_or(base::Id());
    one.wanted.receiver = rows.blob(1);
    one.wanted.version = rows.integer(2);
    one.wanted.occasion = rows.text(3);
    one.wanted.created_at = rows.instant(4);
    std::erase_if(all, [&](const Delivery& older) {
      return older.wanted.shipment == one.wanted.shipment &&
             older.wanted.receiver == one.wanted.receiver;
    });
    all.push_back(std::move(one));
  }
  return all;
}

void forget_digest(store::Tx& tx, const Delivery& digest) {
  const auto& w = digest.wanted;
  tx.execute("DELETE FROM digest_items WHERE account_id = $1 AND person = $2 AND due_at = $3",
             w.lane.account_id, store::Blob{w.receiver}, w.version);
}

void sweep_digests(store::Tx& tx, base::Instant now) {
  tx.execute("DELETE FROM digest_items WHERE due_at <= $1", now - kKept);
}

}  // namespace notify::people
