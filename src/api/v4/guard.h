// What every endpoint asks first: is the key good, does its scope allow this, is the account within
// its rate?
#pragma once
#include <functional>

#include "api/v4/endpoints.h"
#include "api/v4/envelope.h"

namespace api::v4 {

// Each has a rate bucket of its own per account. Numbers are bucket keys: keep them apart.
enum class Endpoint : std::uint8_t {
  Couriers,
  Detect,
  Create,
  Batch,
  List,
  Update,
  Delete,
  Retrack,
  Awb
};

using Call = base::Task<http::Response> (*)(Context&, accounts::Caller, http::Request);

// The handler of an endpoint: refuses with 401, 403 or 429, or calls it.
http::Handler guarded(Context& context, Endpoint endpoint, accounts::Scope scope, Call call);

}  // namespace api::v4
