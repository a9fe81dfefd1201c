#include <algorithm>

#include "journey/written_time.h"
#include "polling/schedule.h"
#include "shipments/events.h"

namespace polling {
namespace {

using base::Instant;

constexpr int kSlice = 5000;
constexpr std::chrono::days kLookedAt{90};
// Parcels of one connector that are enough to learn from.
constexpr double kPlenty = 20'000;

struct Row {
  std::int64_t account_id = 0;
  std::string shipment;
  std::int64_t number = 0;
  std::string connector, origin, destination;
  Instant created_at{}, learnt_at{};
  int offset_minutes = 0;
  journey::Status status{};
  int substatus = 0;
  std::string happened;
};

std::vector<Row> slice_after(store::Tx& tx, const Row& last, Instant since) {
  std::vector<Row> slice;
  auto rows = tx.query(
      "SELECT e.account_id, e.shipment_id, e.number, p.connector, s.origin_country, "
      "s.destination_country, p.created_at, e.learnt_at, p.offset_minutes, e.status, e.substatus, "
      "e.happened FROM events e JOIN polls p ON p.account_id = e.account_id AND p.shipment_id = "
      "e.shipment_id JOIN shipments s ON s.account_id = e.account_id AND s.id = e.shipment_id "
      "WHERE (e.account_id, e.shipment_id, e.number) > ($1, $2, $3) AND e.kind = $4 AND "
      "e.learnt_at >= $5 ORDER BY e.account_id, e.shipment_id, e.number LIMIT $6",
      last.account_id, store::Blob{last.shipment}, last.number, shipments::EventKind::Scan, since,
      kSlice);
  while (rows.next()) {
    slice.push_back(
        {rows.integer(0), std::string(rows.blob(1)), rows.integer(2), std::string(rows.text(3)),
         std::string(rows.text(4)), std::string(rows.text(5)), rows.instant(6), rows.instant(7),
         static_cast<int>(rows.integer(8)), static_cast<journey::Status>(rows.integer(9)),
         static_cast<int>(rows.integer(10)), std::string(rows.text(11))});
  }
  return slice;
}

// When it happened, as well as it can be told; never after it was learnt.
Instant happened_at(const Row& row) {
  const auto time = journey::read_time(row.happened);
  if (!time || !time->has_hour) return row.learnt_at;
  const auto offset = std::chrono::minutes(time->offset.value_or(row.offset_minutes));
  return std::min<Instant>(Instant(std::chrono::seconds(time->local) - offset), row.learnt_at);
}

class Learner {
 public:
  explicit Learner(Instant now) : now_(now) {}

  void take(const Row& row) {
    if (row.shipment != shipment_) finish();
    if (story_.happenings.empty()) {
      shipment_ = row.shipment;
      connector_ = row.connector;
      story_.offset_minutes = row.offset_minutes;
      story_.created_at = row.created_at;
      if (!row.origin.empty() && !row.destination.empty()) {
        story_.lane = row.origin + "-" + row.destination;
      }
    }
    const auto stage = stage_of(row.status, row.substatus);
    const bool is_first = std::ranges::none_of(
        story_.happenings, [](const Happening& h) { return h.leads_to != Stage::Registered; });
    story_.happenings.push_back(
        {happened_at(row), kind_of(row.status, row.substatus, is_first), stage});
  }
  void finish() {
    if (!story_.happenings.empty() && !connector_.empty()) {
      std::ranges::stable_sort(story_.happenings, {}, &Happening::at);
      story_.created_at = std::min(story_.created_at, story_.happenings.front().at);
      story_.until = std::max(now_, story_.happenings.back().at);
      auto& history = histories_[connector_];
      if (history.delivered() < kPlenty) history.add(story_, default_rates());
      if (all_.delivered() < kPlenty) all_.add(story_, default_rates());
    }
    story_ = {};
    shipment_.clear();
  }
  const std::map<std::string, History>& histories() const { return histories_; }
  const History& all() const { return all_; }

 private:
  Instant now_;
  std::string shipment_, connector_;
  Story story_;
  std::map<std::string, History> histories_;
  History all_;
};

}  // namespace

std::map<std::string, Rates> fit_all(store::Database& database, Instant now) {
  Learner learner(now);
  Row last;
  for (;;) {
    auto slice =
        database.read_now([&](store::Tx& tx) { return slice_after(tx, last, now - kLookedAt); });
    if (slice.empty()) break;
    for (const auto& row : slice) learner.take(row);
    last = std::move(slice.back());
  }
  learner.finish();
  // What all carriers have in common stands in for those that have delivered little yet.
  const auto common = learner.all().fit(default_rates());
  std::map<std::string, Rates> fitted;
  for (const auto& [connector, history] : learner.histories()) {
    const bool is_enough = history.delivered() >= History::kEnough;
    fitted[connector] = history.fit(is_enough ? default_rates() : common);
  }
  return fitted;
}

std::optional<Pace> load_pace(store::Tx& tx, std::string_view connector) {
  auto rows = tx.query("SELECT price, priced_at, rates, fitted_at FROM paces WHERE connector = $1",
                       connector);
  if (!rows.next()) return std::nullopt;
  Pace pace;
  pace.price = rows.real(0);
  pace.priced_at = rows.instant(1);
  if (auto rates = rates_from(rows.text(2))) pace.rates = std::move(*rates);
  pace.fitted_at = rows.instant(3);
  return pace;
}

void store_pace(store::Tx& tx, std::string_view connector, const Pace& pace) {
  tx.enqueue(
      "INSERT INTO paces (connector, price, priced_at, rates, fitted_at) VALUES ($1, $2, $3, $4, "
      "$5) ON CONFLICT (connector) DO UPDATE SET price = excluded.price, priced_at = "
      "excluded.priced_at, rates = excluded.rates, fitted_at = excluded.fitted_at",
      connector, pace.price, pace.priced_at, to_text(pace.rates), pace.fitted_at);
}

}  // namespace polling
