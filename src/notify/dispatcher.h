// Delivers what is to be told, from the outbox to the last attempt; the machine between those who
// know whom (Planner) and those who know how (Sender).
//
// One thread of its own, on which everything waits and nothing works: the store and the calls have
// theirs. In turns:
//
//   take    news out of the outbox, plan, write deliveries, claim lanes that are due: one commit
//   load    a few deliveries of a lane and what they say, read together
//   send    as many at a time as the lane has earned: two at first, one more with each success,
//           half as many after each failure
//   settle  whatever has ended since the last commit: one commit for all lanes
//
// Any number of processes may do this on one PostgreSQL: news are taken by rows that nobody else
// holds, lanes by leases. A crash loses nothing: what was sent and not settled is sent again under
// the same id. A receiver that hangs holds a few of its own places and no others; when it fails
// five times in a row its circuit opens, and one probe at a time is made, at most an hour apart.
#pragma once
#include <chrono>
#include <memory>

#include "notify/plan.h"

namespace base {
class Metrics;
}

namespace notify {

class Dispatcher {
 public:
  struct Options {
    std::chrono::milliseconds tick{250};
    std::chrono::seconds lease{20};  // of a lane; renewed while it is worked on
    int at_once = 1024;              // attempts under way, of all lanes together
    int lanes = 4096;                // held
    double jitter = 0.1;             // pauses are up to so much longer
    base::Metrics* metrics = nullptr;
  };
  Dispatcher(store::Database& database, const base::Clock& clock, const Options& options);
  // Stops, if it was started.
  ~Dispatcher();

  // Before start. Both must outlive the dispatcher. A planner may have several channels; a channel
  // has one sender.
  void add(Planner& planner);
  void add(channels::Channel channel, Sender& sender);

  void start();
  // Takes nothing more on and waits for the attempts under way, `within` at most; then whatever
  // makes them must be stopped, so that they end. What was cut off is attempted again by whoever
  // comes next. finish() waits for the end.
  void stop(std::chrono::milliseconds within);
  void finish();
  // There may be something to tell before the next tick. Safe from any thread.
  void wake();

  // For tests and one-shot commands, on the calling (plain) thread: everything that is due now.
  void run_until_idle();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace notify
