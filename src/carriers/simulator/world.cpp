#include "carriers/simulator/world.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/time.h"

namespace carriers::simulator {
namespace {

using base::Instant;
using journey::Status;
using Hours = std::chrono::duration<double, std::ratio<3600>>;

constexpr std::array<Town, 64> kTowns{{
    {"Berlin", "", "10115", "DE", "Europe/Berlin"},
    {"Hamburg", "", "20095", "DE", "Europe/Berlin"},
    {"Bremen", "", "28195", "DE", "Europe/Berlin"},
    {"Leipzig", "", "04109", "DE", "Europe/Berlin"},
    {"Bonn", "", "53111", "DE", "Europe/Berlin"},
    {"Amsterdam", "", "1012 AB", "NL", "Europe/Amsterdam"},
    {"Utrecht", "", "3511 CE", "NL", "Europe/Amsterdam"},
    {"Zwolle", "", "8011 PK", "NL", "Europe/Amsterdam"},
    {"Brussels", "", "1000", "BE", "Europe/Brussels"},
    {"Gent", "", "9000", "BE", "Europe/Brussels"},
    {"Liege", "", "4000", "BE", "Europe/Brussels"},
    {"Paris", "", "75011", "FR", "Europe/Paris"},
    {"Lyon", "", "69002", "FR", "Europe/Paris"},
    {"Lille", "", "59000", "FR", "Europe/Paris"},
    {"Nantes", "", "44000", "FR", "Europe/Paris"},
    {"London", "", "E1 6AN", "GB", "Europe/London"},
    {"Leeds", "", "LS1 4DY", "GB", "Europe/London"},
    {"Bristol", "", "BS1 4DJ", "GB", "Europe/London"},
    {"Madrid", "", "28004", "ES", "Europe/Madrid"},
    {"Valencia", "", "46002", "ES", "Europe/Madrid"},
    {"Zaragoza", "", "50001", "ES", "Europe/Madrid"},
    {"Milano", "", "20121", "IT", "Europe/Rome"},
    {"Bologna", "", "40121", "IT", "Europe/Rome"},
    {"Stockholm", "", "111 20", "SE", "Europe/Stockholm"},
    {"Malmo", "", "211 18", "SE", "Europe/Stockholm"},
    {"Oslo", "", "0150", "NO", "Europe/Oslo"},
    {"Bergen", "", "5003", "NO", "Europe/Oslo"},
    {"Kobenhavn", "", "1550", "DK", "Europe/Copenhagen"},
    {"Aarhus", "", "8000", "DK", "Europe/Copenhagen"},
    {"Helsinki", "", "00100", "FI", "Europe/Helsinki"},
    {"Warszawa", "", "00-001", "PL", "Europe/Warsaw"},
    {"Poznan", "", "61-001", "PL", "Europe/Warsaw"},
    {"Wroclaw", "", "50-001", "PL", "Europe/Warsaw"},
    {"Wien", "", "1010", "AT", "Europe/Vienna"},
    {"Linz", "", "4020", "AT", "Europe/Vienna"},
    {"Zurich", "", "8001", "CH", "Europe/Zurich"},
    {"Basel", "", "4001", "CH", "Europe/Zurich"},
    {"Praha", "", "110 00", "CZ", "Europe/Prague"},
    {"Brno", "", "602 00", "CZ", "Europe/Prague"},
    {"New York", "NY", "10001", "US", "America/New_York"},
    {"Louisville", "KY", "40202", "US", "America/New_York"},
    {"Memphis", "TN", "38103", "US", "America/Chicago"},
    {"Chicago", "IL", "60601", "US", "America/Chicago"},
    {"Denver", "CO", "80202", "US", "America/Denver"},
    {"Phoenix", "AZ", "85004", "US", "America/Phoenix"},
    {"Los Angeles", "CA", "90012", "US", "America/Los_Angeles"},
    {"Toronto", "ON", "M5H 2N2", "CA", "America/Toronto"},
    {"Montreal", "QC", "H2Y 1C6", "CA", "America/Toronto"},
    {"Vancouver", "BC", "V6B 1A1", "CA", "America/Vancouver"},
    {"Sao Paulo", "SP", "01001-000", "BR", "America/Sao_Paulo"},
    {"Curitiba", "PR", "80010-000", "BR", "America/Sao_Paulo"},
    {"Sydney", "NSW", "2000", "AU", "Australia/Sydney"},
    {"Melbourne", "VIC", "3000", "AU", "Australia/Melbourne"},
    {"Perth", "WA", "6000", "AU", "Australia/Perth"},
    {"Shenzhen", "", "518000", "CN", "Asia/Shanghai"},
    {"Guangzhou", "", "510000", "CN", "Asia/Shanghai"},
    {"Shanghai", "", "200000", "CN", "Asia/Shanghai"},
    {"Tokyo", "", "100-0001", "JP", "Asia/Tokyo"},
    {"Osaka", "", "530-0001", "JP", "Asia/Tokyo"},
    {"Mumbai", "", "400001", "IN", "Asia/Kolkata"},
    {"Delhi", "", "110001", "IN", "Asia/Kolkata"},
    {"Kyiv", "", "01001", "UA", "Europe/Kiev"},
    {"Lviv", "", "79000", "UA", "Europe/Kiev"},
    {"Moskva", "", "101000", "RU", "Europe/Moscow"},
}};

const Town* town_in(Dice& dice, std::string_view country, const Town* other_than = nullptr) {
  std::array<const Town*, kTowns.size()> found{};
  std::size_t count = 0;
  for (const auto& town : kTowns) {
    if (town.country == country && &town != other_than) found[count++] = &town;
  }
  if (count == 0) return other_than != nullptr ? other_than : &kTowns[dice.below(kTowns.size())];
  return found[dice.below(count)];
}

std::chrono::minutes offset_at(Instant at, std::string_view zone) {
  const auto info =
      date::locate_zone(zone)->get_info(std::chrono::time_point_cast<std::chrono::seconds>(at));
  return std::chrono::duration_cast<std::chrono::minutes>(info.offset);
}

// Hours since local midnight, and the weekday (0 Sunday).
struct WallClock {
  double hour;
  int weekday;
};
WallClock wall_clock(Instant at, const Town& town) {
  const auto local = at + offset_at(at, town.zone);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const auto weekday = static_cast<int>(std::chrono::weekday(day).c_encoding());
  return {Hours(local - day).count(), weekday};
}

Instant plus(Instant at, double hours) {
  return at + std::chrono::duration_cast<std::chrono::microseconds>(Hours(hours));
}

// The next moment after `at` that is between two hours of a working day there.
Instant next_working(Dice& dice, Instant at, const Town& town, double from, double until) {
  for (int tries = 0; tries < 12; ++tries) {
    const auto [hour, weekday] = wall_clock(at, town);
    const bool is_open = weekday != 0 && !(weekday == 6 && dice.happens(0.6));
    if (is_open && hour < until) {
      const double low = std::max(hour + 0.1, from);
      return plus(at, dice.between(low, std::max(low + 0.2, until)) - hour);
    }
    at = plus(at, 24.0 - hour + 0.01);
  }
  return at;
}

// Whole seconds: no carrier writes fractions of them.
Instant on_the_second(Instant at) { return std::chrono::floor<std::chrono::seconds>(at); }

class Planner {
 public:
  Planner(std::uint64_t seed, std::string_view home, Instant registered) : dice_(seed) {
    plan_.registered = on_the_second(registered);
    plan_.origin = town_in(dice_, home);
    const bool is_domestic = dice_.happens(0.62);
    plan_.destination =
        is_domestic ? town_in(dice_, home, plan_.origin) : &kTowns[dice_.below(kTowns.size())];
    now_ = plan_.registered;
  }

