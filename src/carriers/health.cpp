#include "carriers/health.h"

#include "base/metrics.h"

namespace carriers {
namespace {

constexpr std::chrono::days kKept{396}, kHoursKept{2};

constexpr std::string_view kAdd =
    "INSERT INTO carrier_health (carrier, day, answered, not_found, invalid_number, auth, "
    "rate_limited, server, bad_request, drift, unreadable, unreached, took_us, events, "
    "unknown_events, quarantined, late_15m, late_1h, late_3h, late_6h, late_12h, late_24h, "
    "late_more, last_success_at, last_failure_at, last_failure) VALUES ($1, $2, $3, $4, $5, $6, "
    "$7, "
    "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26) "
    "ON CONFLICT (carrier, day) DO UPDATE SET answered = carrier_health.answered + "
    "excluded.answered, not_found = carrier_health.not_found + excluded.not_found, invalid_number "
    "= "
    "carrier_health.invalid_number + excluded.invalid_number, auth = carrier_health.auth + "
    "excluded.auth, rate_limited = carrier_health.rate_limited + excluded.rate_limited, server = "
    "carrier_health.server + excluded.server, bad_request = carrier_health.bad_request + "
    "excluded.bad_request, drift = carrier_health.drift + excluded.drift, unreadable = "
    "carrier_health.unreadable + excluded.unreadable, unreached = carrier_health.unreached + "
    "excluded.unreached, took_us = carrier_health.took_us + excluded.took_us, events = "
    "carrier_health.events + excluded.events, unknown_events = carrier_health.unknown_events + "
    "excluded.unknown_events, quarantined = carrier_health.quarantined + excluded.quarantined, "
    "late_15m = carrier_health.late_15m + excluded.late_15m, late_1h = carrier_health.late_1h + "
    "excluded.late_1h, late_3h = carrier_health.late_3h + excluded.late_3h, late_6h = "
    "carrier_health.late_6h + excluded.late_6h, late_12h = carrier_health.late_12h + "
    "excluded.late_12h, late_24h = carrier_health.late_24h + excluded.late_24h, late_more = "
    "carrier_health.late_more + excluded.late_more, last_success_at = "
    "COALESCE(excluded.last_success_at, carrier_health.last_success_at), last_failure_at = "
    "COALESCE(excluded.last_failure_at, carrier_health.last_failure_at), last_failure = "
    "COALESCE(excluded.last_failure, carrier_health.last_failure)";

constexpr std::string_view kRead =
    "SELECT carrier, answered, not_found, invalid_number, auth, rate_limited, server, bad_request, "
    "drift, unreadable, unreached, took_us, events, unknown_events, quarantined, late_15m, "
    "late_1h, late_3h, late_6h, late_12h, late_24h, late_more, last_success_at, last_failure_at, "
    "last_failure FROM carrier_health WHERE day >= $1 ORDER BY carrier, day";

constexpr std::string_view kAddHour =
    "INSERT INTO carrier_hours (carrier, hour, heard, answers) VALUES ($1, $2, $3, $4) ON CONFLICT "
    "(carrier, hour, heard) DO UPDATE SET answers = carrier_hours.answers + excluded.answers";

std::int64_t hour_of(base::Instant at) {
  return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
}

std::int64_t day_of(base::Instant at) {
  return std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
}

// The columns of a row from `first` on, in the order of the table.
HealthCounts counts_from(const store::Rows& row, int first) {
  HealthCounts counts;
  int column = first;
  for (auto& number : counts.heard) number = row.integer(column++);
  for (auto* number :
       {&counts.took_us, &counts.events, &counts.unknown_events, &counts.quarantined})
    *number = row.integer(column++);
  for (auto& number : counts.delays) number = row.integer(column++);
  if (!row.is_null(column)) counts.last_success = row.instant(column);
  if (!row.is_null(column + 1)) counts.last_failure = row.instant(column + 1);
  counts.last_failure_class = row.text(column + 2);
  return counts;
}

void write(store::Tx& tx, std::string_view carrier, std::int64_t day, const HealthCounts& counts) {
  std::vector<store::Param> params{carrier, day};
  for (const auto number : counts.heard) params.emplace_back(number);
  for (const auto number :
       {counts.took_us, counts.events, counts.unknown_events, counts.quarantined})
    params.emplace_back(number);
  for (const auto number : counts.delays) params.emplace_back(number);
  params.push_back(store::to_param(counts.last_success));
  params.push_back(store::to_param(counts.last_failure));
  params.push_back(counts.last_failure_class.empty()
                       ? store::Param(store::NullOf::Text)
                       : store::Param(std::string_view(counts.last_failure_class)));
  tx.execute_params(kAdd, params);
}

void write_hour(store::Tx& tx, std::string_view carrier, std::int64_t hour,
                const HeardCounts& counts) {
  for (std::size_t i = 0; i < kHeard; ++i) {
    if (counts.heard[i] > 0)
      tx.execute(kAddHour, carrier, hour, name(static_cast<Heard>(i)), counts.heard[i]);
  }
}

std::optional<Heard> heard_by_name(std::string_view text) {
  for (std::size_t i = 0; i < kHeard; ++i) {
    if (name(static_cast<Heard>(i)) == text) return static_cast<Heard>(i);
  }
  return std::nullopt;
}

}  // namespace

Heard heard(ErrorClass error) {
  switch (error) {
    case ErrorClass::NotFound:
      return Heard::NotFound;
    case ErrorClass::InvalidNumber:
      return Heard::InvalidNumber;
    case ErrorClass::Auth:
      return Heard::Auth;
    case ErrorClass::RateLimited:
      return Heard::RateLimited;
    case ErrorClass::Server:
      return Heard::Server;
    case ErrorClass::BadRequest:
      return Heard::BadRequest;
    case ErrorClass::Drift:
      return Heard::Drift;
    case ErrorClass::Unreadable:
      return Heard::Unreadable;
  }
  return Heard::Server;
}

std::string_view name(Heard what) {
  constexpr std::array<std::string_view, kHeard> kNames{
      "answered", "notfound",    "invalid_number", "auth",       "rate_limited",
      "server",   "bad_request", "drift",          "unreadable", "unreached"};
  return kNames[static_cast<std::size_t>(what)];
}

bool is_failure(Heard what) {
  return what != Heard::Answered && what != Heard::NotFound && what != Heard::InvalidNumber;
}

void HealthCounts::add(const HealthCounts& other) {
  for (std::size_t i = 0; i < heard.size(); ++i) heard[i] += other.heard[i];
  for (std::size_t i = 0; i < delays.size(); ++i) delays[i] += other.delays[i];
  took_us += other.took_us;
  events += other.events;
  unknown_events += other.unknown_events;
  quarantined += other.quarantined;
  if (other.last_success && (!last_success || *last_success < *other.last_success))
    last_success = other.last_success;
  if (other.last_failure && (!last_failure || *last_failure <= *other.last_failure)) {
    last_failure = other.last_failure;
    last_failure_class = other.last_failure_class;
  }
}

std::int64_t HeardCounts::asked() const {
  std::int64_t all = 0;
  for (const auto number : heard) all += number;
  return all;
}

std::int64_t HeardCounts::failures() const {
  std::int64_t all = 0;
  for (std::size_t i = 0; i < kHeard; ++i) {
    if (is_failure(static_cast<Heard>(i))) all += heard[i];
  }
  return all;
}

std::optional<std::chrono::minutes> HealthCounts::median_delay() const {
  std::int64_t all = 0;
  for (const auto number : delays) all += number;
  if (all == 0) return std::nullopt;
  const double half = static_cast<double>(all) / 2;
  double before = 0, low = 0;
  for (std::size_t i = 0; i < kDelayClasses.size(); ++i) {
    const auto high = static_cast<double>(kDelayClasses[i].count());
    const auto here = static_cast<double>(delays[i]);
    if (here > 0 && before + here >= half) {
      const double minutes = low + (high - low) * (half - before) / here;
      return std::chrono::minutes(static_cast<std::int64_t>(minutes + 0.5));
    }
    before += here;
    low = high;
  }
  return kDelayClasses.back();  // "a day or more"
}

std::optional<std::chrono::milliseconds> HealthCounts::mean_time() const {
  const auto count = asked() - of(Heard::Unreached);
  if (count <= 0) return std::nullopt;
  return std::chrono::milliseconds(took_us / count / 1000);
}

HealthCounts& Health::counts_of(std::string_view carrier, base::Instant at) {
  return waiting_[{std::string(carrier), day_of(at)}];
}

void Health::note(std::string_view carrier, Heard what, std::chrono::microseconds took,
                  base::Instant at) {
  {
    const std::lock_guard lock(mutex_);
    auto& counts = counts_of(carrier, at);
    ++counts.heard[static_cast<std::size_t>(what)];
    ++waiting_hours_[{std::string(carrier), hour_of(at)}].heard[static_cast<std::size_t>(what)];
    if (what != Heard::Unreached) counts.took_us += took.count();
    if (is_failure(what)) {
      counts.last_failure = at;
      counts.last_failure_class = name(what);
    } else {
      counts.last_success = at;
    }
  }
  metrics_
      .counter("milepost_carriers_answers_total", "Questions to carriers by what came of them",
               {{"carrier", std::string(carrier)}, {"outcome", std::string(name(what))}})
      .add();
}

void Health::note_events(std::string_view carrier, int events, int unknown, int quarantined,
                         const std::vector<std::chrono::microseconds>& delays, base::Instant at) {
  {
    const std::lock_guard lock(mutex_);
    auto& counts = counts_of(carrier, at);
    counts.events += events;
    counts.unknown_events += unknown;
    counts.quarantined += quarantined;
    for (const auto delay : delays) {
      std::size_t place = 0;
      while (place < kDelayClasses.size() && delay > kDelayClasses[place]) ++place;
      ++counts.delays[place];
    }
  }
  const auto count = [&](const char* which, int number) {
    if (number == 0) return;
    metrics_
        .counter("milepost_carriers_events_total", "Carriers' events by how they were understood",
                 {{"carrier", std::string(carrier)}, {"understood", which}})
        .add(number);
  };
  count("yes", events - unknown);
  count("unknown", unknown);
  count("quarantined", quarantined);
}

void Health::flush(store::Database& database) {
  std::map<Key, HealthCounts> taken;
  std::map<Key, HeardCounts> taken_hours;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(waiting_);
    taken_hours.swap(waiting_hours_);
  }
  if (taken.empty()) return;
  try {
    database.write_now([&](store::Tx& tx) {
      for (const auto& [key, counts] : taken) write(tx, key.carrier, key.time, counts);
      for (const auto& [key, counts] : taken_hours) write_hour(tx, key.carrier, key.time, counts);
    });
  } catch (...) {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, counts] : taken) waiting_[key].add(counts);
    for (const auto& [key, counts] : taken_hours) {
      for (std::size_t i = 0; i < kHeard; ++i) waiting_hours_[key].heard[i] += counts.heard[i];
    }
    throw;
  }
}

std::map<std::string, HealthCounts> Health::read(store::Tx& tx, base::Instant since) {
  std::map<std::string, HealthCounts> all;
  auto rows = tx.query(kRead, day_of(since));
  while (rows.next()) all[std::string(rows.text(0))].add(counts_from(rows, 1));
  return all;
}

std::map<std::string, HeardCounts> Health::read_hours(store::Tx& tx, base::Instant since) {
  std::map<std::string, HeardCounts> all;
  auto rows = tx.query("SELECT carrier, heard, answers FROM carrier_hours WHERE hour >= $1",
                       hour_of(since));
  while (rows.next()) {
    const auto what = heard_by_name(rows.text(1));
    if (what)
      all[std::string(rows.text(0))].heard[static_cast<std::size_t>(*what)] += rows.integer(2);
  }
  return all;
}

void Health::sweep(store::Tx& tx, base::Instant now) {
  tx.execute("DELETE FROM carrier_health WHERE day < $1", day_of(now - kKept));
  tx.execute("DELETE FROM carrier_hours WHERE hour < $1", hour_of(now - kHoursKept));
}

}  // namespace carriers
