// Handing messages over to the operator's mail relays: whose turn it is, what an answer means for
// the recipient, and when a relay is left alone for a while.
//
// Each message has one recipient, so that its outcome is the recipient's and its return path tells
// who it was (verp.h). Relays are tried in their order: one that cannot be reached, does not let us
// in or has trouble of its own (421, 4.3.x) is passed over, and after three such failures for half
// a minute, doubling up to ten, the next one having a try in between. What a relay says about the
// recipient or the message is final and is not asked of another. If a connection breaks after the
// whole message was sent, nobody knows whether it was taken: it is tried again later with the same
// Message-ID, at the risk of a double, because the other risk is that it is lost.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "base/task.h"
#include "channels/channel.h"
#include "channels/email/dkim.h"
#include "channels/email/mime.h"
#include "channels/email/relay.h"

namespace channels::email {

struct Envelope {
  std::string return_path;  // where bounces go (verp.h); empty: none are wanted
  std::chrono::milliseconds deadline{60'000};
};

// What others need to know of sending mail.
class Mailer {
 public:
  virtual ~Mailer() = default;
  // Resumes on the executor it was awaited on; on a plain thread without one, on a thread of the
  // mailer's. Never throws for what the other side does. To is the message's own.
  virtual base::Task<Outcome> send(Email email, Envelope envelope) = 0;
};

// Safe from any thread.
class SmtpMailer final : public Mailer {
 public:
  struct Options {
    std::vector<Relay> relays;   // none: every message is NotSetUp
    std::vector<DkimKey> dkim;   // one signature each; none: the relay signs, or nobody
    std::size_t sessions = 4;    // threads, each with a connection of its own to each relay
    std::size_t waiting = 1000;  // messages waiting for one; beyond them Later at once
    base::Metrics* metrics = nullptr;
    // Now, for signatures and Breakers; the system's unless a test says otherwise.
    std::function<base::Instant()> now;
  };
  explicit SmtpMailer(Options options);
  ~SmtpMailer() override;

  base::Task<Outcome> send(Email email, Envelope envelope) override;
  // Ends what is under way within two seconds; what waits, and what is asked later, is Later. Not
  // from a continuation on the mailer's own threads.
  void stop();

 private:
  struct Job;
  struct Waiting;
  class Worker;
  Outcome deliver(Worker& worker, const Job& job);
  void run();

  Options options_;
  Breakers breakers_;
  std::array<base::Counter, 5> outcomes_;  // by Outcome::Kind
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job*> jobs_;
  std::atomic<bool> is_stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace channels::email
