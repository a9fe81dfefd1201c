#include "notify/settling.h"

#include <algorithm>

#include "notify/queue.h"

namespace notify {
namespace {

using Kind = channels::Outcome::Kind;

// A receiver may ask for patience, but not for ever.
constexpr std::chrono::hours kLongestAsked{24};

}  // namespace

std::chrono::seconds pause_after(int attempt, std::chrono::seconds first) {
  return first * (std::int64_t{1} << std::clamp(attempt - 1, 0, 30));
}

Ending ending_of(Delivery delivery, channels::Outcome outcome, const Sender::Manner& manner,
                 base::Instant now, double stretch) {
  Ending e;
  e.at = now;
  switch (outcome.kind) {
    case Kind::Accepted:
      e.end = End::Delivered;
      break;
    case Kind::Refused:
    case Kind::Gone:
      e.end = End::Dead;
      break;
    case Kind::NotSetUp:
      e.end = End::Dropped;
      break;
    case Kind::Later:
      if (delivery.attempt >= manner.attempts) {
        e.end = End::Dead;
        break;
      }
      const std::chrono::duration<double> pause =
          pause_after(delivery.attempt, manner.first_pause) * stretch;
      e.again_at = now + std::chrono::duration_cast<std::chrono::microseconds>(pause);
      if (outcome.retry_after) {
        e.again_at = std::max<base::Instant>(
            e.again_at, now + std::min<std::chrono::seconds>(*outcome.retry_after, kLongestAsked));
      }
      break;
  }
  e.delivery = std::move(delivery);
  e.outcome = std::move(outcome);
  return e;
}

void write_endings(store::Tx& tx, const std::vector<Ending>& endings, const Senders& senders) {
  for (const auto& e : endings) {
    const int attempts = e.is_attempt ? e.delivery.attempt : e.delivery.attempt - 1;
    if (!e.end) {
      postpone(tx, e.delivery, attempts, e.again_at, e.outcome.code);
    } else {
      remove(tx, e.delivery);
      keep(tx, {e.delivery, e.at, *e.end, attempts, e.outcome.code, e.took});
    }
    if (!e.is_attempt) continue;
    auto* sender = senders.at(e.delivery.wanted.lane.channel);
    sender->settled(tx, e.delivery, e.outcome, e.end.has_value());
  }
}

}  // namespace notify
