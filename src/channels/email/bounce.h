// What comes back: reports that a message was not delivered (RFC 3464) or not wanted (RFC 5965).
//
// Anybody can write a report about anybody. So the address it was sent to decides first: only one
// that we made ourselves counts (verp.h); what the report quotes of addresses is not even read. The
// report then says which kind it is. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "channels/email/verp.h"

namespace channels::email {

struct Bounce {
  enum class Kind {
    Gone,       // no such mailbox, or closed: 5.1.x, 5.2.1. Suppress now
    Soft,       // full, or not reachable in time: 4.x.x, 5.2.2. Count
    Policy,     // the message or we were not wanted: 5.7.x and the rest of 5. For the operator
    Complaint,  // its reader called it spam. Suppress now
  };
  std::string id;  // of the message, as it was given to Verp::address
  Kind kind;
  std::string status;  // "5.1.1", as the report says it; empty when it does not
};
std::string_view name(Bounce::Kind kind);

// `recipient`: whom the report was delivered to, as the mail server said (RCPT TO, or the header it
// wrote: Delivered-To, X-Original-To). Nothing when it is not about a message of ours, or is no
// report of a failure: a delay, a receipt, somebody's absence notice.
std::optional<Bounce> read_bounce(std::string_view recipient, std::string_view message,
                                  const Verp& verp);
// The same with the address looked for in the message's own Delivered-To, X-Original-To, To: for
// whoever only has the file. The first that proves true counts.
std::optional<Bounce> read_bounce(std::string_view message, const Verp& verp);

}  // namespace channels::email
