#include "inbound/endpoint.h"

#include <charconv>

#include "base/json_writer.h"

namespace inbound {
namespace {

http::Response refusal(int status, std::string_view code, std::string_view what) {
  base::JsonWriter json(128);
  json.begin_object().key("accepted").value(false).key("errors").begin_array();
  json.begin_object().key("code").value(code).key("what").value(what).key("where").null();
  json.end_object().end_array().end_object();
  return http::json(status, std::move(json).text());
}

http::Response error_page(int status, const http::Request*) {
  switch (status) {
    case 404:
      return refusal(404, "no_such_address", "documents go to /inbound/{account}/{connector}");
    case 405:
      return refusal(405, "method", "documents are sent with POST");
    case 413:
      return refusal(413, "too_large", "the document is larger than this server takes");
    case 503:
      return refusal(503, "busy", "offer the document again later");
    default:
      return status >= 500
                 ? refusal(status, "failed", "nothing was taken; offer the document again")
                 : refusal(status, "bad_request", "that is no request");
  }
}

std::int64_t account_of(std::string_view text) {
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc() && end == text.data() + text.size() ? id : 0;
}

base::Task<http::Response> receive(Entrance& entrance, http::Request request) {
  const auto header = [&request](std::string_view name) {
    return std::string(request.header(name));
  };
  Knock knock{account_of(request.parameter("account")), std::string(request.parameter("connector")),
              std::string(request.parameter("secret")), header, request.body()};
  const auto form = entrance.form ? entrance.form(knock.connector) : SignatureForm{};
  const auto door = co_await entrance.doors.open(std::move(knock), form);
  if (!door) {
    co_return refusal(401, "no_door",
                      "no door opens for this account, connector and secret "
                      "(see: milepost inbound list)");
  }
  if (request.body().empty()) co_return refusal(400, "empty", "the request has no body");
  Document document{door->account_id, door->connector, std::string(request.body()),
                    shipments::Mouth::Push, door->unknown};
  const auto taken = co_await entrance.mouth.take(std::move(document));
  co_return http::json(taken.outcome == Taken::Outcome::Rejected ? 400 : 200, to_json(taken));
}

}  // namespace

void add_routes(http::Router& router, Entrance& entrance) {
  const auto handler = [&entrance](http::Request request) {
    return receive(entrance, std::move(request));
  };
  for (const char* method : {"POST", "PUT"}) {
    router.add(method, "/inbound/{account}/{connector}", handler);
    router.add(method, "/inbound/{account}/{connector}/{secret}", handler);
  }
  router.errors_below("/inbound", error_page);
}

}  // namespace inbound
