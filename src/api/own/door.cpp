#include "api/own/door.h"

#include <charconv>

#include "base/json_writer.h"

namespace api::own {
namespace {

constexpr int kPerSecond = 50;
constexpr std::uint8_t kBucket = 64;  // apart from those of the v4 API

std::string_view key_of(const http::Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const auto bearer = request.header("Authorization");
  if (bearer.starts_with(kBearer)) return bearer.substr(kBearer.size());
  return request.header("Tracking-Api-Key");
}

}  // namespace

http::Response error(int status, std::string_view message) {
  base::JsonWriter json;
  json.begin_object().key("error").begin_object();
  json.key("status").value(status).key("message").value(message);
  json.end_object().end_object();
  return http::json(status, std::move(json).text());
}

http::Response done() { return http::json(200, R"({"done":true})"); }

std::int64_t number_in(const http::Request& request, std::string_view parameter) {
  const auto text = request.parameter(parameter);
  std::int64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  return wrong == std::errc() && end == text.data() + text.size() ? number : 0;
}

base::Task<base::Result<accounts::Caller, http::Response>> admit(accounts::Accounts& accounts,
                                                                 accounts::RateLimiter& limiter,
                                                                 accounts::Scope scope,
                                                                 const http::Request& request) {
  const auto caller = co_await accounts.authenticate(key_of(request));
  if (!caller) {
    const bool is_suspended = caller.error() == accounts::Refusal::Suspended;
    co_return base::Failure{
        error(is_suspended ? 403 : 401,
              is_suspended ? "The account is suspended." : "An API key of the account is needed.")};
  }
  if (!accounts::contains(caller->scopes, scope))
    co_return base::Failure{error(403, "The key may not do this.")};
  const auto verdict = limiter.take(caller->account_id, kBucket, kPerSecond);
  if (!verdict.is_allowed) {
    auto response = error(429, "Too many requests.");
    response.headers.emplace_back("Retry-After", std::to_string(verdict.retry_after.count()));
    co_return base::Failure{std::move(response)};
  }
  co_return *caller;
}

}  // namespace api::own
