#include "pages/app_endpoints.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "pages/view.h"
#include "pages/visit.h"

namespace embedded {
std::string_view worker();
}

namespace pages {
namespace {

using base::Task;
using http::Request, http::Response;

// `type`: a constant.
Response typed(std::string_view type, std::string body) {
  Response response;
  response.content_type = type;
  response.body = std::move(body);
  response.headers.emplace_back("Cache-Control", "private, no-cache");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

struct App {
  std::string name, short_name, start, scope;
};

std::string manifest(const App& app, const Words& words) {
  base::JsonWriter json;
  json.begin_object().key("id").value(app.start).key("name").value(app.name);
  json.key("short_name").value(app.short_name).key("lang").value(words.language());
  json.key("start_url").value(app.start).key("scope").value(app.scope);
  json.key("display").value("standalone");
  json.key("background_color").value("#f6f4ef").key("theme_color").value("#0b6e4f");
  json.key("icons").begin_array();
  for (const auto& [icon, sizes] :
       {std::pair(kIcon, "any"), {kIcon192, "192x192"}, {kIcon512, "512x512"}}) {
    const auto& file = assets()[icon];
    json.begin_object().key("src").value(file.path).key("type").value(file.content_type);
    json.key("sizes").value(sizes).key("purpose").value("any maskable").end_object();
  }
  json.end_array().end_object();
  return std::move(json).text();
}

Task<Response> parcel_app(Request request) {
  const auto& words = words_of(request);
  const auto page = "/t/" + std::string(request.parameter("token"));
  co_return typed("application/manifest+json",
                  manifest({std::string(words.get("page.title")),
                            std::string(words.get("app.parcel")), page, "/t/"},
                           words));
}

Task<Response> shop_app(const std::string& service, Request request) {
  co_return typed("application/manifest+json",
                  manifest({service, service, "/account", "/account"}, words_of(request)));
}

Task<Response> worker() {
  co_return typed("text/javascript; charset=utf-8", std::string(embedded::worker()));
}

}  // namespace

void add_app_routes(http::Router& router, const std::string& service) {
  router.add("GET", "/t/{token}/app.webmanifest",
             [](Request request) { return parcel_app(std::move(request)); });
  router.add("GET", "/account/app.webmanifest",
             [name = service.empty() ? std::string("Milepost") : service](Request request) {
               return shop_app(name, std::move(request));
             });
  router.add("GET", "/worker.js", [](Request) { return worker(); });
}

}  // namespace pages
