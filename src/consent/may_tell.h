// May this be told to this person now? Asked in the transaction that sends, so that a change
// between queueing and sending is honoured (policy clauses 39, 55, 98): the answer is made of what
// the rows say at that moment and of nothing else.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/id.h"
#include "channels/channel.h"
#include "consent/person.h"
#include "consent/preferences.h"
#include "journey/trigger.h"
#include "personal/vault.h"
#include "store/database.h"

namespace consent {

struct Question {
  static constexpr int kNobody = -1;  // a room, a program

  std::int64_t account_id = 0;
  Person person;   // whose preferences count
  Person address;  // where it would go; often the same
  channels::Channel channel{};
  journey::Trigger trigger{};
  base::Id shipment;
  personal::SubjectId subject = 0;  // under which the address is sealed; 0: none
  std::string_view zone;            // where the parcel goes; used when the person named none
  int recipient = kNobody;  // of the shipment (0: its customer), for what is said about them alone
};

struct Verdict {
  enum class Kind : std::uint8_t {
    Now,
    Later,  // not before `at`; ask again then
    Never,
  } kind = Kind::Now;
  // A word for the log, no free text: "shop-off", "person-off", "unsubscribed", "bounced",
  // "stopped", "complained", "erased", "restricted", "objected"; "quiet", "digest".
  std::string_view why;
  base::Instant at{};
  Preferences preferences;  // as just read: language and zone for whoever composes
};

// `queued_at`: when the message was first due; a digest waits for the first evening after it.
Verdict may_tell(store::Tx& tx, const Question& question, base::Instant queued_at,
                 base::Instant now);

}  // namespace consent
