#include "insight/carrier_figures.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/json_writer.h"
#include "base/time.h"

namespace insight {
namespace {

std::string day_text(std::chrono::sys_days day) {
  return base::to_iso_offset(base::Instant(day)).substr(0, 10);
}

// Surely: what chance and noise may do together is smaller than the difference.
bool is_surely_faster(const CarrierFigure& a, const CarrierFigure& b) {
  const auto& x = a.calendar;
  const auto& y = b.calendar;
  return y.mean - x.mean > std::hypot(x.mean_spread, y.mean_spread);
}

void rank(std::vector<CarrierFigure>& figures) {
  for (auto& one : figures) {
    one.rank_to = 0;
    for (const auto& other : figures) {
      if (other.lane != one.lane) continue;
      if (is_surely_faster(other, one)) ++one.rank_from;
      if (!is_surely_faster(one, other)) ++one.rank_to;  // itself among them
    }
  }
  std::sort(figures.begin(), figures.end(), [](const CarrierFigure& a, const CarrierFigure& b) {
    return std::tie(a.lane, a.calendar.mean, a.carrier) <
           std::tie(b.lane, b.calendar.mean, b.carrier);
  });
}

double rounded(double number) { return std::round(number * 100) / 100; }

void put(base::JsonWriter& json, const char* key, const Quantile& quantile) {
  const auto one = [&](const char* name, const std::optional<int>& days) {
    json.key(name);
    days ? json.value(*days) : json.null();
  };
  json.key(key).begin_object();
  one("days", quantile.days);
  one("from", quantile.from);
  one("to", quantile.to);
  json.end_object();
}

void put(base::JsonWriter& json, const char* key, const Times& times) {
  json.key(key).begin_object();
  json.key("mean").value(rounded(times.mean));
  json.key("mean_noise_95").value(rounded(times.mean_noise));
  json.key("mean_spread_95").value(rounded(times.mean_spread));
  put(json, "median", times.median);
  put(json, "p90", times.p90);
  json.key("not_there_after_30_days").value(rounded(times.never));
  json.end_object();
}

}  // namespace

CarrierFigures carrier_figures(const Quarter& quarter, const Anonymised<Counts>& counts) {
  CarrierFigures all{quarter, counts.release(), 0, {}};
  const auto size_scale = all.release.size_scale();
  all.parcels_noise = laplace_bound(size_scale, 0.025);
  for (const auto& group : counts.value().groups) {
    if (group.axes.size() != 2) continue;
    const auto scale = all.release.axis_scale(group.axes.size());
    CarrierFigure figure;
    const auto space = group.name.find(' ');
    figure.carrier = group.name.substr(0, space);
    if (space != std::string::npos) figure.lane = group.name.substr(space + 1);
    figure.parcels = group.size;
    figure.calendar = times_of(group.size, group.axes[kCalendarAxis], size_scale, scale);
    figure.working = times_of(group.size, group.axes[kWorkingAxis], size_scale, scale);
    all.figures.push_back(std::move(figure));
  }
  rank(all.figures);
  return all;
}

CarrierFigures of_lane(CarrierFigures all, std::string_view lane) {
  std::erase_if(all.figures, [&](const CarrierFigure& figure) { return figure.lane != lane; });
  return all;
}

std::string to_json(const CarrierFigures& all) {
  base::JsonWriter json;
  const auto& terms = all.release.terms;
  json.begin_object().key("quarter").value(all.quarter.name());
  json.key("from").value(day_text(all.quarter.from()));
  json.key("until").value(day_text(all.quarter.until() - std::chrono::days(1)));
  json.key("released_at").value(base::to_iso_offset(all.release.released_at));
  json.key("terms").begin_object();
  json.key("epsilon").value(static_cast<double>(terms.epsilon) / kOneEpsilon);
  json.key("delta").value(terms.slip);
  json.key("parcels_per_person").value(terms.rows_per_person);
  json.key("smallest_group").value(terms.smallest_group);
  json.key("parcels_noise_95").value(all.parcels_noise).end_object();
  json.key("figures").begin_array();
  for (const auto& one : all.figures) {
    json.begin_object().key("carrier").value(one.carrier);
    json.key("lane").value_or_null(one.lane);
    json.key("rank_from").value(one.rank_from).key("rank_to").value(one.rank_to);
    json.key("parcels").value(one.parcels);
    put(json, "calendar_days", one.calendar);
    put(json, "working_days", one.working);
    json.end_object();
  }
  json.end_array().end_object();
  return std::move(json).text();
}

std::vector<std::string> small_print(const CarrierFigures& all) {
  const auto& terms = all.release.terms;
  return {
      fmt::format("Parcels entered from {} to {}, from hand-over to delivery; released on {}.",
                  day_text(all.quarter.from()),
                  day_text(all.quarter.until() - std::chrono::days(1)),
                  base::to_iso_offset(all.release.released_at).substr(0, 10)),
      fmt::format("Noise protects the people behind the parcels: one parcel of each counts, and "
                  "one person changes the chance of any figure by at most e^{:g} (epsilon {:g}, "
                  "delta {:g}). Each count of parcels is right to {} in 95 of 100 cases; each mean "
                  "says its own bound. Groups of fewer than {} people are not shown.",
                  static_cast<double>(terms.epsilon) / kOneEpsilon,
                  static_cast<double>(terms.epsilon) / kOneEpsilon, terms.slip, all.parcels_noise,
                  terms.smallest_group),
      fmt::format(
          "Parcels that never arrived count as not there yet, on each of the {} days. "
          "Where carriers cannot be told apart, the rank says between which places they lie.",
          kLongestDays)};
}

std::string_view describe(NoFigures why) {
  switch (why) {
    case NoFigures::NotRipe:
      return "figures of a quarter can be made from a month after its end until its first parcels "
             "are forgotten, 180 days after its beginning";
    case NoFigures::Spent:
      return describe(Refused::Spent);
    case NoFigures::Tainted:
      return describe(Refused::Tainted);
  }
  return "refused";
}

base::Result<CarrierFigures, NoFigures> ask_carrier_figures(Gate& gate, const Quarter& quarter,
                                                            Grouping grouping, base::Instant now) {
  const auto question = transit_question(quarter, grouping);
  if (const auto before = gate.kept(question)) return carrier_figures(quarter, *before);
  if (!quarter.is_ripe(now)) return base::Failure{NoFigures::NotRipe};
  const auto answer =
      gate.ask(question, [&](store::Tx& tx) { return transit_rows(tx, quarter, grouping, now); });
  if (!answer)
    return base::Failure{answer.error() == Refused::Spent ? NoFigures::Spent : NoFigures::Tainted};
  return carrier_figures(quarter, *answer);
}

std::optional<CarrierFigures> ReleasedFigures::newest(store::Tx& tx, Grouping grouping,
                                                      base::Instant now) {
  auto quarter = Quarter::of(now);
  for (int i = 0; i < 6; ++i, quarter = quarter.before()) {
    const auto counts = Gate::kept(tx, transit_question(quarter, grouping));
    if (!counts) continue;
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(grouping);
    if (known != known_.end() && known->second.quarter == quarter &&
        known->second.release.released_at == counts->release().released_at)
      return known->second;
    return known_.insert_or_assign(grouping, carrier_figures(quarter, *counts)).first->second;
  }
  return std::nullopt;
}

}  // namespace insight
