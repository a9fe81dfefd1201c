#include "carriers/transport.h"

#include "carriers/retry_after.h"

namespace carriers {

CarrierError error_of(http::CallError error) {
  // An address that may not be called, or is none, is the definition's mistake or the operator's.
  const bool is_ours = error == http::CallError::BadCall || error == http::CallError::Refused;
  return {is_ours ? ErrorClass::BadRequest : ErrorClass::Server, std::string(http::name(error)),
          std::string(http::describe(error)), ""};
}

std::optional<ErrorClass> class_of_status(int status) {
  if (status == 401 || status == 403) return ErrorClass::Auth;
  if (status == 429) return ErrorClass::RateLimited;
  if (status >= 500) return ErrorClass::Server;
  if (status >= 400) return ErrorClass::BadRequest;
  return std::nullopt;
}

Reaction reaction_to(ErrorClass error) {
  switch (error) {
    case ErrorClass::NotFound:
    case ErrorClass::InvalidNumber:
    case ErrorClass::BadRequest:
    case ErrorClass::Drift:
      return Reaction::Well;
    case ErrorClass::RateLimited:
      return Reaction::Limited;
    // A key that is refused stays refused: asking on would lock the account.
    case ErrorClass::Auth:
    case ErrorClass::Server:
    case ErrorClass::Unreadable:
      break;
  }
  return Reaction::Unwell;
}

std::optional<base::Instant> retry_after(const http::Reply& reply, base::Instant now) {
  if (reply.status != 429 && reply.status != 503) return std::nullopt;
  return parse_retry_after(reply.header("retry-after"), now);
}

}  // namespace carriers
