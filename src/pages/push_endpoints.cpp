#include "pages/push_endpoints.h"

#include "channels/notice.h"
#include "notify/people/browsers.h"
#include "pages/link.h"
#include "pages/visit.h"

namespace pages {
namespace {

using base::Task;
using http::Request, http::Response;
using notify::people::NotifyAccess;

constexpr std::size_t kMostBody = 4096;

Response answer(int status, std::string_view json) {
  auto response = http::json(status, std::string(json));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

// Browsers say where a request comes from; programs do not, and have no reader's session to abuse.
bool is_from_elsewhere(const Request& request) {
  const auto site = request.header("Sec-Fetch-Site");
  return !site.empty() && site != "same-origin";
}

Task<Response> change(PushContext& context, Request request) {
  const auto place = read_tracking_token(context.vault, request.parameter("token"));
  if (!place) co_return answer(404, R"({"error":"there is no such parcel"})");
  if (is_from_elsewhere(request)) co_return answer(403, R"({"error":"ask from the page itself"})");
  const auto subscription =
      request.body().size() > kMostBody
          ? std::nullopt
          : channels::canonical_address(channels::Channel::Push, request.body());
  if (!subscription) co_return answer(422, R"({"error":"that is no push subscription"})");
  const auto does = query_value(request, "do");
  const std::string language(words_of(request).language());
  const auto account_id = place->account_id;
  const auto id = place->id;
  auto access_to = [&] {
    return NotifyAccess(context.ledger, {personal::ActorKind::Subject, 0}, account_id,
                        "pages.push");
  };
  if (does == "on") {
    auto work = [&](store::Tx& tx) {
      auto access = access_to();
      const auto number = notify::people::add_browser(tx, context.recipients, account_id, id,
                                                      *subscription, language, access);
      access.record(tx);
      return number.has_value();
    };
    const bool is_on = co_await context.database.write(work);
    co_return is_on ? answer(200, R"({"on":true})")
                    : answer(409, R"({"error":"ten others are told already"})");
  }
  auto find = [&](store::Tx& tx) {
    auto access = access_to();
    const auto number =
        notify::people::find_browser(tx, context.recipients, account_id, id, *subscription, access);
    access.record(tx);
    return number;
  };
  const auto number = co_await context.database.write(find);
  if (does != "off") co_return answer(200, number ? R"({"on":true})" : R"({"on":false})");
  if (number) {
    auto take = [&](store::Tx& tx) {
      return notify::people::Recipients::take(tx, account_id, id, *number);
    };
    const auto subject = co_await context.database.write(take);
    // The key; on a reading thread, because it waits for the key store's disk.
    auto forget = [&](store::Tx&) {
      if (subject) context.recipients.forget(account_id, *subject);
    };
    co_await context.database.read(forget);
  }
  co_return answer(200, R"({"on":false})");
}

}  // namespace

void add_push_routes(http::Router& router, PushContext& context) {
  router.add("POST", "/t/{token}/push",
             [&context](Request request) { return change(context, std::move(request)); });
}

}  // namespace pages
