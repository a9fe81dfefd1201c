// bench_polling [PARCELS [ONE_IN]]      8000 made-up parcels, and every third real one
//
// When parcels are asked about, on simulated ones: the policy of src/polling against asking every
// six hours, at the same number of calls. It starts from its hand-made rates and learns as it goes
// from what it noticed itself. Made-up parcels, the same on every machine; with MILEPOST_SHARED set
// to a folder that holds data/olist-train.csv.gz also real pickup and delivery times (Olist, 2018,
// CC BY-NC-SA 4.0: evaluation only, nothing made from it is kept).
//
// One JSON object a line; the table for people goes to standard error.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <queue>
#include <string>
#include <vector>

#include "figure.h"
#include "polling/policy.h"
#include "polling_parcels.h"

namespace {

using namespace std::chrono_literals;
using base::Instant;
using bench::Parcel;
using polling::Kind, polling::Known, polling::Stage, polling::Terms, polling::kStaleCeiling;

double hours_between(Instant from, Instant to) {
  return std::chrono::duration<double, std::ratio<3600>>(to - from).count();
}

struct Figures {
  double calls = 0, parcels = 0, hits = 0;
  double delay = 0, events = 0, weighted = 0, weights = 0;
  std::vector<double> delivered, ready;
  double starved = 0;  // longest gap between two calls, hours
  std::uint64_t fingerprint = 14'695'981'039'346'656'037ULL;  // of every instant asked at

