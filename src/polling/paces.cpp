#include <algorithm>

#include "journey/written_time.h"
#include "polling/schedule.h"
#include "shipments/packed_events.h"

namespace polling {
namespace {

using base::Instant;

constexpr int kSlice = 1000;
constexpr std::chrono::days kLookedAt{90};
// Parcels of one connector that are enough to learn from.
constexpr double kPlenty = 20'000;

// One shipment's part of the history.
struct Row {
  std::int64_t account_id = 0;
  std::string shipment;
  std::string connector, origin, destination;
  Instant created_at{};
  int offset_minutes = 0;
  std::vector<shipments::Event> events;
};

std::vector<Row> slice_after(store::Tx& tx, const Row& last, Instant since) {
  std::vector<Row> slice;
  auto rows = tx.query(
      "SELECT s.account_id, s.id, p.connector, s.origin_country, s.destination_country, "
      "p.created_at, p.offset_minutes, s.events FROM shipments s JOIN polls p ON p.account_id = "
      "s.account_id AND p.shipment_id = s.id WHERE (s.account_id, s.id) > ($1, $2) AND s.learnt_at "
      ">= $3 ORDER BY s.account_id, s.id LIMIT $4",
      last.account_id, store::Blob{last.shipment}, since, kSlice);
  while (rows.next()) {
    slice.push_back(
        {rows.integer(0), std::string(rows.blob(1)), std::string(rows.text(2)),
         std::string(rows.text(3)), std::string(rows.text(4)), rows.instant(5),
         static_cast<int>(rows.integer(6)),
         shipments::unpack_events(rows.blob(7)).value_or(std::vector<shipments::Event>{})});
    std::erase_if(slice.back().events, [&](const shipments::Event& event) {
      return event.kind != shipments::EventKind::Scan || event.learnt_at < since;
    });
  }
  return slice;
}

// When it happened, as well as it can be told; never after it was learnt.
Instant happened_at(const shipments::Event& event, int offset_minutes) {
  const auto time = journey::read_time(event.happened);
  if (!time || !time->has_hour) return event.learnt_at;
  const auto offset = std::chrono::minutes(time->offset.value_or(offset_minutes));
  return std::min<Instant>(Instant(std::chrono::seconds(time->local) - offset), event.learnt_at);
}

class Learner {
 public:
  explicit Learner(Instant now) : now_(now) {}

  void take(const Row& row) {
    if (row.events.empty() || row.connector.empty()) return;
    Story story;
    story.offset_minutes = row.offset_minutes;
    story.created_at = row.created_at;
    if (!row.origin.empty() && !row.destination.empty()) {
      story.lane = row.origin + "-" + row.destination;
    }
    for (const auto& event : row.events) add(story, event);
    std::ranges::stable_sort(story.happenings, {}, &Happening::at);
    story.created_at = std::min(story.created_at, story.happenings.front().at);
    story.until = std::max(now_, story.happenings.back().at);
    auto& history = histories_[row.connector];
    if (history.delivered() < kPlenty) history.add(story, default_rates());
    if (all_.delivered() < kPlenty) all_.add(story, default_rates());
  }
  const std::map<std::string, History>& histories() const { return histories_; }
  const History& all() const { return all_; }

 private:
  static void add(Story& story, const shipments::Event& event) {
    const auto stage = stage_of(event.status, event.substatus);
    const bool is_first = std::ranges::none_of(
        story.happenings, [](const Happening& h) { return h.leads_to != Stage::Registered; });
    story.happenings.push_back({happened_at(event, story.offset_minutes),
                                kind_of(event.status, event.substatus, is_first), stage});
  }

  Instant now_;
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
