// What the dispatcher is made of, and what it does in one turn of its loop. For dispatcher.cpp
// only.
#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "base/loop.h"
#include "notify/dispatcher.h"
#include "notify/intake.h"
#include "notify/lane_book.h"
#include "notify/meters.h"
#include "notify/places.h"
#include "store/lease.h"

namespace notify {

// Everything but the atomic members and the loop belongs to the dispatcher's thread.
struct Dispatcher::State {
  State(store::Database& d, const base::Clock& c, const Options& o)
      : database(d),
        clock(c),
        options(o),
        book(store::new_lease_owner(), o.lease),
        places(o.at_once),
        random(std::random_device{}()) {}

  base::Task<void> turn();

  // A lane.
  void pump(const Held& lane);
  bool take_turn(const Held& lane);
  void give_places();
  void go_on(const Held& lane);
  base::Task<void> load_lane(Held lane);
  void take_loaded(HeldLane& lane, Loaded loaded);
  void start_one(const Held& lane);
  base::Task<void> attempt(Held lane, Ready ready);
  void note_outcome(HeldLane& lane, const Ending& ending);

  // Ends.
  void want_settling();
  std::vector<Ending> take_endings();
  base::Task<void> settle();
  void after_settling(const std::vector<Ending>& all, const std::vector<Parting>& parted);

  double stretch() { return 1 + options.jitter * std::uniform_real_distribution<double>()(random); }
  base::Instant in(std::chrono::seconds pause) {
    const std::chrono::duration<double> stretched = pause * stretch();
    return clock.now() + std::chrono::duration_cast<std::chrono::microseconds>(stretched);
  }
  void work(bool until_idle);
  void step();
  bool is_busy() const {
    return is_turning || is_settling || places.taken() > 0 || loading > 0 || !endings.empty();
  }
  bool is_done(bool until_idle);

  store::Database& database;
  const base::Clock& clock;
  const Options options;
  std::vector<Planner*> planners;
  Senders senders;
  std::vector<channels::Channel> channels;

  base::Loop loop;
  std::thread thread;
  std::atomic<bool> is_stopping = false;
  std::mutex stop_mutex;
  std::condition_variable stopped;

  LaneBook book;
  Places places;
  Meters meters;
  std::vector<Ending> endings;
  int loading = 0;
  std::int64_t last_account = -1;
  bool is_turning = false, is_settling = false, wants_settling = false, is_idle = false;
  std::atomic<bool> wants_turn = true;  // anybody's
  std::mt19937_64 random;
};

}  // namespace notify
