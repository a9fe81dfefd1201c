#include "notify/people/timers.h"

#include <map>

#include "base/time.h"

namespace notify::people {
namespace {

using journey::Trigger;
using shipments::UnderWay;

constexpr int kSlice = 500;
// The promised day is over everywhere on Earth, and the carrier had the night to say so.
constexpr std::chrono::hours kDayIsOver{24 + 12 + 6};

std::string about(const UnderWay& parcel, Trigger trigger) {
  return trigger == Trigger::Delayed ? parcel.estimate : std::to_string(parcel.last_event);
}

// False when it was told already.
bool notice(store::Tx& tx, const UnderWay& parcel, Trigger trigger, base::Instant now) {
  const auto what = about(parcel, trigger);
  return tx.execute(
             "INSERT INTO noticed (account_id, shipment_id, occasion, about, at) VALUES ($1, $2, "
             "$3, $4, $5) ON CONFLICT (account_id, shipment_id, occasion) DO UPDATE SET about = "
             "excluded.about, at = excluded.at WHERE noticed.about <> excluded.about",
             parcel.account_id, store::Blob{parcel.id.bytes()}, journey::name(trigger), what,
             now) == 1;
}

}  // namespace

std::optional<Trigger> occasion_by_clock(const UnderWay& parcel, int still_days,
                                         base::Instant now) {
  const bool is_near = parcel.status == journey::Status::Pickup;
  const auto promised = base::parse_iso(parcel.estimate);
  if (!is_near && promised && *promised + kDayIsOver <= now) return Trigger::Delayed;
  if (still_days > 0 && parcel.learnt_at + std::chrono::days(still_days) <= now)
    return Trigger::NoMovement;
  return std::nullopt;
}

int look_by_the_clock(store::Database& database, const PeoplePlanner& planner,
                      const Voice& otherwise, base::Instant now) {
  std::map<std::int64_t, int> still_days;
  std::int64_t account_id = -1;
  base::Id id;
  int occasions = 0;
  for (;;) {
    auto read = [&](store::Tx& tx) {
      auto found = shipments::under_way_after(tx, account_id, id, kSlice);
      for (const auto& one : found) {
        if (!still_days.contains(one.account_id))
          still_days[one.account_id] = voice_of(tx, one.account_id, otherwise).still_days;
      }
      return found;
    };
    const auto found = database.read_now(read);
    if (found.empty()) return occasions;
    account_id = found.back().account_id;
    id = found.back().id;
    std::vector<std::pair<const UnderWay*, Trigger>> due;
    for (const auto& one : found) {
      if (const auto trigger = occasion_by_clock(one, still_days[one.account_id], now))
        due.emplace_back(&one, *trigger);
    }
    if (due.empty()) continue;
    auto write = [&](store::Tx& tx) {
      int fresh = 0;
      for (const auto& [parcel, trigger] : due) {
        if (!notice(tx, *parcel, trigger, now)) continue;
        ++fresh;
        const auto wanted = planner.plan_occasion(tx, parcel->account_id, parcel->id,
                                                  parcel->version, trigger, now);
        if (!wanted.empty()) put(tx, wanted, now);
      }
      return fresh;
    };
    occasions += database.write_now(write);
  }
}

}  // namespace notify::people
