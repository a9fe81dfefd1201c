#include "pages/transit_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/time.h"

namespace embedded {
std::string_view transit_template();
}  // namespace embedded

namespace pages {
namespace {

using insight::CarrierFigure, insight::CarrierFigures, insight::Quantile;

// The drawing's own units: a day is so wide, and the strip so high.
constexpr double kStrip = 300, kHigh = 22;

// 2.4, in the reader's way of writing it.
std::string number(double value, const Words& words) {
  auto text = fmt::format("{:.1f}", value);
  if (words.language() != "en") std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

class Teller {
 public:
  Teller(const Words& words, const couriers::Catalogue& catalogue, int scale)
      : words_(words), catalogue_(catalogue), scale_(scale) {}

  Data row_of(const CarrierFigure& one) const {
    Data row;
    const auto* courier = catalogue_.find(one.carrier);
    row.set("rank", one.is_tied() ? fmt::format("{}\u2013{}", one.rank_from, one.rank_to)
                                  : std::to_string(one.rank_from));
    row.set("name", courier != nullptr ? std::string(courier->name) : one.carrier);
    row.set("mean", number(one.calendar.mean, words_));
    row.set("spread", number(one.calendar.mean_spread, words_));
    row.set("mean_working", working(number(one.working.mean, words_)));
    row.set("median", days(one.calendar.median.days));
    row.set("median_working", working(days(one.working.median.days)));
    row.set("p90", days(one.calendar.p90.days));
    if (const auto between = range(one.calendar.p90); !between.empty())
      row.set("p90_range", between);
    row.set("p90_working", working(days(one.working.p90.days)));
    row.set("never", number(one.calendar.never * 100, words_) + " %");
    row.set("parcels", std::to_string(one.parcels));
    put_picture(row, one);
    return row;
  }

 private:
  std::string days(const std::optional<int>& days) const {
    return days ? std::to_string(*days)
                : words_.get("transit.beyond", {{"n", std::to_string(insight::kLongestDays)}});
  }
  std::string working(const std::string& n) const {
    return words_.get("transit.working", {{"n", n}});
  }
  std::string range(const Quantile& quantile) const {
    if (quantile.from == quantile.to) return {};
    return words_.get("transit.range", {{"from", days(quantile.from)}, {"to", days(quantile.to)}});
  }
  std::string at(double day) const {
    return fmt::format("{:.1f}", std::clamp(day / scale_, 0.0, 1.0) * kStrip);
  }
  // A bar from the median to the ninetieth percentile, the mean's bound as a line, the mean a dot.
  void put_picture(Data& row, const CarrierFigure& one) const {
    const auto& times = one.calendar;
    const double from = times.median.days.value_or(scale_), to = times.p90.days.value_or(scale_);
    row.set("bar_x", at(from));
    row.set("bar_width", fmt::format("{:.1f}", std::max(4.0, (to - from) / scale_ * kStrip)));
    row.set("line_from", at(times.mean - times.mean_spread));
    row.set("line_to", at(times.mean + times.mean_spread));
    row.set("dot", at(times.mean));
    row.set("picture_of", words_.get("transit.picture_of", {{"mean", number(times.mean, words_)},
                                                            {"median", days(times.median.days)},
                                                            {"p90", days(times.p90.days)}}));
  }

  const Words& words_;
  const couriers::Catalogue& catalogue_;
  int scale_;  // days from end to end of a strip
};

// The slowest ninetieth percentile decides, in whole fives.
int scale_of(const std::vector<CarrierFigure>& figures) {
  int longest = 5;
  for (const auto& one : figures)
    longest = std::max(longest, one.calendar.p90.days.value_or(insight::kLongestDays));
  return std::min((longest + 4) / 5 * 5, insight::kLongestDays);
}

Data table(const std::string& name, const std::vector<CarrierFigure>& figures, const Words& words,
           const couriers::Catalogue& catalogue) {
  const int scale = scale_of(figures);
  const Teller teller(words, catalogue, scale);
  Data one, rows = Data::type::list;
  one.set("scale", words.get("transit.scale", {{"n", std::to_string(scale)}}));
  for (const auto& figure : figures) rows.push_back(teller.row_of(figure));
  one.set("name", name);
  one.set("rows", rows);
  return one;
}

// "NL → DE", of "NL-DE".
std::string arrow(const std::string& lane) {
  return lane.size() == 5 ? lane.substr(0, 2) + " \u2192 " + lane.substr(3) : lane;
}

Data tables_of(const TransitFigures& figures, const Words& words,
               const couriers::Catalogue& catalogue) {
  Data tables = Data::type::list;
  if (!figures.everywhere->figures.empty())
    tables.push_back(table(std::string(words.get("transit.everywhere")),
                           figures.everywhere->figures, words, catalogue));
  if (!figures.lanes) return tables;
  const auto& all = figures.lanes->figures;  // sorted by lane
  for (auto from = all.begin(); from != all.end();) {
    const auto until = std::find_if(
        from, all.end(), [&](const CarrierFigure& figure) { return figure.lane != from->lane; });
    tables.push_back(table(arrow(from->lane), {from, until}, words, catalogue));
    from = until;
  }
  return tables;
}

// Without its weekday, which stands first in each of our languages.
std::string day(const Words& words, base::Instant at) {
  const auto whole = words.day(base::to_iso_offset(at).substr(0, 10));
  return whole.substr(whole.find(' ') + 1);
}

Data fine_print(const CarrierFigures& all, const Words& words) {
  const auto& terms = all.release.terms;
  const auto epsilon =
      fmt::format("{:g}", static_cast<double>(terms.epsilon) / insight::kOneEpsilon);
  Data lines = Data::type::list;
  lines.push_back(Data(words.get("transit.noise", {{"epsilon", epsilon},
                                                   {"delta", fmt::format("{:g}", terms.slip)},
                                                   {"n", std::to_string(all.parcels_noise)}})));
  lines.push_back(
      Data(words.get("transit.honest", {{"day", day(words, all.release.released_at)}})));
  return lines;
}

}  // namespace

std::string render_transit(const TransitFigures& figures, const couriers::Catalogue& catalogue,
                           const Frame& frame) {
  const auto& words = frame.words;
  Data page;
  put_frame(page, frame);
  for (const char* key : {"title", "lead", "c_rank", "c_carrier", "c_picture", "c_mean", "c_median",
                          "c_p90", "c_never", "c_parcels", "empty", "health"})
    page.set(fmt::format("w_{}", key), std::string(words.get(fmt::format("transit.{}", key))));
  page.set("w_json", std::string(words.get("carriers.json")));
  page.set("health_href", "/carriers" + language_suffix(frame));
  page.set("high", fmt::format("{:g}", kHigh));
  page.set("wide", fmt::format("{:g}", kStrip));
  page.set("released?", figures.everywhere.has_value());
  if (!figures.everywhere) return render(embedded::transit_template(), page);
  const auto& all = *figures.everywhere;
  const auto tables = tables_of(figures, words, catalogue);
  page.set("entered",
           words.get("transit.entered",
                     {{"from", day(words, all.quarter.from())},
                      {"until", day(words, all.quarter.until() - std::chrono::days(1))}}));
  page.set("quarter", all.quarter.name());
  page.set("tables", tables);
  if (all.figures.empty())
    page.set("small", words.get("transit.small", {{"n", std::to_string(all.release.threshold())}}));
  page.set("fine", fine_print(all, words));
  return render(embedded::transit_template(), page);
}

}  // namespace pages
