#include "api/v4/guard.h"

namespace api::v4 {
namespace {

std::string_view key_of(const http::Request& request) {
  const auto key = request.header("Tracking-Api-Key");
  return key.empty() ? request.header("Trackingmore-Api-Key") : key;
}

http::Response too_fast(std::chrono::seconds retry_after) {
  auto response = failure({Error::TooManyRequests});
  response.headers.emplace_back("Retry-After", std::to_string(retry_after.count()));
  return response;
}

base::Task<http::Response> guard(Context& context, Endpoint endpoint, accounts::Scope scope,
                                 Call call, http::Request request) {
  const auto caller = co_await context.accounts.authenticate(key_of(request), request.peer());
  if (!caller) {
    co_return failure(
        {caller.error() == accounts::Refusal::Suspended ? Error::Forbidden : Error::Unauthorized});
  }
  if (!accounts::contains(caller->scopes, scope)) co_return failure({Error::Forbidden});
  const auto& plan = *caller->plan;
  const auto rate = endpoint == Endpoint::Create ? plan.creates_per_second : plan.others_per_second;
  const auto verdict =
      context.limiter.take(caller->account_id, static_cast<std::uint8_t>(endpoint), rate);
  if (!verdict.is_allowed) co_return too_fast(verdict.retry_after);
  co_return co_await call(context, *caller, std::move(request));
}

}  // namespace

http::Handler guarded(Context& context, Endpoint endpoint, accounts::Scope scope, Call call) {
  return [&context, endpoint, scope, call](http::Request request) {
    return guard(context, endpoint, scope, call, std::move(request));
  };
}

}  // namespace api::v4
