// How each connector does: answers, failures by cause, events not understood, how far behind the
// events we learn of them. What the coverage table, the health page and the alarms are made from;
// facts, not claims.
//
// Counted in memory (any thread), written to carrier_health (a row a day) and carrier_hours by
// flush(), read back over any number of days or the last hours. A process that is killed loses what
// it counted since its last flush, nothing else.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "carriers/connector.h"
#include "store/database.h"

namespace base {
class Metrics;
}

namespace carriers {

// What came of one question to a carrier.
enum class Heard : std::uint8_t {
  Answered,
  NotFound,
  InvalidNumber,
  Auth,
  RateLimited,
  Server,
  BadRequest,
  Drift,
  Unreadable,
  Unreached,
};
inline constexpr std::size_t kHeard = 10;
Heard heard(ErrorClass error);
// "answered", "notfound", ..., "unreached".
std::string_view name(Heard heard);
// The carrier's interface did not do its work: not an answer, nor a word about the number.
bool is_failure(Heard heard);

// Upper ends of the classes in which delays are counted; the last class is open.
inline constexpr std::array<std::chrono::minutes, 6> kDelayClasses{
    std::chrono::minutes(15),  std::chrono::minutes(60),  std::chrono::minutes(180),
    std::chrono::minutes(360), std::chrono::minutes(720), std::chrono::minutes(1440)};

// Questions by what came of them.
struct HeardCounts {
  std::array<std::int64_t, kHeard> heard{};

  std::int64_t of(Heard what) const { return heard[static_cast<std::size_t>(what)]; }
  std::int64_t asked() const;
  std::int64_t failures() const;
};

struct HealthCounts : HeardCounts {
  std::int64_t took_us = 0;
  std::int64_t events = 0, unknown_events = 0, quarantined = 0;
  std::array<std::int64_t, kDelayClasses.size() + 1> delays{};
  std::optional<base::Instant> last_success, last_failure;
  std::string last_failure_class;

  void add(const HealthCounts& other);
  // Half of the events were learnt within this time of their own; nothing without events that have
  // an instant. Within a class it is drawn as a straight line, so it is good to the width of the
  // class.
  std::optional<std::chrono::minutes> median_delay() const;
  std::optional<std::chrono::milliseconds> mean_time() const;
};

class Health {
 public:
  explicit Health(base::Metrics& metrics) : metrics_(metrics) {}

  // One question and what came of it. `at`: when the answer was there.
  void note(std::string_view carrier, Heard what, std::chrono::microseconds took, base::Instant at);
  // What an answer brought that was new. `delays`: of those events whose instant is known.
  void note_events(std::string_view carrier, int events, int unknown, int quarantined,
                   const std::vector<std::chrono::microseconds>& delays, base::Instant at);

  // Adds what was counted to the rows of the day and of the hour. Blocks; on an error nothing is
  // lost, the next flush takes it along.
  void flush(store::Database& database);

  // The sums of each carrier since a moment, by id.
  static std::map<std::string, HealthCounts> read(store::Tx& tx, base::Instant since);
  // The same by the hour, from the hour of `since` on; nothing older than two days is there.
  static std::map<std::string, HeardCounts> read_hours(store::Tx& tx, base::Instant since);
  // Days and hours older than their retention classes say.
  static void sweep(store::Tx& tx, base::Instant now);

 private:
  struct Key {
    std::string carrier;
    std::int64_t time;  // days or hours since 1970
    auto operator<=>(const Key&) const = default;
  };
  HealthCounts& counts_of(std::string_view carrier, base::Instant at);

  base::Metrics& metrics_;
  std::mutex mutex_;
  std::map<Key, HealthCounts> waiting_;
  std::map<Key, HeardCounts> waiting_hours_;
};

}  // namespace carriers
