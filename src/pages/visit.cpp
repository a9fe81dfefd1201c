#include "pages/visit.h"

#include <algorithm>

namespace pages {

std::string_view value_of(const Form& form, std::string_view key) {
  std::string_view found;
  for (const auto& [name, value] : form)
    if (name == key) found = value;
  return found;
}

std::string query_value(const http::Request& request, std::string_view key) {
  return std::string(value_of(http::parse_query(request.query(), http::Plus::IsSpace), key));
}

Form form_of(const http::Request& request) {
  if (!request.header("Content-Type").starts_with("application/x-www-form-urlencoded")) return {};
  return http::parse_query(request.body(), http::Plus::IsSpace);
}

const Words& words_of(const http::Request& request) {
  return Words::choose(query_value(request, "lang"), request.header("Accept-Language"));
}

Frame frame_of(const http::Request& request, const http::Register& cookies) {
  Frame frame{words_of(request)};
  if (const auto* chosen = Words::find(query_value(request, "lang")))
    frame.language = chosen->language();
  frame.path = request.target();
  frame.open = Choice::of(request, cookies).open();
  return frame;
}

http::Response page(int status, std::string body, std::string policy) {
  auto response = http::html(status, std::move(body));
  auto& headers = response.headers;
  headers.emplace_back("Content-Security-Policy", std::move(policy));
  headers.emplace_back("Referrer-Policy", "no-referrer");
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  headers.emplace_back("X-Robots-Tag", "noindex, nofollow");
  headers.emplace_back("Cache-Control", "private, no-cache");
  headers.emplace_back("Vary", "Accept-Language, Cookie, Sec-GPC");
  return response;
}

http::Response page(int status, std::string body, const http::Request& request,
                    const http::Register& cookies, Forms forms) {
  const auto choice = Choice::of(request, cookies);
  // The question itself is a form.
  const auto asks = choice.open().empty() ? forms : Forms::OwnSite;
  return page(status, std::move(body), content_security_policy(cookies, choice, asks));
}

http::Response go(std::string_view path, std::string_view otherwise) {
  http::Response response;
  response.status = 303;
  response.content_type = {};
  response.headers.emplace_back("Location", is_own_path(path) ? path : otherwise);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace pages
