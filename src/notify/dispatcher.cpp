#include "notify/dispatcher.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "base/log.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "notify/held_lane.h"
#include "notify/settling.h"
#include "store/lease.h"

namespace notify {
namespace {

using base::Instant;
using std::chrono::steady_clock;
using Kind = channels::Outcome::Kind;

// News planned in one commit, of one account and of all.
constexpr int kNewsOfAccount = 128;
constexpr int kNewsAtOnce = 512;
constexpr int kClaimedAtOnce = 256;
constexpr std::size_t kSettledAtOnce = 1024;
// What was read so long ago may not be true any more: it is read again.
constexpr std::chrono::seconds kFresh{5};
constexpr std::size_t kChannels = channels::kChannelNames.size();
const std::vector<double> kSeconds = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600, 86400};

struct ChannelMeters {
  std::array<base::Counter, 5> attempts;
  std::array<base::Counter, 3> ends;
  base::Histogram seconds;
};

}  // namespace

struct Dispatcher::State {
  State(store::Database& d, const base::Clock& c, const Options& o)
      : database(d), clock(c), options(o), random(std::random_device{}()) {}

  // One turn: news and lanes.
  struct Taken {
    int news = 0;
    std::int64_t last_account = -1;
    std::set<Lane> told;
    std::vector<LaneState> claimed;
  };
  Taken take(store::Tx& tx, std::int64_t above, int room) const;
  base::Task<void> turn();
  base::Task<bool> is_anything_due();
  void begin(LaneState claimed);

  // A lane.
  using Held = std::shared_ptr<HeldLane>;
  void pump(const Held& lane);
  bool has_room(const HeldLane& lane) const;
  void start_one(const Held& lane);
  void give_places();
  base::Task<void> load(Held lane);
  void take_loaded(HeldLane& lane, std::vector<Delivery> due, std::vector<Prepared> prepared);
  base::Task<void> attempt(Held lane, Ready ready);
  void note_outcome(HeldLane& lane, const Ending& ending);

  // Ends.
  void want_settling();
  base::Task<void> settle();
  void write_endings(store::Tx& tx, const std::vector<Ending>& endings) const;
  std::map<Lane, Held> touched_by(const std::vector<Ending>& endings) const;
  struct Parting {
    Held lane;
    bool is_leaving;
    LaneState state;
  };
  std::vector<Parting> partings(std::map<Lane, Held> touched);
  void lose(const Held& lane);
  void after_settling(const std::vector<Ending>& endings, const std::vector<Parting>& parted,
                      const std::vector<bool>& is_ours);

  double stretch() { return 1 + options.jitter * std::uniform_real_distribution<double>()(random); }
  void work(bool until_idle);
  void step();
  bool is_busy() const {
    return is_turning || is_settling || in_flight > 0 || loading > 0 || !endings.empty();
  }
  void make_meters();
  void count(const Ending& ending);

  store::Database& database;
  const base::Clock& clock;
  const Options options;
  const std::string owner = store::new_lease_owner();
  std::vector<Planner*> planners;
  std::map<channels::Channel, Sender*> senders;
  std::vector<channels::Channel> channels;

  base::Loop loop;
  std::thread thread;
  std::atomic<bool> is_stopping = false;
  std::mutex stop_mutex;
  std::condition_variable stopped;

  // The loop's own.
  std::map<Lane, Held> held;
  std::deque<Held> waiting;    // for a place
  std::map<Lane, Held> quiet;  // those that may have nothing left to do
  std::vector<Ending> endings;
  std::atomic<int> in_flight = 0;
  int failing_in_flight = 0;  // of lanes that failed last time
  int loading = 0;
  std::int64_t last_account = -1;
  bool is_turning = false, is_settling = false, wants_settling = false, is_idle = false;
  std::atomic<bool> wants_turn = true;  // anybody's
  std::mt19937_64 random;

  std::array<ChannelMeters, kChannels> meters;
  base::Gauge in_flight_gauge, held_gauge, open_gauge;
};

// ---- Turns

