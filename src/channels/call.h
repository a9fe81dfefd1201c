// The chores of channels that speak HTTP: forms, and what came of a call. Inside this room.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/task.h"
#include "channels/channel.h"
#include "http/client.h"

namespace channels {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// RFC 3986 2.3: everything but letters, digits and -._~ is escaped.
std::string percent_encode(std::string_view text);
// application/x-www-form-urlencoded
std::string to_form(const Pairs& pairs);
// The value of Authorization for Basic (RFC 7617).
std::string basic(std::string_view user, std::string_view password);

// A call that brought no answer: the other side may be back later, unless the call itself was at
// fault.
Outcome outcome_of(http::CallError error);

// Makes the call; `read` tells what an answer means.
using ReadReply = Outcome (*)(const http::Reply& reply);
base::Task<Outcome> deliver(http::Client& client, http::Call call, ReadReply read);
// By the status alone.
Outcome read_status(const http::Reply& reply);

// Characters, not bytes, at most; what is cut off is replaced by an ellipsis.
std::string shortened(std::string_view text, std::size_t most);

}  // namespace channels
