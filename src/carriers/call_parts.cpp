#include "carriers/call_parts.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace carriers::parts {

std::string base_of(const Definition& definition, const Settings& settings) {
  std::string base = settings.base.empty() ? definition.access.base : settings.base;
  while (base.ends_with('/')) base.pop_back();
  return base;
}

void set_general(Words& words, const Definition& definition, const Settings& settings,
                 const Circumstances& circumstances) {
  words.set_as_is("base", base_of(definition, settings));
  words.set("id", circumstances.id);
  words.set("now", base::to_iso_offset(circumstances.now).substr(0, 19) + "Z");
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(circumstances.now);
  words.set("now_ms", std::to_string(ms.time_since_epoch().count()));
  words.set("token", circumstances.token);
  // Last the secrets: a definition that calls one of them "key" or "token" means that one.
  for (const auto& [name, value] : settings.secrets.values) words.set(name, value);
}

namespace {
bool names_something(const Template& text) {
  return std::ranges::any_of(text.pieces, &Template::Piece::is_name);
}
}  // namespace

bool is_left_out(const Template& text, const std::string& rendered) {
  return rendered.empty() && names_something(text);
}

void add_header(http::Headers& headers, const std::string& name, std::string value) {
  const auto same = std::ranges::find_if(
      headers, [&](const auto& h) { return base::equals_ignoring_case(h.first, name); });
  if (same == headers.end()) {
    headers.emplace_back(name, std::move(value));
  } else {
    same->second = std::move(value);
  }
}

void add_headers(http::Call& call, const NamedTemplates& headers, const Words& words) {
  for (const auto& [name, text] : headers) {
    auto value = render(text, words, Escape::Header);
    if (!is_left_out(text, value)) add_header(call.headers, name, std::move(value));
  }
}

std::string basic(std::string_view user, std::string_view password) {
  return "Basic " + base::to_base64(std::string(user).append(":").append(password));
}

void set_route(http::Call& call, const Settings& settings) {
  call.may_be_private = !settings.base.empty();
  call.proxy = settings.proxy;
}

}  // namespace carriers::parts