// Who is told of the news, and which lanes are to be worked on now: one commit.
Dispatcher::State::Taken Dispatcher::State::take(store::Tx& tx, std::int64_t above,
                                                 int room) const {
  const auto now = clock.now();
  Taken taken;
  std::vector<Wanted> wanted;
  // Accounts take turns.
  auto account = shipments::next_in_outbox(tx, above);
  if (!account && above >= 0) account = shipments::next_in_outbox(tx, -1);
  while (account && taken.news < kNewsAtOnce) {
    const auto news = shipments::take_outbox(tx, *account, kNewsOfAccount);
    for (auto* planner : planners) {
      if (news.empty()) break;
      auto more = planner->plan(tx, *account, news);
      std::ranges::move(more, std::back_inserter(wanted));
    }
    taken.news += static_cast<int>(news.size());
    taken.last_account = *account;
    account = shipments::next_in_outbox(tx, *account);
  }
  if (!wanted.empty()) put(tx, wanted, now);
  for (const auto& one : wanted) taken.told.insert(one.lane);
  if (room > 0) {
    taken.claimed =
        claim_lanes(tx, channels, owner, now, options.lease, std::min(room, kClaimedAtOnce));
  }
  return taken;
}

// A glance, so that an idle dispatcher costs no write.
base::Task<bool> Dispatcher::State::is_anything_due() {
  const auto now = clock.now();
  auto look = [&](store::Tx& tx) {
    return shipments::next_in_outbox(tx, -1).has_value() || is_lane_due(tx, channels, now);
  };
  co_return co_await database.read(look);
}

base::Task<void> Dispatcher::State::turn() {
  try {
    const bool is_due = co_await is_anything_due();
    if (is_due) {
      Taken taken;
      const auto above = last_account;
      const int room = options.lanes - static_cast<int>(held.size());
      auto work = [&](store::Tx& tx) { taken = take(tx, above, room); };
      co_await database.write(work);
      last_account = taken.last_account;
      for (auto& lane : taken.claimed) begin(std::move(lane));
      for (const auto& lane : taken.told) {
        const auto found = held.find(lane);
        if (found == held.end()) continue;
        found->second->has_more = true;
        pump(found->second);
      }
      if (taken.news > 0 || !taken.claimed.empty()) wants_turn = true;
      is_idle = false;
    } else {
      is_idle = true;
    }
  } catch (const std::exception& error) {
    base::log(base::Level::Error, "notify.turn_failed", {{"error", error.what()}});
    is_idle = true;
  }
  is_turning = false;
  loop.wake();
}

void Dispatcher::State::begin(LaneState claimed) {
  const auto key = claimed.lane;
  auto lane = std::make_shared<HeldLane>(std::move(claimed), *senders.at(key.channel),
                                         clock.now() + options.lease);
  // It may be an older holding of ours whose lease ran out; what is under way there ends by itself.
  auto& place = held[key];
  if (place) place->is_lost = true;
  place = lane;
  pump(lane);
}

// ---- A lane

bool Dispatcher::State::has_room(const HeldLane& lane) const {
  if (in_flight >= options.at_once) return false;
  return lane.state.failures == 0 || failing_in_flight < options.at_once / 2;
}

void Dispatcher::State::pump(const Held& lane) {
  auto& l = *lane;
  if (l.is_lost || l.is_leaving) return;
  const auto now = steady_clock::now();
  while (!l.ready.empty() && now - l.ready.front().since > kFresh && !l.manner.marks_first) {
    l.unsettled.erase(l.ready.front().delivery.id);
    l.ready.pop_front();
    l.has_more = true;
  }
  while (!is_stopping && !l.ready.empty() && l.in_flight < l.allowed) {
    if (!has_room(l)) {
      if (!std::exchange(l.is_waiting, true)) waiting.push_back(lane);
      break;
    }
    start_one(lane);
  }
  if (is_stopping && !l.ready.empty()) l.rest({});
  if (!is_stopping && l.wants_to_load()) {
    l.is_loading = true;
    ++loading;
    base::spawn(load(lane));
  }
  if (l.is_idle() || (is_stopping && l.in_flight == 0)) {
    quiet.emplace(l.state.lane, lane);
    want_settling();
  }
}

// Whoever waits for a place, in the order of waiting, one each.
void Dispatcher::State::give_places() {
  for (auto left = waiting.size(); left > 0 && in_flight < options.at_once; --left) {
    const auto lane = std::move(waiting.front());
    waiting.pop_front();
    lane->is_waiting = false;
    if (lane->is_lost || lane->ready.empty()) continue;
    if (has_room(*lane) && lane->in_flight < lane->allowed) start_one(lane);
    pump(lane);
  }
}

