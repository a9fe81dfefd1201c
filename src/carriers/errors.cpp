#include "carriers/connector.h"

namespace carriers {

std::string_view name(ErrorClass error) {
  switch (error) {
    case ErrorClass::NotFound:
      return "notfound";
    case ErrorClass::InvalidNumber:
      return "invalid_number";
    case ErrorClass::Auth:
      return "auth";
    case ErrorClass::RateLimited:
      return "rate_limited";
    case ErrorClass::Server:
      return "server";
    case ErrorClass::BadRequest:
      return "bad_request";
    case ErrorClass::Drift:
      return "drift";
    case ErrorClass::Unreadable:
      return "unreadable";
  }
  return "server";
}

}  // namespace carriers
