// How often pages are looked at, without knowing by whom (policy clauses 63 and 120).
//
// A view adds one to a sum of its day, its kind of page and the kind of place it came from. No
// cookie, no address, no browser, no country is kept: not in the store, not in a log, not in a
// backup.
//
// Visitors count once a day. To know that, each leaves a mark in memory: a keyed hash of address
// and browser under a salt that is drawn at random each day (UTC), never written anywhere, and
// overwritten when the day is over, together with all marks. So the same visitor on two days leaves
// two marks that nobody can join, we least of all. Who sends Sec-GPC or DNT leaves no mark: their
// views count, they themselves do not. A restart draws a new salt, so whoever comes back after it
// counts twice that day: figures are upper bounds by as much.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "store/database.h"

namespace insight {

// A kind of place: "direct", "own", "search", "mail", "social", "other". `referrer` is the header
// as it came, `host` our own.
std::string_view kind_of_referrer(std::string_view referrer, std::string_view host);
// Whether the browser's name says that it is a program that reads pages for others.
bool is_robot(std::string_view user_agent);

struct View {
  std::string_view page;      // a constant: "tracking"
  std::string_view referrer;  // a constant of kind_of_referrer
  std::string visitor;        // address and browser, for this moment; empty: wants no mark
};

struct DayOfPage {
  std::chrono::sys_days day;
  std::string page;
  std::int64_t views = 0, visitors = 0;
  std::map<std::string, std::int64_t> by_referrer;  // views
};

// Safe from any thread.
class Counters {
 public:
  Counters(store::Database& database, const base::Clock& clock);
  ~Counters();
  Counters(const Counters&) = delete;
  Counters& operator=(const Counters&) = delete;

  // Never waits for the store.
  void saw(const View& view);
  // Adds what was counted to the store's sums, and ends the day when it is over. Blocks.
  void flush();

  // The newest day first.
  static std::vector<DayOfPage> days(store::Tx& tx, base::Instant since);

 private:
  friend struct CountersForTest;
  // More visitors in one day than this are not told apart any more: a bound on memory.
  static constexpr std::size_t kMostMarks = 500'000;
  using Mark = std::array<std::uint8_t, 16>;
  struct MarkHash {
    std::size_t operator()(const Mark& mark) const;
  };
  struct Views {
    std::int64_t day = 0;
    std::string page, referrer;
    auto operator<=>(const Views&) const = default;
  };

  Mark mark_of(std::string_view page, std::string_view visitor) const;
  void begin(std::int64_t day);  // a new salt; what was before is overwritten

  store::Database& database_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::int64_t day_ = 0;
  std::array<std::uint8_t, 32> salt_{};
  std::unordered_set<Mark, MarkHash> marks_;
  std::map<Views, std::int64_t> views_;
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> visitors_;
};

}  // namespace insight