base::Task<void> Dispatcher::State::load(Held lane) {
  auto& l = *lane;
  const auto now = clock.now();
  const int want = l.to_load();
  const auto known = l.unsettled;
  std::vector<Delivery> due;
  std::vector<Prepared> prepared;
  auto work = [&](store::Tx& tx) {
    prepared.clear();
    due.clear();
    const auto state = lane_state(tx, l.state.lane);
    if (!state || state->paused_at) return;
    due = due_deliveries(tx, l.state.lane, now, want + static_cast<int>(known.size()));
    std::erase_if(due, [&](const Delivery& d) { return known.contains(d.id); });
    if (due.size() > static_cast<std::size_t>(want)) due.resize(static_cast<std::size_t>(want));
    prepared = l.sender.prepare(tx, due);
    if (!l.manner.marks_first) return;
    for (std::size_t i = 0; i < due.size(); ++i) {
      if (prepared[i].what == Prepared::What::Send) mark_attempt(tx, due[i]);
    }
  };
  try {
    if (l.manner.marks_first) {
      co_await database.write(work);
    } else {
      co_await database.read(work);
    }
    l.has_more = due.size() == static_cast<std::size_t>(want);
    take_loaded(l, std::move(due), std::move(prepared));
  } catch (const std::exception& error) {
    base::log(base::Level::Error, "notify.load_failed", {{"error", error.what()}});
    l.rest(clock.now() + std::chrono::seconds(5));
  }
  l.is_loading = false;
  --loading;
  pump(lane);
}

void Dispatcher::State::take_loaded(HeldLane& lane, std::vector<Delivery> due,
                                    std::vector<Prepared> prepared) {
  const auto since = steady_clock::now();
  const auto now = clock.now();
  for (std::size_t i = 0; i < due.size(); ++i) {
    lane.unsettled.insert(due[i].id);
    if (prepared[i].what == Prepared::What::Send) {
      lane.ready.push_back({std::move(due[i]), std::move(prepared[i].message), since});
      continue;
    }
    Ending ending;
    ending.delivery = std::move(due[i]);
    ending.at = now;
    ending.is_attempt = false;
    ending.again_at = prepared[i].until;
    ending.outcome.code = std::move(prepared[i].why);
    if (prepared[i].what == Prepared::What::Drop) ending.end = End::Dropped;
    endings.push_back(std::move(ending));
    want_settling();
  }
}

void Dispatcher::State::start_one(const Held& lane) {
  auto ready = std::move(lane->ready.front());
  lane->ready.pop_front();
  base::spawn(attempt(lane, std::move(ready)));
}

base::Task<void> Dispatcher::State::attempt(Held lane, Ready ready) {
  auto& l = *lane;
  const bool is_failing = l.state.failures > 0;
  ++in_flight;
  ++l.in_flight;
  if (is_failing) ++failing_in_flight;
  const auto begin = steady_clock::now();
  channels::Outcome outcome;
  try {
    outcome = co_await l.sender.send(ready.delivery, *ready.message);
  } catch (const std::exception& error) {
    base::log(base::Level::Error, "notify.send_failed",
              {{"channel", channels::name(l.state.lane.channel)}, {"error", error.what()}});
    outcome = {Kind::Later, "failed", {}, {}};
  }
  --in_flight;
  --l.in_flight;
  if (is_failing) --failing_in_flight;
  if (is_stopping && outcome.kind == Kind::Later) {
    // Cut off, perhaps: whoever comes next tries again.
    l.unsettled.erase(ready.delivery.id);
  } else {
    auto ending =
        ending_of(std::move(ready.delivery), std::move(outcome), l.manner, clock.now(), stretch());
    ending.took =
        std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin);
    note_outcome(l, ending);
    endings.push_back(std::move(ending));
  }
  want_settling();
  pump(lane);
  give_places();
}

void Dispatcher::State::note_outcome(HeldLane& lane, const Ending& ending) {
  count(ending);
  lane.state.code = ending.outcome.code;
  // Refused is about this message; the receiver is well.
  if (ending.outcome.kind == Kind::Accepted || ending.outcome.kind == Kind::Refused) {
    lane.succeeded(ending.at);
    return;
  }
  if (ending.outcome.kind == Kind::NotSetUp) return;
  lane.failed(ending.at);
  const auto now = ending.at;
  if (ending.outcome.retry_after) lane.rest(ending.again_at);
  if (lane.is_open()) {
    const std::chrono::duration<double> pause =
        open_for(lane.state.failures, lane.manner.first_pause) * stretch();
    lane.rest(now + std::chrono::duration_cast<std::chrono::microseconds>(pause));
  }
}

// ---- Ends

void Dispatcher::State::want_settling() {
  wants_settling = true;
  loop.wake();
}

