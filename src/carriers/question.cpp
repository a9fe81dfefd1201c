#include "carriers/question.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"

namespace carriers {
namespace {

std::string base_of(const Definition& definition, const Settings& settings) {
  std::string base = settings.base.empty() ? definition.access.base : settings.base;
  while (base.ends_with('/')) base.pop_back();
  return base;
}

void set_question(Words& words, const Definition& definition, const Question& question) {
  words.set("number", question.number);
  words.set("postcode", question.postcode);
  words.set("ship_date", question.ship_date);
  words.set("destination_country", question.destination_country);
  words.set("key", question.key);
  words.set("account", question.account);
  const auto& otherwise = definition.language.empty() ? "en" : definition.language;
  words.set("language", question.language.empty() ? otherwise : question.language);
}

// What is the same for each question of a call. Last the secrets: a definition that calls one of
// them "key" or "token" means that one.
void set_general(Words& words, const Definition& definition, const Settings& settings,
                 const Circumstances& circumstances) {
  words.set_as_is("base", base_of(definition, settings));
  words.set("id", circumstances.id);
  words.set("now", base::to_iso_offset(circumstances.now).substr(0, 19) + "Z");
  words.set("token", circumstances.token);
  for (const auto& [name, value] : settings.secrets.values) words.set(name, value);
}

bool names_something(const Template& text) {
  return std::ranges::any_of(text.pieces, &Template::Piece::is_name);
}

// A value that is nothing but an optional secret nobody gave, or an extra nobody knows, is left out
// rather than sent empty.
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

void add_parameter(std::string& url, std::string_view name, std::string_view value) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  url.append(escaped(name, Escape::Query)).append("=").append(value);
}

// The words of each place differ in how {numbers} is written there.
class CallBuilder {
 public:
  CallBuilder(const Definition& definition, const Settings& settings,
              std::span<const Question> questions, const Circumstances& circumstances)
      : definition_(definition),
        settings_(settings),
        questions_(questions),
        circumstances_(circumstances) {}

  Words words(Escape where) const {
    auto out = words_of(questions_.front());
    out.set_as_is("numbers", numbers(where));
    return out;
  }
  static void add_query(std::string& url, const NamedTemplates& query, const Words& words) {
    for (const auto& [name, text] : query) {
      const auto value = render(text, words, Escape::Query);
      if (!is_left_out(text, value)) add_parameter(url, name, value);
    }
  }

 private:
  Words words_of(const Question& question) const {
    Words out;
    set_question(out, definition_, question);
    set_general(out, definition_, settings_, circumstances_);
    return out;
  }
  // Each escaped for its place, with what stands between them as the definition has it.
  std::string numbers(Escape where) const {
    const auto& request = definition_.request;
    std::string out;
    for (const auto& question : questions_) {
      if (!out.empty()) out += request.between;
      out += request.each.empty() ? escaped(question.number, where)
                                  : render(request.each, words_of(question), where);
    }
    return out;
  }

  const Definition& definition_;
  const Settings& settings_;
  std::span<const Question> questions_;
  const Circumstances& circumstances_;
};

// A definition that does not say what its body is: by how it begins, so that values are escaped in
// any case.
std::string content_type_of(const Request& request) {
  if (!request.content_type.empty()) return request.content_type;
  const auto body = base::trim(request.body.source);
  if (body.starts_with('<')) return "text/xml; charset=utf-8";
  return body.starts_with('{') || body.starts_with('[') ? "application/json" : "";
}

std::string basic(std::string_view user, std::string_view password) {
  return "Basic " + base::to_base64(std::string(user).append(":").append(password));
}

void set_route(http::Call& call, const Settings& settings) {
  call.may_be_private = !settings.base.empty();
  call.proxy = settings.proxy;
}

// ---- tokens

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

std::optional<Need> lacks(const Definition& definition, const Question& question) {
  for (const auto need : definition.request.needs) {
    const std::string* value = nullptr;
    switch (need) {
      case Need::Postcode:
        value = &question.postcode;
        break;
      case Need::ShipDate:
        value = &question.ship_date;
        break;
      case Need::DestinationCountry:
        value = &question.destination_country;
        break;
      case Need::Key:
        value = &question.key;
        break;
      case Need::Account:
        value = &question.account;
        break;
    }
    if (value == nullptr || value->empty()) return need;
  }
  return std::nullopt;
}

http::Call question_call(const Definition& definition, const Settings& settings,
                         std::span<const Question> questions, const Circumstances& circumstances) {
  const auto& request = definition.request;
  const auto& access = definition.access;
  const CallBuilder builder(definition, settings, questions, circumstances);
  http::Call call;
  call.method = request.method;
  set_route(call, settings);
  call.url = base_of(definition, settings) +
             render(request.path, builder.words(Escape::Path), Escape::Path);
  const auto in_query = builder.words(Escape::Query);
  builder.add_query(call.url, request.query, in_query);
  builder.add_query(call.url, access.query, in_query);
  const auto words = builder.words(Escape::Header);
  if (access.kind == AccessKind::Basic) {
    add_header(call.headers, "Authorization",
               basic(render(access.user, words, Escape::Header),
                     render(access.password, words, Escape::Header)));
  }
  add_headers(call, access.headers, words);
  if (access.token && !access.token->bearer.empty())
    add_header(call.headers, access.token->bearer_header,
               render(access.token->bearer, words, Escape::Header));
  add_headers(call, request.headers, words);
  if (!request.body.empty()) {
    const auto type = content_type_of(request);
    const auto where = escape_of_body(type);
    call.body = render(request.body, builder.words(where), where);
    if (!type.empty()) add_header(call.headers, "Content-Type", type);
  }
  return call;
}

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

std::optional<http::Call> next_page(const http::Call& call, std::string_view next) {
  const auto host = call.url.find("://");
  if (host == std::string::npos) return std::nullopt;
  const auto origin =
      std::string_view(call.url).substr(0, std::min(call.url.find('/', host + 3), call.url.size()));
  http::Call out = call;
  if (next.starts_with('/') && !next.starts_with("//")) {
    out.url = std::string(origin).append(next);
  } else if (next.starts_with(origin) && next.substr(origin.size()).starts_with('/')) {
    out.url = next;
  } else {
    return std::nullopt;
  }
  return out;
}

http::Call page_at(const http::Call& call, const Paging& paging, std::int64_t offset) {
  http::Call out = call;
  add_parameter(out.url, paging.offset, std::to_string(offset));
  return out;
}

}  // namespace carriers
