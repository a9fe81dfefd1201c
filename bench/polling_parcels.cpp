#include "polling_parcels.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "base/time.h"

namespace bench {
namespace {

using namespace std::chrono_literals;
using base::Instant;
using polling::Kind, polling::Stage;

// The standard library's distributions differ from one library to the next; these do not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  double part() { return static_cast<double>(random_() >> 11) / static_cast<double>(1ULL << 53); }
  bool happens(double chance) { return part() < chance; }
  int below(int n) { return static_cast<int>(part() * n); }
  double exponential(double mean) { return -mean * std::log(1 - part()); }
  double normal() {
    return std::sqrt(-2 * std::log(1 - part())) * std::cos(2 * std::numbers::pi * part());
  }
  double log_normal(double median, double sigma) { return median * std::exp(sigma * normal()); }

 private:
  std::mt19937_64 random_;
};

Instant plus_hours(Instant t, double hours) {
  return t + std::chrono::microseconds(static_cast<std::int64_t>(hours * 3.6e9));
}
Instant day_of(Instant t) { return std::chrono::floor<std::chrono::days>(t); }
bool is_working_day(Instant t) {
  const std::chrono::weekday day{std::chrono::floor<std::chrono::days>(t)};
  return day != std::chrono::Saturday && day != std::chrono::Sunday;
}

struct Moments {
  Instant registered, picked_up, delivered;
  std::string lane;
};

// Hub scans, two and half a one a day on top, more of them by night.
void add_hubs(const Moments& m, Dice& dice, std::vector<ParcelEvent>& events) {
  const double hours =
      std::chrono::duration<double, std::ratio<3600>>(m.delivered - m.picked_up).count();
  const double expected = 0.5 * hours / 24;
  int count = 2;
  for (double sum = dice.exponential(1); sum < expected; sum += dice.exponential(1)) ++count;
  for (int i = 0; i < count; ++i) {
    Instant at = plus_hours(m.picked_up, dice.part() * hours * .95);
    const auto hour = std::chrono::duration_cast<std::chrono::hours>(at - day_of(at)).count();
    if (hour >= 8 && hour < 18 && dice.happens(.5)) at += 10h;
    if (at < m.delivered - 1h) events.push_back({at, {}, Kind::Hub, Stage::Transit});
  }
}

void add_round(Instant arrival, Instant not_before, Dice& dice, std::vector<ParcelEvent>& events) {
  Instant at = plus_hours(arrival, -dice.log_normal(5, .45));
  at = std::max<Instant>(at, day_of(arrival) + 5h + 30min);
  if (at >= arrival) at = arrival - 10min;
  if (at > not_before) events.push_back({at, {}, Kind::Ready, Stage::OutForDelivery});
}

void add_attempt(const Moments& m, Dice& dice, bool is_scanned_out,
                 std::vector<ParcelEvent>& events) {
  Instant day = day_of(m.delivered) - 24h;
  while (!is_working_day(day)) day -= 24h;
  const Instant at = plus_hours(day + 9h, dice.part() * 10);
  if (at <= m.picked_up + 3h) return;
  if (is_scanned_out) add_round(at, m.picked_up, dice, events);
  events.push_back({at, {}, Kind::Trouble, Stage::Exception});
}

// Each thing about a parcel has dice of its own, so that no choice disturbs another.
Parcel parcel_of(const Moments& m, std::uint64_t number, const ParcelRecipe& recipe) {
  Dice dice(recipe.seed * 1'000'003 + number);
  Parcel parcel;
  parcel.registered = m.registered;
  parcel.lane = m.lane;
  parcel.is_scanned_out = dice.part() < recipe.scanned_out;
  auto& events = parcel.events;
  events.push_back({m.picked_up, {}, Kind::PickedUp, Stage::Transit});
  add_hubs(m, dice, events);
  if (dice.happens(.06)) add_attempt(m, dice, parcel.is_scanned_out, events);
  if (parcel.is_scanned_out) add_round(m.delivered, m.picked_up, dice, events);
  events.push_back({m.delivered, {}, Kind::Delivered, Stage::Finished});
  std::ranges::stable_sort(events, {}, &ParcelEvent::at);
  for (auto& event : events) {
    event.visible = plus_hours(event.at, dice.exponential(recipe.lag_minutes / 60));
  }
  return parcel;
}

struct Lane {
  const char* name;
  double median_hours, sigma;
};
constexpr Lane kLanes[] = {
    {"A-A", 30, .3}, {"A-B", 60, .35}, {"A-C", 100, .4}, {"B-D", 160, .45}, {"C-E", 240, .5}};

// People are at their doors, and rounds on their way, between eight and twenty.
Instant at_a_door(Instant earliest, Dice& dice) {
  Instant day = day_of(earliest);
  for (;; day += 24h) {
    const std::chrono::weekday weekday{std::chrono::floor<std::chrono::days>(day)};
    const double chance = weekday == std::chrono::Sunday     ? .04
                          : weekday == std::chrono::Saturday ? .4
                                                             : 1;
    const double hour = std::clamp(13.5 + 3 * dice.normal(), 7.5, 21.0);
    const Instant at = plus_hours(day, hour);
    if (at > earliest && dice.happens(chance)) return at;
  }
}

Instant at_the_depot(Instant earliest, Dice& dice) {
  Instant day = day_of(earliest);
  for (;; day += 24h) {
    const Instant at = plus_hours(day, std::clamp(16 + 2.5 * dice.normal(), 8.0, 22.0));
    if (at > earliest + 1h && is_working_day(day)) return at;
  }
}

}  // namespace