  double calls_each() const { return calls / parcels; }
  double weighted_delay() const { return weighted / weights; }
  static double within_an_hour(const std::vector<double>& delays) {
    if (delays.empty()) return 0;
    return 100.0 *
           static_cast<double>(std::ranges::count_if(delays, [](double d) { return d <= 1; })) /
           static_cast<double>(delays.size());
  }
  static double at(std::vector<double> delays, double part) {
    if (delays.empty()) return 0;
    std::ranges::sort(delays);
    return delays[static_cast<std::size_t>(part * static_cast<double>(delays.size() - 1))];
  }
};

// One parcel under way.
struct Live {
  const Parcel* parcel = nullptr;
  Known known;
  std::size_t noticed = 0;         // events, from the first
  std::vector<std::size_t> order;  // of becoming visible
  polling::Story story;
  bool counts = false;
};

void note(Figures& figures, const bench::ParcelEvent& event, Instant now) {
  const double delay = hours_between(event.visible, now);
  const double weight = polling::kWeights[static_cast<std::size_t>(event.kind)];
  figures.delay += delay;
  ++figures.events;
  figures.weighted += weight * delay;
  figures.weights += weight;
  if (event.kind == Kind::Delivered) figures.delivered.push_back(delay);
  if (event.kind == Kind::Ready) figures.ready.push_back(delay);
}

// The call: everything that is visible by now. False when the delivery was among it.
bool ask(Live& live, Instant now, Figures& figures) {
  auto& known = live.known;
  if (live.counts) {
    ++figures.calls;
    for (int shift = 0; shift < 64; shift += 8) {
      figures.fingerprint ^= static_cast<std::uint64_t>(base::to_micros(now)) >> shift & 0xff;
      figures.fingerprint *= 1'099'511'628'211ULL;
    }
    if (known.asked_at)
      figures.starved = std::max(figures.starved, hours_between(*known.asked_at, now));
  }
  known.asked_at = now;
  bool is_new = false, is_delivered = false;
  for (; live.noticed < live.order.size(); ++live.noticed) {
    const auto& event = live.parcel->events[live.order[live.noticed]];
    if (event.visible > now) break;
    is_new = true;
    if (live.counts) note(figures, event, now);
    if (!known.newest_at || event.at >= *known.newest_at) {
      known.newest_at = event.at;
      known.stage = event.leads_to;
    }
    if (!known.picked_up_at) known.picked_up_at = event.at;
    is_delivered |= event.kind == Kind::Delivered;
    live.story.happenings.push_back({event.at, event.kind, event.leads_to});
  }
  if (is_new) known.changed_at = now;
  if (is_new && live.counts) ++figures.hits;
  return !is_delivered;
}

// Nightly in life; weekly here, which costs the parcels little and the bench's patience less.
constexpr std::chrono::days kFitEvery{7};
// The store's fit looks back ninety days; here what is older fades as quickly.
constexpr double kFade = 0.97;

struct Rule {
  bool is_fixed = false;
  double price = 1;
};

// The world, call by call in the order of time; what was learnt by a night serves from then on.
// Parcels registered after `score_from` count.
Figures simulate(const std::vector<Parcel>& parcels, const Rule& rule, Instant score_from) {
  std::vector<Live> lives(parcels.size());
  using Due = std::pair<Instant, std::size_t>;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> queue;
  Figures figures;
  for (std::size_t i = 0; i < parcels.size(); ++i) {
    auto& live = lives[i];
    live.parcel = &parcels[i];
    live.known.created_at = live.story.created_at = parcels[i].registered;
    live.known.seed = i * 2'654'435'761;
    live.known.lane = live.story.lane = parcels[i].lane;
    live.counts = parcels[i].registered >= score_from;
    figures.parcels += live.counts ? 1 : 0;
    live.order.resize(parcels[i].events.size());
    for (std::size_t k = 0; k < live.order.size(); ++k) live.order[k] = k;
    std::ranges::stable_sort(live.order, {},
                             [&](std::size_t k) { return parcels[i].events[k].visible; });
    queue.push({parcels[i].registered, i});
  }
  polling::History history[2];  // of carriers that scan out-for-delivery, and of those that do not
  polling::Rates rates[2] = {polling::default_rates(), polling::default_rates()};
  Instant night = queue.empty() ? Instant{} : queue.top().first + 24h;
  while (!queue.empty()) {
    const auto [now, i] = queue.top();
    queue.pop();
    auto& live = lives[i];
    const auto carrier = static_cast<std::size_t>(live.parcel->is_scanned_out);
    if (!rule.is_fixed && now >= night) {
      for (int c = 0; c < 2; ++c) {
        rates[c] = history[c].fit(polling::default_rates());
        history[c].fade(kFade);
      }
      night = std::max(night, now) + kFitEvery;
    }
    if (!ask(live, now, figures)) {
      std::ranges::stable_sort(live.story.happenings, {}, &polling::Happening::at);
      if (!rule.is_fixed) history[carrier].add(live.story, rates[carrier]);
      live.story = {};
      continue;
    }
    if (rule.is_fixed) {
      queue.push({now + 6h, i});
      continue;
    }
    Terms terms;
    terms.rates = &rates[carrier];
    terms.price = rule.price;
    const auto next = polling::next_call(live.known, terms, now);
    // A month of silence: it expires, and somebody tracks it anew two days later.
    const bool is_ask = next.what == polling::What::Ask;
    if (!is_ask) live.known.created_at = now + kStaleCeiling;
    queue.push({is_ask ? next.at : now + kStaleCeiling, i});
  }
  return figures;
}

// The price at which a parcel gets nearly as many calls as this, and not more: calls fall with the
// price roughly as one over its root, so a few steps on the logarithms find it.
Figures at_budget(const std::vector<Parcel>& parcels, double calls, Instant score_from) {
  constexpr int kSteps = 9;
  double price = 0.2, steepness = -0.4;
  double last_price = 0, last_calls = 0;
  Figures best;
  for (int i = 0; i < kSteps; ++i) {
    auto figures = simulate(parcels, {false, price}, score_from);
    const double got = figures.calls_each();
    if (last_price > 0 && got != last_calls && price != last_price) {
      steepness = std::clamp(std::log(got / last_calls) / std::log(price / last_price), -1.5, -0.1);
    }
    last_price = price;
    last_calls = got;
    price *= std::pow(calls * 0.9995 / got, 1 / steepness);
    if (got > calls) continue;
    const bool is_near = got > 0.998 * calls;
    if (best.parcels == 0 || got > best.calls_each()) best = std::move(figures);
    if (is_near) break;
  }
  return best;
}

void print_row(const std::string& name, const Figures& f) {
  std::fprintf(stderr, "%-34s %6.1f %7.2f %8.2f %7.1f %7.1f %6.2f %6.2f %6.1f %6.1f %6.1f\n",
               name.c_str(), f.calls_each(), f.delay / f.events, f.weighted_delay(),
               Figures::within_an_hour(f.delivered), Figures::within_an_hour(f.ready),
               Figures::at(f.delivered, .5), Figures::at(f.delivered, .9), 100 * f.hits / f.calls,
               f.starved, f.parcels);
}

struct Mark {
  const char* name;
  double scanned_out;
  double delivered_at_36;  // per cent within an hour, with at most 36 calls a parcel
  double delay_below;      // and the weighted delay, per cent below every six hours
};
constexpr Mark kMarks[] = {{"all", 1, 80, 25}, {"half", .5, 50, 20}, {"none", 0, 24, 12}};

using MakeParcels = std::function<std::vector<Parcel>(const bench::ParcelRecipe&)>;

void run(const std::string& world, const MakeParcels& make) {
  for (const auto& mark : kMarks) {
    bench::ParcelRecipe recipe;
    recipe.scanned_out = mark.scanned_out;
    const auto parcels = make(recipe);
    if (parcels.empty()) return;
    // The first part is for learning.
    const Instant score_from = parcels[parcels.size() * 2 / 5].registered;
    const auto fixed = simulate(parcels, {true, 0}, score_from);
    const auto same = at_budget(parcels, fixed.calls_each(), score_from);
    const auto fewer = at_budget(parcels, 36, score_from);
    const std::string name = world + ", out-for-delivery: " + mark.name;
    print_row(name + ", 6 h", fixed);
    print_row("    as many calls", same);
    print_row("    at most 36", fewer);
    const std::string figure = "polling_" + world + "_" + mark.name;
    const bool is_half = mark.scanned_out == .5;
    bench::print(figure + "_6h_delivered_within_1h", Figures::within_an_hour(fixed.delivered), "%");
    bench::print(figure + "_calls", same.calls_each(), "a parcel", fixed.calls_each(),
                 bench::Bar::AtMost);
    bench::print(figure + "_delivered_within_1h", Figures::within_an_hour(same.delivered), "%",
                 is_half ? 56.0 : mark.delivered_at_36);
    bench::print(figure + "_weighted_delay_below_6h",
                 100 * (1 - same.weighted_delay() / fixed.weighted_delay()), "%", mark.delay_below);
    bench::print(figure + "_weighted_delay", same.weighted_delay(), "h",
                 is_half ? std::optional(2.2) : std::nullopt, bench::Bar::AtMost);
    bench::print(figure + "_36_delivered_within_1h", Figures::within_an_hour(fewer.delivered), "%",
                 mark.delivered_at_36);
    bench::print(figure + "_36_weighted_delay_below_6h",
                 100 * (1 - fewer.weighted_delay() / fixed.weighted_delay()), "%",
                 mark.delay_below);
    bench::print(figure + "_longest_gap", same.starved, "h", 48 * 1.05, bench::Bar::AtMost);
    if (is_half && world == "made_up") {
      const auto again = simulate(parcels, {false, 1}, score_from);
      const auto once = simulate(parcels, {false, 1}, score_from);
      bench::print(figure + "_replays_alike", again.fingerprint == once.fingerprint ? 1 : 0, "", 1);
    }
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 8000;
  std::fprintf(stderr, "%-34s %6s %7s %8s %7s %7s %6s %6s %6s %6s %6s\n", "", "calls", "delay",
               "weighted", "dlv<1h", "out<1h", "dlv50", "dlv90", "hit%", "gap", "parcels");
  run("made_up", [&](const auto& recipe) { return bench::made_up_parcels(count, recipe); });
  const char* shared = std::getenv("MILEPOST_SHARED");
  if (shared == nullptr) {
    std::fprintf(stderr, "MILEPOST_SHARED is not set: no real pickup and delivery times\n");
    return 0;
  }
  const std::string path = std::string(shared) + "/data/olist-train.csv.gz";
  const auto one_in = static_cast<std::size_t>(argc > 2 ? std::max(1, std::atoi(argv[2])) : 3);
  run("olist", [&](const auto& recipe) {
    const auto all = bench::olist_parcels(path, recipe);
    std::vector<Parcel> some;
    for (std::size_t i = 0; i < all.size(); i += one_in) some.push_back(all[i]);
    return some;
  });
  return 0;
}
