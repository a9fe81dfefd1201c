#include "polling/rates.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace polling {
namespace {

using std::chrono::duration_cast;

constexpr double kPseudoEvents = 2;
constexpr int kSweeps = 4;
constexpr std::size_t kMostKept = 1000;  // newest transit times for the medians
constexpr std::size_t kMostOfALane = 300;
constexpr double kLanePseudo = 20;  // parcels of a lane that weigh as much as the carrier's all

double hours_between(base::Instant from, base::Instant to) {
  return std::chrono::duration<double, std::ratio<3600>>(to - from).count();
}

template <std::size_t N>
std::size_t class_of(double value, const std::array<double, N>& edges) {
  std::size_t i = 0;
  while (i < N && value >= edges[i]) ++i;
  return i;
}

// Mean 1 over a week, so that base keeps its meaning.
void normalise_clock(std::array<double, kHours>& clock) {
  double sum = 0;
  for (std::size_t h = 0; h < kHours; ++h) sum += clock[h] * (h < 24 ? 5 : 1);
  if (sum <= 0) return;
  for (auto& factor : clock) factor *= 168 / sum;
}

// A day's shape from a few corners: {hour, height}, straight lines between.
using Corners = std::vector<std::pair<int, double>>;
double shape_at(const Corners& corners, int hour) {
  for (std::size_t i = 1; i < corners.size(); ++i) {
    const auto [x0, y0] = corners[i - 1];
    const auto [x1, y1] = corners[i];
    if (hour <= x1) return y0 + (y1 - y0) * (hour - x0) / std::max(1, x1 - x0);
  }
  return corners.back().second;
}
std::array<double, kHours> week(const Corners& corners, double saturday, double sunday) {
  std::array<double, kHours> clock{};
  for (int h = 0; h < 24; ++h) {
    const double height = shape_at(corners, h);
    const auto i = static_cast<std::size_t>(h);
    clock[i] = height;
    clock[24 + i] = height * saturday;
    clock[48 + i] = height * sunday;
  }
  normalise_clock(clock);
  return clock;
}

Rates make_default() {
  Rates r;
  //                 delivered trouble  ready  pickup    hub
  r.base = {{{0.0005, 0.0003, 0.0005, 0.03, 0.004},
             {0.004, 0.0010, 0.008, 0.0005, 0.03},
             {0.10, 0.012, 0.004, 0.0005, 0.006},
             {0.015, 0.0010, 0.001, 0.0005, 0.002},
             {0.008, 0.0020, 0.010, 0.0005, 0.012}}};
  for (auto& stage : r.age) {
    for (auto& kind : stage) kind.fill(1);
  }
  for (auto& kind : r.progress) kind.fill(1);
  r.clock[0] =
      week({{0, .02}, {6, .05}, {9, .9}, {11, 1.2}, {17, 1.1}, {20, .5}, {23, .05}}, .5, .1);
  r.clock[1] = week({{0, .02}, {6, .05}, {9, .8}, {17, 1.2}, {20, .5}, {23, .05}}, .5, .1);
  r.clock[2] = week({{0, .05}, {4, .2}, {6, 2}, {9, 2.2}, {11, .6}, {18, .2}, {23, .05}}, .5, .1);
  r.clock[3] = week({{0, .05}, {7, .2}, {11, 1}, {17, 1.6}, {20, .8}, {23, .1}}, .4, .1);
  r.clock[4] = week({{0, 1.3}, {6, 1.2}, {9, .8}, {16, .7}, {20, 1.2}, {23, 1.4}}, .7, .5);
  // A round takes some hours to reach a door, and is over in the evening.
  r.age[2][0] = {.3, .6, .9, 1.2, 1.4, 1.5, 1.5, 1.3, 1.0, .6, .4, .4, .3, .2, .1, .1, .05};
  r.progress[0] = {.05, .15, .3, .6, .9, 1.2, 1.5, 1.7, 1.6, 1.3, 1.0, .7};
  r.progress[2] = r.progress[0];
  return r;
}

double median(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

std::size_t hour_class(base::Instant local) {
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::weekday weekday(day);
  const auto hour =
      static_cast<std::size_t>(duration_cast<std::chrono::hours>(local - day).count());
  if (weekday == std::chrono::Sunday) return 48 + hour;
  if (weekday == std::chrono::Saturday) return 24 + hour;
  return hour;
}

std::size_t age_class(double hours) { return class_of(hours, kAgeEdges); }
std::size_t progress_class(double share) { return class_of(share, kProgressEdges); }

double Rates::transit(std::string_view lane) const {
  const auto found = lanes.find(lane);
  return found == lanes.end() ? transit_hours : found->second;
}

const Rates& default_rates() {
  static const Rates rates = make_default();
  return rates;
}

// --- History

namespace {

constexpr std::size_t kPlain = kHours * kAges;
constexpr std::size_t kInTransit = kHours * kAges * kProgresses;

// Where a cell lies: the stage in transit has a dimension more than the others.
std::size_t cell_index(std::size_t stage, std::size_t hour, std::size_t age, std::size_t share) {
  constexpr auto kTransit = static_cast<std::size_t>(Stage::Transit);
  if (stage == kTransit) return (hour * kAges + age) * kProgresses + share;
  const std::size_t others = stage < kTransit ? stage : stage - 1;
  return kInTransit + others * kPlain + hour * kAges + age;
}

template <class Visit>
void each_place(Visit visit) {
  for (std::size_t s = 0; s < kStages; ++s) {
    const std::size_t shares = s == static_cast<std::size_t>(Stage::Transit) ? kProgresses : 1;
    for (std::size_t h = 0; h < kHours; ++h) {
      for (std::size_t a = 0; a < kAges; ++a) {
        for (std::size_t p = 0; p < shares; ++p) visit(s, h, a, p);
      }
    }
  }
}

}  // namespace

History::History() : cells_(kInTransit + (kStages - 1) * kPlain) {}

History::Cell& History::cell(Stage stage, std::size_t hour, std::size_t age, std::size_t share) {
  return cells_[cell_index(static_cast<std::size_t>(stage), hour, age,
                           stage == Stage::Transit ? share : 0)];
}

namespace {

void keep_newest(std::vector<float>& values, float value, std::size_t most) {
  if (values.size() >= most) values.erase(values.begin());
  values.push_back(value);
}

double share_at(base::Instant at, std::optional<base::Instant> picked_up, double transit) {
  return picked_up ? hours_between(*picked_up, at) / transit : 0;
}

}  // namespace

void History::fade(double part) {
  const auto factor = static_cast<float>(part);
  for (auto& cell : cells_) {
    cell.hours *= factor;
    for (auto& events : cell.events) events *= factor;
  }
}

// Hour by hour, each piece ending at the full hour.
void History::expose(const Story& story, Stage stage, base::Instant newest, base::Instant from,
                     base::Instant to, std::optional<base::Instant> picked_up, double transit) {
  const auto offset = std::chrono::minutes(story.offset_minutes);
  while (from < to) {
    const auto full = std::chrono::floor<std::chrono::hours>(from) + std::chrono::hours(1);
    const auto end = std::min<base::Instant>(full, to);
    auto& there = cell(stage, hour_class(from + offset), age_class(hours_between(newest, from)),
                       progress_class(share_at(from, picked_up, transit)));
    there.hours += static_cast<float>(hours_between(from, end));
    from = end;
  }
}

void History::add(const Story& story, const Rates& as_known) {
  const auto offset = std::chrono::minutes(story.offset_minutes);
  const double transit = as_known.transit(story.lane);
  Stage stage = Stage::Registered;
  base::Instant newest = story.created_at;
  std::optional<base::Instant> picked_up;
  for (const auto& h : story.happenings) {
    if (stage == Stage::Finished) break;
    const auto at = std::max(h.at, newest);
    expose(story, stage, newest, newest, at, picked_up, transit);
    auto& there = cell(stage, hour_class(at + offset), age_class(hours_between(newest, at)),
                       progress_class(share_at(at, picked_up, transit)));
    there.events[static_cast<std::size_t>(h.kind)] += 1;
    newest = at;
    if (!picked_up && h.leads_to != Stage::Registered) picked_up = at;
    stage = h.leads_to;
    if (h.kind != Kind::Delivered) continue;
    ++delivered_;
    const auto hours = static_cast<float>(hours_between(*picked_up, at));
    keep_newest(transits_, hours, kMostKept);
    keep_newest(lanes_[story.lane], hours, kMostOfALane);
  }
  if (stage != Stage::Finished) {
    expose(story, stage, newest, newest, story.until, picked_up, transit);
  }
}

namespace {

// Events seen and events expected under the other factors: what a factor is corrected by.
struct Tally {
  double seen = 0, expected = 0;
  double correction() const { return (seen + kPseudoEvents) / (expected + kPseudoEvents); }
};

}  // namespace

Rates History::fit(const Rates& prior) const {
  Rates r = prior;
  std::array<std::array<Tally, kKinds>, kStages> base;
  std::array<std::array<Tally, kHours>, kKinds> clock;
  std::array<std::array<std::array<Tally, kAges>, kKinds>, kStages> age;
  std::array<std::array<Tally, kProgresses>, kKinds> progress;
  const auto sweep = [&](auto&& tally_of) {
    each_place([&](std::size_t s, std::size_t h, std::size_t a, std::size_t p) {
      const auto& cell = cells_[cell_index(s, h, a, p)];
      if (cell.hours == 0) return;
      for (std::size_t k = 0; k < kKinds; ++k) {
        Tally& tally = tally_of(s, h, a, p, k);
        tally.seen += cell.events[k];
        tally.expected += cell.hours * r.of(static_cast<Stage>(s), static_cast<Kind>(k), h, a, p);
      }
    });
  };
  for (int i = 0; i < kSweeps; ++i) {
    base = {};
    sweep([&](auto s, auto, auto, auto, auto k) -> Tally& { return base[s][k]; });
    for (std::size_t s = 0; s < kStages; ++s) {
      for (std::size_t k = 0; k < kKinds; ++k) r.base[s][k] *= base[s][k].correction();
    }
    clock = {};
    sweep([&](auto, auto h, auto, auto, auto k) -> Tally& { return clock[k][h]; });
    for (std::size_t k = 0; k < kKinds; ++k) {
      for (std::size_t h = 0; h < kHours; ++h) r.clock[k][h] *= clock[k][h].correction();
    }
    age = {};
    sweep([&](auto s, auto, auto a, auto, auto k) -> Tally& { return age[s][k][a]; });
    for (std::size_t s = 0; s < kStages; ++s) {
      for (std::size_t k = 0; k < kKinds; ++k) {
        for (std::size_t a = 0; a < kAges; ++a) r.age[s][k][a] *= age[s][k][a].correction();
      }
    }
    progress = {};
    Tally elsewhere;
    sweep([&](auto s, auto, auto, auto p, auto k) -> Tally& {
      return s == static_cast<std::size_t>(Stage::Transit) ? progress[k][p] : elsewhere;
    });
    for (std::size_t k = 0; k < kKinds; ++k) {
      for (std::size_t p = 0; p < kProgresses; ++p) {
        r.progress[k][p] *= progress[k][p].correction();
      }
    }
  }
  if (!transits_.empty()) r.transit_hours = std::max(6.0, median(transits_));
  r.lanes.clear();
  for (const auto& [lane, hours] : lanes_) {
    const double n = static_cast<double>(hours.size());
    const double own = std::max(6.0, median(hours));
    r.lanes[lane] = (n * own + kLanePseudo * r.transit_hours) / (n + kLanePseudo);
  }
  r.delivered = delivered_;
  return r;
}

// --- Text

namespace {

template <class R, class Visit>
void each_number(R& r, Visit visit) {
  for (auto& stage : r.base) {
    for (auto& n : stage) visit(n);
  }
  for (auto& kind : r.clock) {
    for (auto& n : kind) visit(n);
  }
  for (auto& stage : r.age) {
    for (auto& kind : stage) {
      for (auto& n : kind) visit(n);
    }
  }
  for (auto& kind : r.progress) {
    for (auto& n : kind) visit(n);
  }
  visit(r.transit_hours);
  visit(r.delivered);
}

constexpr std::string_view kForm = "rates1";

std::string_view next_word(std::string_view& rest) {
  const auto begin = std::min(rest.find_first_not_of(' '), rest.size());
  const auto end = std::min(rest.find(' ', begin), rest.size());
  const auto word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

bool read_number(std::string_view word, double& n) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), n);
  return error == std::errc() && end == word.data() + word.size() && std::isfinite(n) && n >= 0;
}

}  // namespace

std::string to_text(const Rates& rates) {
  std::string text(kForm);
  each_number(rates, [&](double n) { text += fmt::format(" {:.5g}", n); });
  for (const auto& [lane, hours] : rates.lanes) {
    if (lane.empty() || lane.find(' ') != std::string::npos) continue;
    text += fmt::format(" {} {:.5g}", lane, hours);
  }
  return text;
}

std::optional<Rates> rates_from(std::string_view text) {
  if (next_word(text) != kForm) return std::nullopt;
  Rates rates;
  bool is_good = true;
  each_number(rates, [&](double& n) { is_good = is_good && read_number(next_word(text), n); });
  while (is_good) {
    const auto lane = next_word(text);
    if (lane.empty()) break;
    is_good = read_number(next_word(text), rates.lanes[std::string(lane)]);
  }
  if (!is_good || rates.transit_hours <= 0) return std::nullopt;
  return rates;
}

}  // namespace polling
