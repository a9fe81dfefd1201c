// The call for a token: OAuth2's grants, and the logins that carriers made up themselves.
#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "carriers/call_parts.h"

namespace carriers {
namespace {

using namespace parts;

// "https://auth.carrier.example/token" at "http://127.0.0.1:1/x": "http://127.0.0.1:1/x/token".
std::string elsewhere(const std::string& url, std::string base) {
  while (base.ends_with('/')) base.pop_back();
  const auto scheme = url.find("://");
  const auto path = scheme == std::string::npos ? url.size() : url.find('/', scheme + 3);
  return base + (path >= url.size() ? "/" : url.substr(path));
}

using Fields = std::vector<std::pair<std::string, std::string>>;

void add_field(Fields& fields, std::string_view name, std::string_view value) {
  const bool is_there = std::ranges::any_of(fields, [&](const auto& f) { return f.first == name; });
  if (!is_there && !value.empty()) fields.emplace_back(name, value);
}

// The definition's own fields win over what the grant brings along.
Fields token_fields(const TokenAccess& token, const Secrets& secrets, const Words& words) {
  Fields fields;
  for (const auto& [name, text] : token.form)
    fields.emplace_back(name, render(text, words, Escape::Plain));
  if (token.grant.empty()) return fields;
  add_field(fields, "grant_type", token.grant);
  if (token.grant == "password") {
    for (const char* name : {"username", "password"}) add_field(fields, name, secrets.of(name));
  }
  if (token.send != TokenAccess::Send::Basic) {
    for (const char* name : {"client_id", "client_secret"})
      add_field(fields, name, secrets.of(name));
  }
  return fields;
}

void set_token_body(http::Call& call, const TokenAccess& token, const Secrets& secrets,
                    const Words& words) {
  std::string type = token.content_type;
  if (!token.body.empty()) {
    if (type.empty()) type = token.format == Format::Xml ? "text/xml" : "application/json";
    call.body = render(token.body, words, escape_of_body(type));
  } else {
    const auto fields = token_fields(token, secrets, words);
    const bool is_json = token.send == TokenAccess::Send::Json;
    for (const auto& [name, value] : fields) {
      if (!call.body.empty()) call.body += is_json ? ',' : '&';
      if (is_json) {
        base::append_json_string(call.body, name);
        call.body += ':';
        base::append_json_string(call.body, value);
      } else {
        call.body.append(escaped(name, Escape::Query)).append("=");
        call.body += escaped(value, Escape::Query);
      }
    }
    if (is_json) call.body = "{" + call.body + "}";
    if (type.empty()) type = is_json ? "application/json" : "application/x-www-form-urlencoded";
  }
  if (call.method == "GET") call.body.clear();
  if (!call.body.empty()) add_header(call.headers, "Content-Type", type);
}

}  // namespace

http::Call token_call(const Definition& definition, const Settings& settings,
                      const Circumstances& circumstances) {
  const auto& token = *definition.access.token;
  const auto& secrets = settings.secrets;
  Words words;
  set_general(words, definition, settings, circumstances);
  http::Call call;
  call.method = token.method;
  set_route(call, settings);
  call.url = render(token.url, words, Escape::Path);
  if (call.url.starts_with('/')) call.url = base_of(definition, settings) + call.url;
  // Another machine than the base is the definition's word, not the operator's.
  const bool is_at_base = call.url.starts_with(base_of(definition, settings) + "/");
  call.may_be_private = call.may_be_private && is_at_base;
  if (!settings.token_base.empty() && !is_at_base) {
    call.url = elsewhere(call.url, settings.token_base);
    call.may_be_private = true;
  }
  if (!token.grant.empty() && token.send == TokenAccess::Send::Basic) {
    add_header(call.headers, "Authorization",
               basic(secrets.of("client_id"), secrets.of("client_secret")));
  }
  add_headers(call, token.headers, words);
  set_token_body(call, token, secrets, words);
  return call;
}

}  // namespace carriers
