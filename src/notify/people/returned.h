// What comes back from those who were told: mail that nobody took, "this is spam", a number that
// does not exist, STOP by SMS.
// Each finds the address by the message it is about, and nothing goes there any more.
#pragma once
#include <string_view>

#include "base/clock.h"
#include "channels/channel.h"
#include "channels/email/bounce.h"
#include "consent/person.h"
#include "store/database.h"

namespace notify::people {

// A mailbox that is full three times in two weeks is left alone for two weeks.
inline constexpr int kSoftBounces = 3;
inline constexpr std::chrono::days kSoftWithin{14};

enum class Taken { Suppressed, Counted, Nothing };
// In the caller's transaction. `id`: what the return path carried (32 hexadecimal digits).
Taken take_bounce(store::Tx& tx, std::string_view id, channels::email::Bounce::Kind kind,
                  base::Instant now);

// What the provider reports of an SMS it had taken. A number that can never be reached, or whose
// holder has blocked us, is left alone from then on, as a mailbox is that does not exist. `key`:
// Notice::key of the message (32 hexadecimal digits).
Taken take_report(store::Tx& tx, std::string_view key, const channels::Outcome& outcome,
                  base::Instant now);

// STOP, or START, by SMS: for every account that wrote to this number in the last thirty days,
// since they share the sender's number. Gives back how many accounts that were.
int take_stop(store::Tx& tx, const consent::People& people, std::string_view number,
              base::Instant now);
int take_start(store::Tx& tx, const consent::People& people, std::string_view number);

}  // namespace notify::people