void Dispatcher::State::write_endings(store::Tx& tx, const std::vector<Ending>& all) const {
  for (const auto& e : all) {
    if (!e.end) {
      postpone(tx, e.delivery, e.is_attempt ? e.delivery.attempt : e.delivery.attempt - 1,
               e.again_at, e.outcome.code);
    } else {
      remove(tx, e.delivery);
      keep(tx,
           {e.delivery, e.at, *e.end, e.is_attempt ? e.delivery.attempt : e.delivery.attempt - 1,
            e.outcome.code, e.took});
    }
    if (e.is_attempt) {
      senders.at(e.delivery.wanted.lane.channel)
          ->settled(tx, e.delivery, e.outcome, e.end.has_value());
    }
  }
}

std::map<Lane, Dispatcher::State::Held> Dispatcher::State::touched_by(
    const std::vector<Ending>& all) const {
  std::map<Lane, Held> touched;
  for (const auto& e : all) {
    const auto found = held.find(e.delivery.wanted.lane);
    if (found != held.end()) touched.insert(*found);
  }
  return touched;
}

// Which lanes are given up, and which are kept with a longer lease or another health; in the order
// of the key, so that two processes never wait for each other crosswise.
std::vector<Dispatcher::State::Parting> Dispatcher::State::partings(std::map<Lane, Held> touched) {
  std::vector<Parting> parted;
  const auto now = clock.now();
  touched.merge(std::exchange(quiet, {}));
  for (const auto& [key, lane] : touched) {
    auto& l = *lane;
    if (l.is_lost || l.is_leaving) continue;
    const bool is_done =
        l.in_flight == 0 && l.ready.empty() && !l.is_loading && (!l.has_more || is_stopping);
    if (is_done) {
      l.is_leaving = true;
      parted.push_back({lane, true, l.state});
    } else if (l.has_changed || l.lease_until - now < options.lease / 2) {
      l.has_changed = false;
      l.lease_until = now + options.lease;
      parted.push_back({lane, false, l.state});
    }
  }
  return parted;
}

base::Task<void> Dispatcher::State::settle() {
  std::vector<Ending> all;
  if (endings.size() <= kSettledAtOnce) {
    all.swap(endings);
  } else {
    const auto end = endings.begin() + static_cast<std::ptrdiff_t>(kSettledAtOnce);
    all.assign(std::make_move_iterator(endings.begin()), std::make_move_iterator(end));
    endings.erase(endings.begin(), end);
    wants_settling = true;
  }
  // Of a lane that leaves, everything is written in this commit.
  const auto parted = wants_settling ? std::vector<Parting>() : partings(touched_by(all));
  std::vector<bool> is_ours(parted.size());
  auto work = [&](store::Tx& tx) {
    write_endings(tx, all);
    for (std::size_t i = 0; i < parted.size(); ++i) {
      const auto& p = parted[i];
      if (p.is_leaving) {
        release_lane(tx, p.state, owner, p.lane->not_before);
        is_ours[i] = true;
      } else {
        is_ours[i] = keep_lane(tx, p.state, owner, p.lane->lease_until);
      }
    }
  };
  try {
    if (!all.empty() || !parted.empty()) co_await database.write(work);
    after_settling(all, parted, is_ours);
  } catch (const std::exception& error) {
    // Sent, and perhaps not written: it stays unsettled here, and whoever claims the lane next
    // sends it again under the same id.
    base::log(base::Level::Error, "notify.settle_failed", {{"error", error.what()}});
    for (const auto& p : parted) lose(p.lane);
    for (const auto& [key, lane] : touched_by(all)) lose(lane);
  }
  is_settling = false;
  loop.wake();
}

void Dispatcher::State::lose(const Held& lane) {
  lane->is_lost = true;
  lane->ready.clear();
  const auto found = held.find(lane->state.lane);
  if (found != held.end() && found->second == lane) held.erase(found);
}

void Dispatcher::State::after_settling(const std::vector<Ending>& all,
                                       const std::vector<Parting>& parted,
                                       const std::vector<bool>& is_ours) {
  for (std::size_t i = 0; i < parted.size(); ++i) {
    if (is_ours[i] && !parted[i].is_leaving) continue;
    lose(parted[i].lane);
    wants_turn = true;
  }
  for (const auto& e : all) {
    const auto found = held.find(e.delivery.wanted.lane);
    if (found == held.end()) continue;
    // What waited behind it is next.
    found->second->unsettled.erase(e.delivery.id);
    if (!found->second->is_open()) found->second->has_more = true;
    pump(found->second);
  }
}