std::vector<Parcel> made_up_parcels(int count, const ParcelRecipe& recipe) {
  constexpr double kDays = 150;
  const Instant start = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5);
  Dice dice(recipe.seed);
  std::vector<Moments> all;
  for (int i = 0; i < count; ++i) {
    const auto& lane = kLanes[static_cast<std::size_t>(dice.below(5))];
    Moments m;
    m.lane = lane.name;
    m.registered = plus_hours(start, 24 * (i + dice.part()) * kDays / count);
    m.picked_up = at_the_depot(plus_hours(m.registered, dice.exponential(14)), dice);
    m.delivered = at_a_door(
        plus_hours(m.picked_up, dice.log_normal(lane.median_hours, lane.sigma) - 12) + 6h, dice);
    all.push_back(m);
  }
  std::vector<Parcel> parcels;
  for (std::size_t i = 0; i < all.size(); ++i) parcels.push_back(parcel_of(all[i], i, recipe));
  return parcels;
}

namespace {

std::string unpacked(const std::string& path) {
  std::string text;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return text;
  char buffer[1 << 16];
  for (int n; (n = gzread(file, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(n));
  }
  gzclose(file);
  return text;
}

std::vector<std::string_view> split(std::string_view line, char by) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = line.find(by);
    parts.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return parts;
    line.remove_prefix(end + 1);
  }
}

// Brasilia's local times, kept as if they were UTC: the offset is zero there, then.
std::optional<Moments> moments_of(std::string_view line) {
  const auto fields = split(line, ',');
  if (fields.size() < 10 || fields[1] != "delivered") return std::nullopt;
  const auto bought = base::parse_iso(fields[2]), approved = base::parse_iso(fields[3]),
             taken = base::parse_iso(fields[4]), delivered = base::parse_iso(fields[5]);
  if (!bought || !approved || !taken || !delivered) return std::nullopt;
  if (*delivered < *taken || *taken < *bought) return std::nullopt;
  Moments m;
  m.registered = std::min(*approved, *taken);
  m.picked_up = *taken;
  m.delivered = *delivered;
  m.lane = fmt::format("{}-{}", fields[7], fields[9]);
  if (m.delivered <= m.picked_up + 2h) return std::nullopt;
  return m;
}

}  // namespace

std::vector<Parcel> olist_parcels(const std::string& path, const ParcelRecipe& recipe) {
  const auto text = unpacked(path);
  std::vector<Parcel> parcels;
  std::uint64_t number = 0;
  for (const auto line : split(text, '\n')) {
    if (const auto m = moments_of(line)) parcels.push_back(parcel_of(*m, number++, recipe));
  }
  std::ranges::stable_sort(parcels, {}, &Parcel::registered);
  return parcels;
}

}  // namespace bench
