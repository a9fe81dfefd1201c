#include "notify/dispatcher.h"

#include "base/log.h"
#include "notify/dispatcher_state.h"

namespace notify {
namespace {

using base::Instant;
using std::chrono::steady_clock;
using Kind = channels::Outcome::Kind;

constexpr std::size_t kSettledAtOnce = 1024;
// A store that failed is asked again after so long.
constexpr std::chrono::seconds kAfterTrouble{5};

}  // namespace

// ---- Turns

base::Task<void> Dispatcher::State::turn() {
  try {
    auto look = [&](store::Tx& tx) { return is_anything_due(tx, channels, clock.now()); };
    const bool is_due = co_await database.read(look);
    is_idle = !is_due;
    if (is_due) {
      const auto above = last_account;
      const int room = options.lanes - book.size();
      Taken taken;
      auto work = [&](store::Tx& tx) {
        taken = take(tx, planners, channels, above, book.owner(), clock.now(), options.lease, room);
      };
      co_await database.write(work);
      last_account = taken.last_account;
      for (auto& lane : taken.claimed) {
        auto& sender = *senders.at(lane.lane.channel);
        pump(book.begin(std::move(lane), sender, clock.now()));
      }
      for (const auto& key : taken.told) {
        const auto lane = book.find(key);
        if (!lane) continue;
        lane->has_more = true;
        pump(lane);
      }
      if (taken.news > 0 || !taken.claimed.empty()) wants_turn = true;
    }
  } catch (const std::exception& error) {
    base::log(base::Level::Error, "notify.turn_failed", {{"error", error.what()}});
    is_idle = true;
  }
  is_turning = false;
  loop.wake();
}

// ---- A lane

// Starts what may be started.
void Dispatcher::State::pump(const Held& lane) {
  auto& l = *lane;
  if (l.is_lost || l.is_leaving) return;
  l.drop_stale(steady_clock::now());
  while (!is_stopping && l.wants_a_place()) {
    if (!places.has_room(l)) {
      places.queue(lane);
      break;
    }
    start_one(lane);
  }
  if (is_stopping && !l.ready.empty()) l.rest({});
  go_on(lane);
}

// One of those that waited: one attempt, and to the end of the queue for the next.
bool Dispatcher::State::take_turn(const Held& lane) {
  auto& l = *lane;
  const bool starts = !is_stopping && l.wants_a_place() && places.has_room(l);
  if (starts) start_one(lane);
  if (!is_stopping && l.wants_a_place()) places.queue(lane);
  if (!l.is_leaving) go_on(lane);
  return starts;
}

void Dispatcher::State::give_places() {
  places.give([this](const Held& lane) { return take_turn(lane); });
}

// Reads on when little is left, and says when nothing is.
void Dispatcher::State::go_on(const Held& lane) {
  auto& l = *lane;
  if (!is_stopping && l.wants_to_load()) {
    l.is_loading = true;
    ++loading;
    base::spawn(load_lane(lane));
  }
  if (l.is_idle() || (is_stopping && l.in_flight == 0)) {
    book.may_be_done(lane);
    want_settling();
  }
}

base::Task<void> Dispatcher::State::load_lane(Held lane) {
  auto& l = *lane;
  const int want = l.to_load();
  const auto known = l.unsettled;
  Loaded loaded;
  auto work = [&](store::Tx& tx) {
    loaded = load(tx, l.state.lane, l.sender, known, want, clock.now());
  };
  try {
    if (l.manner.marks_first) {
      co_await database.write(work);
    } else {
      co_await database.read(work);
    }
    l.has_more = loaded.due.size() == static_cast<std::size_t>(want);
    take_loaded(l, std::move(loaded));
  } catch (const std::exception& error) {
    base::log(base::Level::Error, "notify.load_failed", {{"error", error.what()}});
    l.rest(clock.now() + kAfterTrouble);
  }
  l.is_loading = false;
  --loading;
  pump(lane);
}

void Dispatcher::State::take_loaded(HeldLane& lane, Loaded loaded) {
  const auto since = steady_clock::now();
  for (std::size_t i = 0; i < loaded.due.size(); ++i) {
    auto& delivery = loaded.due[i];
    auto& prepared = loaded.prepared[i];
    lane.unsettled.insert(delivery.id);
    if (prepared.what == Prepared::What::Send) {
      lane.ready.push_back({std::move(delivery), std::move(prepared.message), since});
      continue;
    }
    Ending ending;
    ending.holding = lane.holding;
    ending.delivery = std::move(delivery);
    ending.at = clock.now();
    ending.is_attempt = false;
    ending.again_at = prepared.until;
    ending.outcome.code = std::move(prepared.why);
    if (prepared.what == Prepared::What::Drop) ending.end = End::Dropped;
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
  const auto begin = steady_clock::now();
  channels::Outcome outcome;
  {
    const Places::Place place(places, l.state.failures > 0);
    ++l.in_flight;
    try {
      outcome = co_await l.sender.send(ready.delivery, *ready.message);
    } catch (const std::exception& error) {
      base::log(base::Level::Error, "notify.send_failed",
                {{"channel", channels::name(l.state.lane.channel)}, {"error", error.what()}});
      outcome = {Kind::Later, "failed", {}, {}};
    }
    --l.in_flight;
  }
  if (is_stopping && outcome.kind == Kind::Later) {
    // Cut off, perhaps: whoever comes next tries again.
    l.unsettled.erase(ready.delivery.id);
  } else {
    auto ending =
        ending_of(std::move(ready.delivery), std::move(outcome), l.manner, clock.now(), stretch());
    ending.holding = l.holding;
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
  meters.count(ending);
  lane.state.code = ending.outcome.code;
  const auto health = health_of(ending.outcome);
  lane.note(health, ending.at);
  if (health != Health::Failing) return;
  if (ending.outcome.retry_after) lane.rest(ending.again_at);
  if (lane.is_open()) lane.rest(in(open_for(lane.state.failures, lane.manner.first_pause)));
}

// ---- Ends

void Dispatcher::State::want_settling() {
  wants_settling = true;
  loop.wake();
}

std::vector<Ending> Dispatcher::State::take_endings() {
  std::vector<Ending> all;
  if (endings.size() <= kSettledAtOnce) {
    all.swap(endings);
    return all;
  }
  const auto end = endings.begin() + static_cast<std::ptrdiff_t>(kSettledAtOnce);
  all.assign(std::make_move_iterator(endings.begin()), std::make_move_iterator(end));
  endings.erase(endings.begin(), end);
  wants_settling = true;
  return all;
}

base::Task<void> Dispatcher::State::settle() {
  const auto all = take_endings();
  // Of a lane that leaves, everything is written in this commit.
  auto parted =
      wants_settling ? std::vector<Parting>() : book.partings(all, clock.now(), is_stopping);
  auto work = [&](store::Tx& tx) {
    write_endings(tx, all, senders);
    book.write(tx, parted);
  };
  try {
    if (!all.empty() || !parted.empty()) co_await database.write(work);
    after_settling(all, parted);
  } catch (const std::exception& error) {
    // Sent, and perhaps not written: it stays unsettled here, and whoever claims the lane next
    // sends it again under the same id.
    base::log(base::Level::Error, "notify.settle_failed", {{"error", error.what()}});
    for (const auto& p : parted) book.lose(p.lane);
    for (const auto& e : all) {
      if (const auto lane = book.find(e.delivery.wanted.lane)) book.lose(lane);
    }
  }
  is_settling = false;
  loop.wake();
}

void Dispatcher::State::after_settling(const std::vector<Ending>& all,
                                       const std::vector<Parting>& parted) {
  for (const auto& p : parted) {
    if (p.is_ours && !p.is_leaving) continue;
    book.lose(p.lane);
    wants_turn = true;
  }
  for (const auto& e : all) {
    const auto lane = book.find(e.delivery.wanted.lane);
    // Of a lane that was given up and claimed again meanwhile, the same delivery may be under way
    // anew: it must not be loaded a second time beside itself.
    if (!lane || lane->holding != e.holding) continue;
    // What waited behind it is next.
    lane->unsettled.erase(e.delivery.id);
    if (!lane->is_open()) lane->has_more = true;
    pump(lane);
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

bool Dispatcher::State::is_done(bool until_idle) {
  if (is_stopping) {
    { const std::lock_guard lock(stop_mutex); }
    stopped.notify_all();
    if (!is_busy() && book.is_empty()) return true;
    for (const auto& lane : book.all()) pump(lane);
  }
  return until_idle && is_idle && !is_busy() && book.is_empty() && !wants_turn && !wants_settling;
}

void Dispatcher::State::work(bool until_idle) {
  const base::Loop::Stay on_this_thread(loop);
  wants_turn = true;
  auto next_tick = steady_clock::now() + options.tick;
  for (;;) {
    step();
    meters.stand(places.taken(), book.size());
    if (is_done(until_idle)) return;
    loop.run_until(next_tick);
    if (steady_clock::now() < next_tick) continue;
    next_tick = steady_clock::now() + options.tick;
    wants_turn = true;
    give_places();
    book.look_at_all();  // leases are to be renewed
    want_settling();
  }
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
  if (state_->options.metrics != nullptr)
    state_->meters.open(*state_->options.metrics, state_->channels);
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
  state_->stopped.wait_for(lock, within, [this] { return state_->places.taken() == 0; });
}

void Dispatcher::finish() {
  if (state_->thread.joinable()) state_->thread.join();
}

void Dispatcher::wake() {
  state_->wants_turn = true;
  state_->loop.wake();
}

void Dispatcher::run_until_idle() { state_->work(true); }

}  // namespace notify
