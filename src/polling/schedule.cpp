#include "polling/schedule.h"

#include <algorithm>
#include <cstring>

#include "base/time.h"
#include "journey/places.h"

namespace polling {
namespace {

using base::Instant;
using journey::Status;

// Asking carriers rests on the contract with the account and ends with it (policy clause 37),
// before anybody has deleted the shipments.
#define MILEPOST_OF_A_CONTRACT                                                                   \
  " AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = p.account_id AND a.closed_at " \
  "IS NOT NULL)"

#define MILEPOST_POLL_COLUMNS                                                                    \
  "p.account_id, p.shipment_id, p.connector, p.created_at, p.asked_at, p.newest_at, "            \
  "p.changed_at, p.picked_up_at, p.stage, p.offset_minutes, p.not_found, p.failures, p.checks, " \
  "p.pushed_at, p.watched_until, p.weight, p.due_at"

// Rows that are looked at when only some of them can be asked about: so many for each, within
// bounds.
constexpr int kCandidatesEach = 8;
constexpr int kLeastCandidates = 64, kMostCandidates = 512;
constexpr std::chrono::minutes kWatchedFor{30};

std::optional<Instant> instant_or_none(const store::Rows& rows, int column) {
  if (rows.is_null(column)) return std::nullopt;
  return rows.instant(column);
}

std::uint64_t seed_of(const base::Id& id) {
  std::uint64_t seed = 0;
  std::memcpy(&seed, id.bytes().data() + 8, sizeof seed);
  return seed;
}

Poll poll_of(const store::Rows& rows, Instant now) {
  Poll poll;
  poll.account_id = rows.integer(0);
  poll.id = base::Id::from_bytes(rows.blob(1)).value_or(base::Id());
  poll.connector = rows.text(2);
  auto& k = poll.known;
  k.created_at = rows.instant(3);
  k.asked_at = instant_or_none(rows, 4);
  k.newest_at = instant_or_none(rows, 5);
  k.changed_at = instant_or_none(rows, 6);
  k.picked_up_at = instant_or_none(rows, 7);
  k.stage = static_cast<Stage>(rows.integer(8));
  k.offset_minutes = static_cast<int>(rows.integer(9));
  k.not_found = static_cast<int>(rows.integer(10));
  k.failures = static_cast<int>(rows.integer(11));
  k.checks = static_cast<int>(rows.integer(12));
  k.pushed_at = instant_or_none(rows, 13);
  k.seed = seed_of(poll.id);
  poll.is_watched = !rows.is_null(14) && rows.instant(14) > now;
  poll.weight = rows.real(15);
  return poll;
}

// The zone of the country it goes to, when it has one; the carrier's scans will tell otherwise.
int offset_of(const shipments::Head& head, Instant now) {
  const auto& country = head.destination_country.empty() ? head.tracking_destination_country
                                                         : head.destination_country;
  if (country.empty()) return 0;
  journey::places::Where where{};
  where.country = country;
  return journey::places::offset_of(base::to_iso_offset(now).substr(0, 19), where).value_or(0);
}

double gathered(const Poll& poll, Instant now) {
  const double hours = std::chrono::duration<double, std::ratio<3600>>(
                           now - poll.known.asked_at.value_or(poll.known.created_at))
                           .count();
  return (poll.weight + 1e-6) * hours * hours / 2;
}

bool is_over_ceiling(const Poll& poll, Instant now) {
  return now - poll.known.asked_at.value_or(poll.known.created_at) >= kCeiling;
}

// Each account's rows in the order of their worth, then all of them by their place in that order,
// as a share of how many the account has: who waits with twice as many gets twice as many.
std::vector<Poll> worth_most(std::vector<Poll> due, Instant now, std::size_t most) {
  std::map<std::int64_t, std::vector<const Poll*>> by_account;
  for (const auto& poll : due) by_account[poll.account_id].push_back(&poll);
  struct Turn {
    bool may_wait;  // not over the ceiling
    double share;
    double worth;
    const Poll* poll;
  };
  std::vector<Turn> turns;
  for (auto& [account, polls] : by_account) {
    std::ranges::stable_sort(polls, [&](const Poll* a, const Poll* b) {
      const auto rank = [&](const Poll* p) {
        return std::tuple(!is_over_ceiling(*p, now), !p->is_watched, -gathered(*p, now));
      };
      return rank(a) < rank(b);
    });
    for (std::size_t i = 0; i < polls.size(); ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(polls.size());
      turns.push_back(
          {!is_over_ceiling(*polls[i], now), share, gathered(*polls[i], now), polls[i]});
    }
  }
  std::ranges::stable_sort(turns, [](const Turn& a, const Turn& b) {
    return std::tuple(a.may_wait, a.share, -a.worth) < std::tuple(b.may_wait, b.share, -b.worth);
  });
  std::vector<Poll> chosen;
  for (const auto& turn : turns) {
    if (chosen.size() == most) break;
    chosen.push_back(*turn.poll);
  }
  return chosen;
}

}  // namespace

Beginning beginning(const shipments::Head& head, std::string_view connector, Instant now,
                    Instant first) {
  return {head.account_id, head.id, std::string(connector), now, first, offset_of(head, now)};
}

void on_created(store::Tx& tx, const Beginning& beginning) {
  tx.enqueue(
      "INSERT INTO polls (account_id, shipment_id, connector, due_at, created_at, stage, "
      "offset_minutes, not_found, failures, checks, weight) VALUES ($1, $2, $3, $4, $5, 0, $6, 0, "
      "0, 0, 0) ON CONFLICT (account_id, shipment_id) DO UPDATE SET connector = "
      "excluded.connector, due_at = excluded.due_at, created_at = excluded.created_at, stage = 0, "
      "not_found = 0, failures = 0, checks = 0, pushed_at = NULL",
      beginning.account_id, store::Blob{beginning.id.bytes()}, beginning.connector, beginning.first,
      beginning.at, beginning.offset_minutes);
}

void retrack(store::Tx& tx, std::int64_t account_id, const base::Id& id, Instant now) {
  tx.enqueue(
      "UPDATE polls SET due_at = $3, created_at = $3, not_found = 0, failures = 0, checks = 0 "
      "WHERE account_id = $1 AND shipment_id = $2",
      account_id, store::Blob{id.bytes()}, now);
}

bool watch(store::Tx& tx, std::int64_t account_id, const base::Id& id, Instant now) {
  return tx.execute(
             "UPDATE polls SET watched_until = $3, due_at = $4 WHERE account_id = $1 AND "
             "shipment_id = $2 AND due_at > $4 AND stage <> $6 AND (asked_at IS NULL OR asked_at "
             "<= $5)",
             account_id, store::Blob{id.bytes()}, now + kWatchedFor, now, now - kWatchedGap,
             Stage::Finished) == 1;
}

void on_pushed(store::Tx& tx, std::int64_t account_id, const base::Id& id,
               const shipments::Ingested& result, Instant now) {
  std::optional<Scheduled> row = scheduled(tx, account_id, id);
  if (!row || !row->due_at) return;
  auto& known = row->poll.known;
  const auto was = known.stage;
  learn(known, result, now);
  known.pushed_at = now;
  auto due = std::max<Instant>(*row->due_at, now + kCeiling);
  if (known.stage != was || known.stage == Stage::Finished) due = now + kCeiling;
  tx.enqueue(
      "UPDATE polls SET pushed_at = $3, newest_at = $4, changed_at = $5, picked_up_at = $6, stage "
      "= $7, due_at = $8, not_found = 0 WHERE account_id = $1 AND shipment_id = $2",
      account_id, store::Blob{id.bytes()}, known.pushed_at, known.newest_at, known.changed_at,
      known.picked_up_at, known.stage, due);
}

bool is_due(store::Tx& tx, std::string_view connector, Instant now) {
  return tx
      .query(
          "SELECT 1 FROM polls p WHERE p.connector = $1 AND p.due_at <= $2" MILEPOST_OF_A_CONTRACT
          " LIMIT 1",
          connector, now)
      .next();
}

std::vector<Poll> claim(store::Tx& tx, std::string_view connector, std::string_view owner,
                        Instant now, std::chrono::seconds lease, int most) {
  if (most <= 0) return {};
  std::string sql =
      "SELECT " MILEPOST_POLL_COLUMNS
      " FROM polls p WHERE p.connector = $1 AND p.due_at <= $2 AND (p.lease_until IS NULL OR "
      "p.lease_until <= $2)" MILEPOST_OF_A_CONTRACT " ORDER BY p.due_at LIMIT $3 ";
  sql += tx.skip_locked();
  std::vector<Poll> due;
  {
    const int candidates = std::clamp(kCandidatesEach * most, kLeastCandidates, kMostCandidates);
    auto rows = tx.query(sql, connector, now, std::max(most, candidates));
    while (rows.next()) due.push_back(poll_of(rows, now));
  }
  if (due.size() > static_cast<std::size_t>(most)) {
    due = worth_most(std::move(due), now, static_cast<std::size_t>(most));
  }
  for (const auto& poll : due) {
    tx.enqueue(
        "UPDATE polls SET lease_owner = $3, lease_until = $4 WHERE account_id = $1 AND shipment_id "
        "= $2",
        poll.account_id, store::Blob{poll.id.bytes()}, owner, now + lease);
  }
  return due;
}

bool reschedule(store::Tx& tx, const Poll& poll, std::string_view owner,
                std::optional<Instant> due) {
  const auto& k = poll.known;
  return tx.execute(
             "UPDATE polls SET connector = $4, due_at = $5, lease_owner = NULL, lease_until = "
             "NULL, asked_at = $6, newest_at = $7, changed_at = $8, picked_up_at = $9, stage = "
             "$10, offset_minutes = $11, not_found = $12, failures = $13, checks = $14, weight = "
             "$15 WHERE account_id = $1 AND shipment_id = $2 AND lease_owner = $3",
             poll.account_id, store::Blob{poll.id.bytes()}, owner, poll.connector, due, k.asked_at,
             k.newest_at, k.changed_at, k.picked_up_at, k.stage, k.offset_minutes, k.not_found,
             k.failures, k.checks, poll.weight) == 1;
}

std::optional<Scheduled> scheduled(store::Tx& tx, std::int64_t account_id, const base::Id& id) {
  auto rows = tx.query("SELECT " MILEPOST_POLL_COLUMNS
                       " FROM polls p WHERE p.account_id = $1 AND p.shipment_id = $2",
                       account_id, store::Blob{id.bytes()});
  if (!rows.next()) return std::nullopt;
  Scheduled row{poll_of(rows, Instant{}), instant_or_none(rows, 16)};
  row.poll.is_watched = !rows.is_null(14);
  return row;
}

double forecast(store::Tx& tx, std::string_view connector) {
  // What was just asked and what is overdue counts as asked every quarter of an hour at most.
  auto rows = tx.query(
      "SELECT SUM(86400000000.0 / (CASE WHEN due_at - asked_at < 900000000 THEN 900000000 ELSE "
      "due_at - asked_at END)) FROM polls WHERE connector = $1 AND due_at IS NOT NULL AND asked_at "
      "IS NOT NULL",
      connector);
  return rows.next() ? rows.real(0) : 0;
}

std::int64_t active(store::Tx& tx, std::string_view connector) {
  auto rows =
      tx.query("SELECT COUNT(*) FROM polls WHERE connector = $1 AND due_at IS NOT NULL", connector);
  return rows.next() ? rows.integer(0) : 0;
}

// --- What an answer tells

Stage stage_of(Status status, int substatus) {
  switch (status) {
    case Status::Pending:
    case Status::NotFound:
    case Status::InfoReceived:
      return Stage::Registered;
    case Status::Transit:
      return Stage::Transit;
    case Status::Pickup:
      return substatus == 2 ? Stage::AwaitingPickup : Stage::OutForDelivery;
    case Status::Undelivered:
      return Stage::Exception;
    case Status::Exception:
      // Back with the sender, or cancelled before it left.
      return substatus == 10 || substatus == 8 ? Stage::Finished : Stage::Exception;
    case Status::Delivered:
    case Status::Expired:
      return Stage::Finished;
  }
  return Stage::Registered;
}

Kind kind_of(Status status, int substatus, bool is_first) {
  switch (stage_of(status, substatus)) {
    case Stage::Finished:
      return status == Status::Delivered ? Kind::Delivered : Kind::Trouble;
    case Stage::Exception:
      return Kind::Trouble;
    case Stage::OutForDelivery:
    case Stage::AwaitingPickup:
      return Kind::Ready;
    case Stage::Transit:
      return is_first ? Kind::PickedUp : Kind::Hub;
    case Stage::Registered:
      break;
  }
  return Kind::Hub;
}

void learn(Known& known, const shipments::Ingested& result, Instant now) {
  known.asked_at = now;
  known.failures = 0;
  if (result.newest_at) known.newest_at = std::min(*result.newest_at, now);
  if (result.picked_up_at) known.picked_up_at = *result.picked_up_at;
  if (result.offset_minutes) known.offset_minutes = *result.offset_minutes;
  const auto stage = stage_of(result.after, result.substatus);
  if (stage == Stage::Finished) {
    known.checks = known.stage == Stage::Finished ? known.checks + 1 : 0;
  }
  const bool is_news = result.new_events > 0 || stage != known.stage;
  if (is_news) known.changed_at = now;
  known.stage = stage;
}

std::string lane_of(const shipments::Head& head) {
  const auto& from =
      head.origin_country.empty() ? head.tracking_origin_country : head.origin_country;
  const auto& to = head.destination_country.empty() ? head.tracking_destination_country
                                                    : head.destination_country;
  if (from.empty() || to.empty()) return {};
  return from + "-" + to;
}

}  // namespace polling