  Plan make() {
    scan(Status::InfoReceived, 1, *plan_.origin);
    plan_.estimate = promise();
    // Printed and never handed over.
    if (dice_.happens(0.02)) return finish();
    now_ = next_working(dice_, plus(now_, dice_.between(1, 6)), *plan_.origin, 14, 19);
    scan(Status::Transit, 1, *plan_.origin);
    if (dice_.happens(0.015)) return lose();
    travel();
    if (dice_.happens(0.04)) {
      now_ = plus(now_, dice_.between(1, 5));
      scan(Status::Exception, 5, *plan_.destination);
      now_ = plus(now_, dice_.between(12, 30));
    }
    arrive();
    return finish();
  }

 private:
  bool crosses_border() const { return plan_.origin->country != plan_.destination->country; }

  Instant promise() {
    const double days = crosses_border() ? dice_.between(4, 8) : dice_.between(1.6, 3);
    return plus(plan_.registered, 24 * days);
  }

  void scan(Status status, int substatus, const Town& town) {
    // Most scans are shown within the hour; one in twenty the next day.
    const double lag = dice_.happens(0.05) ? dice_.between(6, 26)
                                           : -0.33 * std::log(1.0 - dice_.between(0.0, 0.999));
    plan_.steps.push_back(
        {on_the_second(now_), on_the_second(plus(now_, lag)), status, substatus, &town});
  }

