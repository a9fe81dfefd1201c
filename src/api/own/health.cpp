#include "api/own/health.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"

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

constexpr std::string_view kWelcome = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Milepost</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M3 2h10v7l-5 5-5-5z' fill='%230b6e4f'/%3E%3C/svg%3E">
<style>
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6676; --paper: #fbfaf7; --line: #e3dfd6; --code: #f1eee7; --accent: #0b6e4f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --soft: #a3a9b3; --paper: #14171c; --line: #2b3038; --code: #1e232a; --accent: #58c79b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.6 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 4rem 1.25rem; }
h1 { font-size: 2.1rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.02em; }
h2 { font-size: 1.05rem; margin: 2.5rem 0 .5rem; }
p { margin: .5rem 0; }
.lead { color: var(--soft); }
pre { background: var(--code); border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font: .85rem/1.55 ui-monospace, monospace; }
ul { padding-left: 1.2rem; }
a { color: var(--accent); }
</style>
</head>
<body>
<main>
<h1>Milepost is running</h1>
<p class="lead">Shipment tracking on your own machine. The TrackingMore v4 API is served here, below <code>/v4</code>.</p>
<h2>Ask whose number it is</h2>
<pre>curl -s @BASE@/v4/couriers/detect \
  -H 'Tracking-Api-Key: YOUR_KEY' -H 'Content-Type: application/json' \
  -d '{"tracking_number":"RB123456785GB"}'</pre>
<h2>Store a shipment</h2>
<pre>curl -s @BASE@/v4/trackings/create \
  -H 'Tracking-Api-Key: YOUR_KEY' -H 'Content-Type: application/json' \
  -d '{"tracking_number":"RB123456785GB","courier_code":"royal-mail"}'</pre>
<h2>Make a key</h2>
<pre>milepost account create --email you@example.com
milepost key create --account 1001 --name shop</pre>
<p>A key is shown once; Milepost keeps its hash only.</p>
<h2>For machines</h2>
<ul>
<li><a href="/healthz">/healthz</a> the process answers</li>
<li><a href="/readyz">/readyz</a> the store answers</li>
<li><a href="/metrics">/metrics</a> figures for Prometheus</li>
</ul>
</main>
</body>
</html>
)";

// The page with the address under which it was asked for, when that is an address at all.
http::Response welcome(const http::Request& request) {
  constexpr std::string_view kPlace = "@BASE@";
  const auto host = request.header("Host");
  const bool is_plain = !host.empty() && host.size() < 200 && std::ranges::all_of(host, [](char c) {
    return base::is_letter(c) || base::is_digit(c) ||
           std::string_view(".:-[]").find(c) != std::string_view::npos;
  });
  const auto address = "http://" + (is_plain ? std::string(host) : std::string("localhost:8080"));
  std::string page(kWelcome);
  for (auto at = page.find(kPlace); at != std::string::npos;
       at = page.find(kPlace, at + address.size())) {
    page.replace(at, kPlace.size(), address);
  }
  auto response = http::html(200, std::move(page));
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
      "form-action 'none'; frame-ancestors 'none'");
  return response;
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

base::Task<http::Response> at_once(http::Response response) { co_return response; }

}  // namespace

void add_routes(http::Router& router, store::Database& database, const base::Metrics& metrics) {
  router.add("GET", "/", [](http::Request request) { return at_once(welcome(request)); });
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