// ---- The loop

void Dispatcher::State::step() {
  if (!is_turning && !is_stopping && wants_turn.exchange(false)) {
    is_turning = true;
    base::spawn(turn());
  }
  if (!is_settling && std::exchange(wants_settling, false)) {
    is_settling = true;
    base::spawn(settle());
  }
}

void Dispatcher::State::work(bool until_idle) {
  loop.become();
  wants_turn = true;
  auto next_tick = steady_clock::now() + options.tick;
  for (;;) {
    step();
    in_flight_gauge.set(in_flight);
    held_gauge.set(static_cast<double>(held.size()));
    if (is_stopping) {
      { const std::lock_guard lock(stop_mutex); }
      stopped.notify_all();
      if (!is_busy() && held.empty()) return;
      for (const auto& [key, lane] : std::map(held)) pump(lane);
    }
    if (until_idle && is_idle && !is_busy() && held.empty() && !wants_turn && !wants_settling) {
      return;
    }
    loop.run_until(next_tick);
    if (steady_clock::now() < next_tick) continue;
    next_tick = steady_clock::now() + options.tick;
    wants_turn = true;
    give_places();
    quiet = held;  // leases are to be renewed
    want_settling();
  }
}

// ---- Figures

void Dispatcher::State::make_meters() {
  if (options.metrics == nullptr) return;
  auto& m = *options.metrics;
  constexpr std::array<std::string_view, 5> kKinds = {"accepted", "later", "refused", "gone",
                                                      "not_set_up"};
  for (const auto channel : channels) {
    auto& of = meters[static_cast<std::size_t>(channel)];
    const std::string word(channels::name(channel));
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
      of.attempts[i] =
          m.counter("milepost_notify_attempts_total", "Attempts to tell somebody something",
                    {{"channel", word}, {"outcome", std::string(kKinds[i])}});
    }
    for (const auto end : {End::Delivered, End::Dead, End::Dropped}) {
      of.ends[static_cast<std::size_t>(end)] =
          m.counter("milepost_notify_deliveries_total", "What became of deliveries",
                    {{"channel", word}, {"end", std::string(name(end))}});
    }
    of.seconds = m.histogram("milepost_notify_seconds", "From the change to its delivery",
                             {{"channel", word}}, kSeconds);
  }
  in_flight_gauge = m.gauge("milepost_notify_under_way_count", "Attempts under way");
  held_gauge = m.gauge("milepost_notify_lanes_count", "Lanes being worked on");
}

void Dispatcher::State::count(const Ending& e) {
  auto& of = meters[static_cast<std::size_t>(e.delivery.wanted.lane.channel)];
  of.attempts[static_cast<std::size_t>(e.outcome.kind)].add();
  if (!e.end) return;
  of.ends[static_cast<std::size_t>(*e.end)].add();
  if (*e.end != End::Delivered) return;
  of.seconds.observe(std::chrono::duration<double>(e.at - e.delivery.wanted.created_at).count());
}

// ---- The outside

Dispatcher::Dispatcher(store::Database& database, const base::Clock& clock, const Options& options)
    : state_(std::make_unique<State>(database, clock, options)) {}

Dispatcher::~Dispatcher() {
  stop(std::chrono::seconds(5));
  finish();
}

void Dispatcher::add(Planner& planner) { state_->planners.push_back(&planner); }

void Dispatcher::add(channels::Channel channel, Sender& sender) {
  state_->senders[channel] = &sender;
  state_->channels.push_back(channel);
}

void Dispatcher::start() {
  state_->make_meters();
  // A store that no other process serves: whoever held a lane is dead.
  if (!state_->database.is_shared())
    state_->database.write_now([](store::Tx& tx) { return end_leases(tx); });
  state_->thread = std::thread([this] { state_->work(false); });
}

void Dispatcher::stop(std::chrono::milliseconds within) {
  if (!state_->thread.joinable()) return;
  std::unique_lock lock(state_->stop_mutex);
  state_->is_stopping = true;
  state_->loop.wake();
  state_->stopped.wait_for(lock, within, [this] { return state_->in_flight == 0; });
}

void Dispatcher::finish() {
  if (state_->thread.joinable()) state_->thread.join();
}

void Dispatcher::wake() {
  state_->wants_turn = true;
  state_->loop.wake();
}

void Dispatcher::run_until_idle() {
  state_->work(true);
  state_->loop.leave();
}

}  // namespace notify
