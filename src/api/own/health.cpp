#include "api/own/health.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "base/log.h"

namespace api::own {
namespace {

http::Response status(int code, std::string_view word) {
  base::JsonWriter json;
  json.begin_object().key("status").value(word).end_object();
  return http::json(code, std::move(json).text());
}

std::string_view reason(int code) {
  switch (code) {
    case 400:
      return "The request could not be understood.";
    case 404:
      return "There is nothing at this address.";
    case 405:
      return "This address does not take that method.";
    case 408:
      return "The request did not arrive in time.";
    case 413:
      return "The request body is too large.";
    case 414:
      return "The request address is too long.";
    case 431:
      return "The request header is too large.";
    case 503:
      return "The server is busy or stopping.";
    default:
      return "The server could not do this.";
  }
}

http::Response error(int code) {
  base::JsonWriter json;
  json.begin_object().key("error").begin_object();
  json.key("status").value(code);
  json.key("message").value(reason(code));
  json.end_object().end_object();
  return http::json(code, std::move(json).text());
}

base::Task<http::Response> ready(store::Database& database) {
  try {
    auto probe = [](store::Tx& tx) {
      auto rows = tx.query("SELECT COUNT(*) FROM migrations");
      return rows.next();
    };
    co_await database.read(probe);
  } catch (const std::exception& e) {
    base::log(base::Level::Warning, "ready.store_unavailable", {{"error", e.what()}});
    co_return status(503, "store unavailable");
  }
  co_return status(200, "ready");
}

base::Task<http::Response> promises(store::Database& database, const Complaints& complaints) {
  std::vector<std::string> found;
  if (complaints) found = co_await database.read(complaints);
  base::JsonWriter json;
  json.begin_object().key("status").value(found.empty() ? "kept" : "broken");
  json.key("complaints").begin_array();
  for (const auto& one : found) json.value(one);
  json.end_array().end_object();
  co_return http::json(found.empty() ? 200 : 503, std::move(json).text());
}

base::Task<http::Response> at_once(http::Response response) { co_return response; }

}  // namespace

void add_routes(http::Router& router, store::Database& database, const base::Metrics& metrics,
                Complaints complaints) {
  router.add("GET", "/healthz/promises",
             [&database, complaints = std::move(complaints)](http::Request) {
               return promises(database, complaints);
             });
  router.add("GET", "/healthz", [](http::Request) { return at_once(status(200, "alive")); });
  router.add("GET", "/readyz", [&database](http::Request) { return ready(database); });
  router.add("GET", "/metrics", [&metrics](http::Request) {
    auto response = http::text(200, metrics.text());
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return at_once(std::move(response));
  });
  router.errors_below("/", [](int code, const http::Request*) { return error(code); });
}

}  // namespace api::own
