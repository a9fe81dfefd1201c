// The door of the first-party API: who asks, by which key, and whether they may. For this folder.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "accounts/accounts.h"
#include "accounts/rate_limit.h"
#include "base/result.h"
#include "base/task.h"
#include "http/message.h"

namespace api::own {

// {"error": {"status", "message"}}
http::Response error(int status, std::string_view message);
// {"done": true}
http::Response done();

// A number in the path; 0 when it is none.
std::int64_t number_in(const http::Request& request, std::string_view parameter);

// The caller, or the answer that refuses them: no key, a key that may not, too many requests.
base::Task<base::Result<accounts::Caller, http::Response>> admit(accounts::Accounts& accounts,
                                                                 accounts::RateLimiter& limiter,
                                                                 accounts::Scope scope,
                                                                 const http::Request& request);

}  // namespace api::own
