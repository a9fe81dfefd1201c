// The seam between the dispatcher, which knows how to deliver, and those who know what is told to
// whom: webhooks (webhooks.h), and people.
//
// A change of a shipment stands in the outbox. The dispatcher takes it from there in batches, asks
// every Planner who must be told, and writes one delivery for each answer, all in one transaction.
// Deliveries wait in lanes; a Sender prepares a delivery in a transaction and makes the attempt
// outside of it. Nothing of what is said is stored with a delivery: what a person or a program is
// told is read at the moment of sending, so that what was erased, withdrawn or switched off
// meanwhile is honoured.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/task.h"
#include "channels/channel.h"
#include "shipments/events.h"
#include "store/database.h"

namespace notify {

// Deliveries of one lane share a circuit breaker, a limit of calls at the same time and a place in
// the turns: one lane for each webhook; one for all e-mails of an account, since they leave through
// one relay. Within a lane, the deliveries of one shipment to one receiver go out in their order,
// one after the other.
struct Lane {
  std::int64_t account_id = 0;
  channels::Channel channel = channels::Channel::Webhook;
  std::int64_t number = 0;  // the planner's own: a webhook's id

  friend auto operator<=>(const Lane&, const Lane&) = default;
};

// One message to one receiver. Two that agree in lane, shipment, receiver, version and occasion are
// the same one: it is written, and told, once.
struct Wanted {
  Lane lane;
  base::Id shipment;
  std::string receiver;        // within the lane, at most 32 bytes of the planner's own; never an
                               // address
  std::int64_t version = 0;    // of the shipment, before the change: decides the order
  std::string occasion;        // a word: "delivered", "estimate_changed", "status"
  base::Instant created_at{};  // when it happened
  base::Instant not_before{};  // quiet hours, a digest's hour; the epoch: at once
};

// Who must be told of this news? Called in the transaction that takes the news from the outbox and
// writes what is answered. The rules of a closure hold (store/database.h): it may run again, it is
// quick, it reads and writes nothing but the database, and on SQLite everybody waits for it
// meanwhile. `news` is a batch of one account, oldest first.
class Planner {
 public:
  virtual ~Planner() = default;
  virtual std::vector<Wanted> plan(store::Tx& tx, std::int64_t account_id,
                                   std::span<const shipments::OutboxRow> news) = 0;
};

// For those who plan by the clock rather than by news: "nothing has moved for five days". In a
// transaction of the caller's; what is known already is not written again. The dispatcher finds it
// at its next turn.
void put(store::Tx& tx, std::span<const Wanted> wanted, base::Instant now);

// A delivery that is due.
struct Delivery {
  Wanted wanted;
  std::string id;          // 16 bytes, the same at every attempt and however often it is planned
  int attempt = 1;         // this one, from 1
  bool is_replay = false;  // asked for once more, by hand
};
// How the id is written where others see it: "msg_" and 32 hexadecimal digits.
std::string message_id(std::string_view id);

// What a sender has made ready in the transaction, for the attempt: the sender's own type.
struct Message {
  virtual ~Message() = default;
};

struct Prepared {
  enum class What : std::uint8_t {
    Send,
    Drop,   // it must not be told any more: erased, switched off, objected to
    Later,  // not now: quiet hours
  } what = What::Drop;
  std::unique_ptr<Message> message;  // of Send
  std::string why = "gone";          // of Drop, a word for the log: "gone", "unsubscribed"
  base::Instant until{};             // of Later
};

// How deliveries of one channel are made.
class Sender {
 public:
  struct Manner {
    // The attempt is counted durably before it is made: prepare() runs in a writing transaction,
    // together with that mark. Otherwise it runs in a reading one, and a crash in the middle of an
    // attempt does not count it: right where the receiver recognises a repeated message.
    bool marks_first = true;
    int at_once = 8;    // attempts under way at the same time, each lane
    int attempts = 14;  // then it is a dead letter
    // Before attempt k: 30 s x 2^(k-2), the times of the TrackingMore contract.
    std::chrono::seconds first_pause{30};
  };
  virtual ~Sender() = default;
  virtual Manner manner() const { return {}; }

  // Reads again, in this transaction, whether this may still be told and what, all of one lane. As
  // many answers as deliveries, in their order.
  virtual std::vector<Prepared> prepare(store::Tx& tx, std::span<const Delivery> deliveries) = 0;
  // Makes the attempt; on the dispatcher's thread, which must not be blocked. Must end by itself
  // within 30 seconds or so; Outcome::Later is tried again.
  virtual base::Task<channels::Outcome> send(const Delivery& delivery, Message& message) = 0;
  // In the transaction that keeps the outcome. `is_last`: there will be no other attempt.
  virtual void settled(store::Tx&, const Delivery&, const channels::Outcome&, bool /*is_last*/) {}
};

}  // namespace notify
