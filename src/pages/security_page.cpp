#include "pages/security_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/json_writer.h"
#include "base/time.h"
#include "pages/visit.h"

namespace embedded {
std::string_view security_template();
}  // namespace embedded

namespace pages {
namespace {

using base::Task;
using http::Request;
using http::Response;
using State = Safeguard::State;

constexpr std::string_view kNeeded[] = {"Content-Security-Policy", "Referrer-Policy",
                                        "X-Content-Type-Options", "Cache-Control"};

std::string text(std::string_view view) { return std::string(view); }

std::string_view tone_of(State state) {
  switch (state) {
    case State::Holds:
      return "good";
    case State::Fails:
      return "bad";
    case State::Unknown:
      break;
  }
  return "calm";
}

Data row_of(const Safeguard& check, const Words& words) {
  const auto say = [&](std::string_view part) {
    return words.get(fmt::format("security.{}{}", check.key, part),
                     {{"n", std::to_string(check.figure)}});
  };
  Data row;
  row.set("key", text(check.key));
  row.set("title", say(""));
  row.set("means", say(".means"));
  row.set("found", say(fmt::format(".{}", name(check.state))));
  row.set("state", text(words.get(fmt::format("security.{}", name(check.state)))));
  row.set("tone", text(tone_of(check.state)));
  return row;
}

std::string render_report(const SafeguardReport& report, const Frame& frame, bool has_contact) {
  const auto& words = frame.words;
  Data page, rows = Data::type::list;
  for (const auto& check : report.checks) rows.push_back(row_of(check, words));
  const auto failing = std::ranges::count(report.checks, State::Fails, &Safeguard::state);
  put_frame(page, frame);
  for (const char* key : {"title", "lead", "json", "weakness"})
    page.set(fmt::format("w_{}", key), text(words.get(fmt::format("security.{}", key))));
  page.set("rows", rows);
  page.set("summary", failing == 0
                          ? text(words.get("security.none_fails"))
                          : words.get("security.some_fail", {{"n", std::to_string(failing)}}));
  page.set("summary_tone", failing == 0 ? "good" : "bad");
  page.set("has_contact", has_contact);
  const auto at = base::to_iso_offset(report.at).substr(0, 16).replace(10, 1, " ") + " UTC";
  page.set("fine", words.get("security.fine", {{"at", at}}));
  return render(embedded::security_template(), page);
}

Task<Response> security_page(SecurityContext& context, Request request) {
  const auto frame = frame_of(request, http::the_register());
  co_return page(200, render_report(context.report(), frame, !context.contact.empty()), request);
}

Task<Response> security_json(SecurityContext& context, Request) {
  const auto report = context.report();
  base::JsonWriter json;
  json.begin_object().key("checked_at").value(base::to_iso_offset(report.at));
  json.key("checks").begin_array();
  for (const auto& check : report.checks) {
    json.begin_object().key("check").value(check.key).key("state").value(name(check.state));
    json.key("figure").value(check.figure).end_object();
  }
  json.end_array().end_object();
  co_return http::json(200, std::move(json).text());
}

// RFC 9116: a contact, and until when this is to be believed.
Task<Response> security_txt(SecurityContext& context, Request) {
  const bool is_link = context.contact.starts_with("https://");
  if (!is_link && context.contact.find('@') == std::string::npos) co_return http::text(404, "");
  const auto ends = base::to_iso_offset(context.clock.now() + std::chrono::days(180));
  auto out = fmt::format("Contact: {}{}\nExpires: {}Z\n", is_link ? "" : "mailto:", context.contact,
                         ends.substr(0, 19));
  if (!context.public_url.empty()) {
    out += fmt::format("Canonical: {0}/.well-known/security.txt\nPolicy: {0}/privacy/security\n",
                       context.public_url);
  }
  co_return http::text(200, out);
}

}  // namespace

std::string_view name(State state) {
  switch (state) {
    case State::Holds:
      return "holds";
    case State::Fails:
      return "fails";
    case State::Unknown:
      break;
  }
  return "unknown";
}

std::vector<std::string_view> missing_headers(const Response& response) {
  std::vector<std::string_view> missing;
  for (const auto needed : kNeeded) {
    const bool is_there = std::ranges::any_of(
        response.headers, [&](const auto& header) { return header.first == needed; });
    if (!is_there) missing.push_back(needed);
  }
  return missing;
}

std::size_t needed_headers() { return std::size(kNeeded); }

void add_security_routes(http::Router& router, SecurityContext& context) {
  const auto add = [&](std::string_view pattern, auto handler) {
    router.add("GET", pattern, [&context, handler](Request request) {
      return handler(context, std::move(request));
    });
  };
  add("/privacy/security", security_page);
  add("/privacy/security.json", security_json);
  add("/.well-known/security.txt", security_txt);
}

}  // namespace pages