  void hub(const Town& town) {
    now_ = plus(now_, dice_.between(3, 9));
    scan(Status::Transit, 2, town);
    if (dice_.happens(0.03)) scan(Status::Transit, 2, town);  // the same scan twice
  }

  void travel() {
    hub(*plan_.origin);
    if (crosses_border()) {
      cross_border();
    } else if (dice_.happens(0.7)) {
      hub(*town_in(dice_, plan_.origin->country, plan_.origin));
    }
    now_ = plus(now_, dice_.between(4, 12));
    scan(Status::Transit, 3, *plan_.destination);
  }

  void cross_border() {
    now_ = plus(now_, dice_.between(4, 20));
    scan(Status::Transit, 6, *plan_.origin);
    now_ = plus(now_, dice_.between(3, 12));
    scan(Status::Transit, 7, *plan_.origin);
    now_ = plus(now_, dice_.between(6, 30));
    const auto& gate = *town_in(dice_, plan_.destination->country, plan_.destination);
    scan(Status::Transit, 4, gate);
    if (dice_.happens(0.12)) {
      now_ = plus(now_, dice_.between(1, 8));
      scan(Status::Exception, 6, gate);
      now_ = plus(now_, dice_.between(20, 70));
    }
    now_ = plus(now_, dice_.between(1, 10));
    scan(Status::Transit, 5, gate);
    hub(gate);
  }

  Plan lose() {
    hub(*plan_.origin);
    now_ = plus(now_, dice_.between(120, 200));
    scan(Status::Exception, 7, *plan_.origin);
    return finish();
  }

  void go_out() {
    now_ = next_working(dice_, plus(now_, 0.5), *plan_.destination, 7.2, 9.3);
    scan(Status::Pickup, 1, *plan_.destination);
    now_ = plus(now_, dice_.between(1, 8));
  }

  void arrive() {
    const auto& town = *plan_.destination;
    go_out();
    if (dice_.happens(0.07)) {
      scan(Status::Undelivered, 2, town);
      if (dice_.happens(0.45)) return collect();
      if (dice_.happens(0.2)) return send_back();
      go_out();
    }
    if (dice_.happens(0.01)) {
      scan(Status::Exception, 9, town);
      return send_back();
    }
    const auto how = dice_.unit();
    scan(Status::Delivered, how < 0.55 ? 1 : how < 0.75 ? 3 : 4, town);
  }

  void collect() {
    const auto& town = *plan_.destination;
    now_ = plus(now_, dice_.between(2, 6));
    scan(Status::Pickup, 2, town);
    now_ = next_working(dice_, plus(now_, dice_.between(4, 60)), town, 9, 19);
    scan(Status::Delivered, 2, town);
  }

  void send_back() {
    now_ = plus(now_, dice_.between(10, 30));
    scan(Status::Exception, 11, *plan_.destination);
    now_ = plus(now_, dice_.between(30, 80));
    scan(Status::Exception, 10, *plan_.origin);
  }

  Plan finish() { return std::move(plan_); }

  Dice dice_;
  Plan plan_;
  Instant now_{};
};

}  // namespace

Plan plan_journey(std::uint64_t seed, std::string_view home, Instant registered) {
  return Planner(seed, home, registered).make();
}

LocalTime local_time(Instant at, std::string_view zone) {
  const auto offset = offset_at(at, zone);
  return {base::to_iso_offset(at + offset).substr(0, 19), static_cast<int>(offset.count())};
}

}  // namespace carriers::simulator
