// How a call that got no answer, or none that can be read, looks among a carrier's errors. For this
// room only.
#pragma once
#include <optional>

#include "carriers/budget.h"
#include "carriers/connector.h"
#include "http/client.h"

namespace carriers {

CarrierError error_of(http::CallError error);
// What an HTTP status says about asking a token or a page, apart from any definition; nothing below
// 400.
std::optional<ErrorClass> class_of_status(int status);
// What an error says of the carrier as a whole, rather than of one number.
Reaction reaction_to(ErrorClass error);
// The part of a reply that asks for time (429 and 503 only).
std::optional<base::Instant> retry_after(const http::Reply& reply, base::Instant now);

}  // namespace carriers
