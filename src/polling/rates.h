// How often what happens to a parcel, by what is known of it: for one carrier, learnt from its own
// history, hand-made where there is none yet.
//
// lambda(kind) = base[stage][kind] x clock[kind][weekday class, local hour] x age[stage][kind]
// [since the newest event] x progress[kind][share of the usual transit time]   (events an hour)
//
// Pure; a Rates in use is never changed, a fit makes a new one.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace polling {

// Stored as numbers: only append.
enum class Stage : std::uint8_t {
  Registered = 0,  // the carrier has not got it yet, as far as is known
  Transit = 1,
  OutForDelivery = 2,
  AwaitingPickup = 3,  // the buyer's turn
  Exception = 4,
  Finished = 5,
};
inline constexpr std::size_t kStages = 5;  // that have rates

enum class Kind : std::uint8_t {
  Delivered = 0,
  Trouble = 1,  // failed attempt, exception
  Ready = 2,    // out for delivery, ready to be collected
  PickedUp = 3,
  Hub = 4,
};
inline constexpr std::size_t kKinds = 5;

// What an hour of delay costs, by what is late: the relative value of noticing.
inline constexpr std::array<double, kKinds> kWeights = {4, 3, 2, 1, 0.5};

inline constexpr std::size_t kHours = 72;  // Mon-Fri, Sat, Sun; 24 each, local
inline constexpr std::array<double, 16> kAgeEdges = {1,  2,  3,  4,  5,  6,  8,   10,
                                                     12, 18, 24, 36, 48, 72, 120, 240};
inline constexpr std::size_t kAges = kAgeEdges.size() + 1;
inline constexpr std::array<double, 11> kProgressEdges = {.1, .25, .4,  .55, .7, .85,
                                                          1,  1.2, 1.5, 2,   3};
inline constexpr std::size_t kProgresses = kProgressEdges.size() + 1;

std::size_t hour_class(base::Instant local);
std::size_t age_class(double hours);
std::size_t progress_class(double share);

struct Rates {
  std::array<std::array<double, kKinds>, kStages> base{};
  std::array<std::array<double, kHours>, kKinds> clock{};
  std::array<std::array<std::array<double, kAges>, kKinds>, kStages> age{};
  std::array<std::array<double, kProgresses>, kKinds> progress{};  // in transit only
  double transit_hours = 72;                                       // median from pickup to delivery
  std::map<std::string, double, std::less<>> lanes;                // the same by lane ("DE-FR")
  double delivered = 0;                                            // parcels it was learnt from

  double transit(std::string_view lane) const;
  // By the classes of hour, age and progress.
  double of(Stage stage, Kind kind, std::size_t h, std::size_t a, std::size_t p) const {
    const auto s = static_cast<std::size_t>(stage), k = static_cast<std::size_t>(kind);
    const double now = base[s][k] * clock[k][h] * age[s][k][a];
    return stage == Stage::Transit ? now * progress[k][p] : now;
  }
};

// Neutral and hand-made: what anybody would guess of a parcel carrier. Fitted to nothing.
const Rates& default_rates();

// One parcel's history: what happened when, in order.
struct Happening {
  base::Instant at{};
  Kind kind{};
  Stage leads_to{};
};
struct Story {
  base::Instant created_at{};
  int offset_minutes = 0;
  std::string lane;
  std::vector<Happening> happenings;
  base::Instant until{};  // seen until here, when it did not finish
};

// Counts of events and hours, which stories are added to and rates are fitted from.
class History {
 public:
  History();
  void add(const Story& story, const Rates& as_known);
  // Every factor shrinks to the prior's (two pseudo-events). The prior of a carrier with fewer than
  // kEnough delivered parcels is what all carriers have in common.
  Rates fit(const Rates& prior) const;
  double delivered() const { return delivered_; }
  // What was counted so far weighs this much less from now on: carriers change.
  void fade(double part);

  static constexpr double kEnough = 500;

 private:
  struct Cell {
    float hours = 0;
    std::array<float, kKinds> events{};
  };
  Cell& cell(Stage stage, std::size_t hour, std::size_t age, std::size_t share);
  void expose(const Story& story, Stage stage, base::Instant newest, base::Instant from,
              base::Instant to, std::optional<base::Instant> picked_up, double transit);
  std::vector<Cell> cells_;
  double delivered_ = 0;
  std::vector<float> transits_;
  std::map<std::string, std::vector<float>, std::less<>> lanes_;
};

// For the table of paces: one line of text, and back; nothing for anything else.
std::string to_text(const Rates& rates);
std::optional<Rates> rates_from(std::string_view text);

}  // namespace polling
