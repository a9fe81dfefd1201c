#include "consent/suppression.h"

#include <algorithm>

namespace consent {
namespace {

std::string_view column(std::optional<channels::Channel> channel) {
  return channel ? channels::name(*channel) : std::string_view();
}

Suppression read(const store::Rows& rows) {
  Suppression found;
  found.channel = channels::find_channel(rows.text(0));
  const auto at = std::find(kWhyNames.begin(), kWhyNames.end(), rows.text(1));
  if (at != kWhyNames.end()) found.why = static_cast<Why>(at - kWhyNames.begin());
  found.since = rows.instant(2);
  if (!rows.is_null(3)) found.until = rows.instant(3);
  return found;
}

}  // namespace

void suppress(store::Tx& tx, std::int64_t account_id, const Person& person,
              const Suppression& suppression) {
  auto rows = tx.query(
      "SELECT channel, reason, since, until FROM suppressions WHERE account_id = $1 AND person = "
      "$2 AND channel = $3",
      account_id, store::Blob{person.bytes()}, column(suppression.channel));
  if (rows.next()) {
    const auto standing = read(rows);
    const bool is_over = standing.until && *standing.until <= suppression.since;
    if (!is_over && !standing.until && standing.why >= suppression.why) return;
    if (!is_over && standing.why > suppression.why) return;
  }
  tx.execute(
      "INSERT INTO suppressions (account_id, person, channel, reason, since, until) VALUES ($1, "
      "$2, $3, $4, $5, $6) ON CONFLICT (account_id, person, channel) DO UPDATE SET reason = "
      "excluded.reason, since = excluded.since, until = excluded.until",
      account_id, store::Blob{person.bytes()}, column(suppression.channel), name(suppression.why),
      suppression.since, suppression.until);
}

void release(store::Tx& tx, std::int64_t account_id, const Person& person,
             std::optional<channels::Channel> channel) {
  tx.execute(
      "DELETE FROM suppressions WHERE account_id = $1 AND person = $2 AND channel = $3 AND reason "
      "<> 'erased'",
      account_id, store::Blob{person.bytes()}, column(channel));
}

std::vector<Suppression> suppressions_of(store::Tx& tx, std::int64_t account_id,
                                         const Person& person) {
  std::vector<Suppression> all;
  auto rows = tx.query(
      "SELECT channel, reason, since, until FROM suppressions WHERE account_id = $1 AND person = "
      "$2 ORDER BY channel",
      account_id, store::Blob{person.bytes()});
  while (rows.next()) all.push_back(read(rows));
  return all;
}

std::optional<Suppression> suppression_of(store::Tx& tx, std::int64_t account_id,
                                          const Person& person, channels::Channel channel,
                                          base::Instant now) {
  std::optional<Suppression> heaviest;
  for (const auto& one : suppressions_of(tx, account_id, person)) {
    if (one.channel && *one.channel != channel) continue;
    if (one.until && *one.until <= now) continue;
    if (!heaviest || one.why > heaviest->why) heaviest = one;
  }
  return heaviest;
}

std::int64_t sweep_suppressions(store::Tx& tx, base::Instant now) {
  return tx.execute("DELETE FROM suppressions WHERE until <= $1", now);
}

}  // namespace consent
