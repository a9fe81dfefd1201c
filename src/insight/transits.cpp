#include "insight/transits.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/time.h"
#include "insight/survival.h"
#include "journey/working_days.h"
#include "shipments/packed_events.h"
#include "shipments/shipment.h"

namespace insight {
namespace {

using Day = std::chrono::sys_days;
using journey::Milestone, journey::Status;

std::optional<Day> day_written(std::string_view time) {
  const auto at = base::parse_iso(time.substr(0, 10));
  if (!at) return std::nullopt;
  return std::chrono::floor<std::chrono::days>(*at);
}

struct Span {
  std::optional<Day> from, delivered;
};

// The earliest hand-over and the latest delivery: what is delivered again was not there before.
Span span_of(const std::vector<shipments::Event>& events) {
  std::optional<Day> handed_over, on_its_way, delivered;
  const auto earlier = [](std::optional<Day>& first, Day day) {
    if (!first || day < *first) first = day;
  };
  for (const auto& event : events) {
    if (event.kind != shipments::EventKind::Scan) continue;
    const auto day = day_written(event.happened);
    if (!day) continue;
    if (event.milestone == Milestone::Pickup) earlier(handed_over, *day);
    if (event.status == Status::Transit) earlier(on_its_way, *day);
    if (event.status == Status::Delivered && (!delivered || *day > *delivered)) delivered = day;
  }
  return {handed_over ? handed_over : on_its_way, delivered};
}

int working_days(Day from, Day to, std::string_view country) {
  return journey::working_days_between(from, to, country);
}

// Columns of the query below.
enum Column {
  kAccount,
  kCourier,
  kStatus,
  kSource,
  kArchived,
  kOrigin,
  kDestination,
  kEvents,
  kLearnt,
  kEmail,
  kSms
};

std::optional<std::string> group_of(const store::Rows& row, Grouping grouping) {
  const auto courier = row.text(kCourier);
  if (grouping == Grouping::Carrier) return std::string(courier);
  const auto from = row.text(kOrigin), to = row.text(kDestination);
  if (from.size() != 2 || to.size() != 2) return std::nullopt;
  return fmt::format("{} {}-{}", courier, from, to);
}

std::optional<std::vector<int>> buckets_of(const store::Rows& row, base::Instant now) {
  const auto events = shipments::unpack_events(row.blob(kEvents));
  if (!events) return std::nullopt;
  const auto span = span_of(*events);
  if (!span.from) return std::nullopt;
  const auto country = row.text(kDestination);
  const bool is_there =
      static_cast<Status>(row.integer(kStatus)) == Status::Delivered && span.delivered;
  const bool is_put_away = row.integer(kArchived) != 0 && !row.is_null(kLearnt);
  const auto seen = std::chrono::floor<std::chrono::days>(is_put_away ? row.instant(kLearnt) : now);
  const Day until = std::max(*span.from, is_there ? *span.delivered : seen);
  const auto calendar = static_cast<int>((until - *span.from).count());
  const auto working = working_days(*span.from, until, country);
  // What took longer than we count is "not there" by both ways of counting.
  if (calendar > kLongestDays) return std::vector<int>{kNever, kNever};
  const auto bucket = is_there ? bucket_of_arrival : bucket_of_last_sight;
  return std::vector<int>{bucket(calendar), bucket(working)};
}

}  // namespace

Question transit_question(const Quarter& quarter, Grouping grouping) {
  Question question;
  question.data_set = "transits " + quarter.name();
  question.name = grouping == Grouping::Carrier ? "days by carrier" : "days by carrier and lane";
  question.axes = {kTransitBuckets, kTransitBuckets};
  question.audience = Audience::Report;
  return question;
}

std::vector<Row> transit_rows(store::Tx& tx, const Quarter& quarter, Grouping grouping,
                              base::Instant now) {
  auto row = tx.query(
      "SELECT account_id, courier_code, status, source, archived, COALESCE(origin_country, "
      "tracking_origin_country), COALESCE(destination_country, tracking_destination_country), "
      "events, learnt_at, email_hash, sms_hash FROM shipments WHERE created_at >= $1 AND "
      "created_at < $2 AND events IS NOT NULL AND source <> $3 AND (email_hash IS NOT NULL OR "
      "sms_hash IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM restrictions WHERE "
      "restrictions.account_id = shipments.account_id AND restrictions.subject = "
      "shipments.subject)",
      base::Instant(quarter.from()), base::Instant(quarter.until()), shipments::Source::Mailbox);
  std::vector<Row> rows;
  while (row.next()) {
    auto group = group_of(row, grouping);
    auto buckets = buckets_of(row, now);
    if (!group || !buckets) continue;
    const auto hash = row.is_null(kEmail) ? row.blob(kSms) : row.blob(kEmail);
    rows.push_back({fmt::format("{} {}", row.integer(kAccount), hash), std::move(*group),
                    std::move(*buckets), personal::Label(personal::Source::Carrier)});
  }
  return rows;
}

}  // namespace insight
