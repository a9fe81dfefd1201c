#include "pages/policy_pages.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/time.h"
#include "http/cookies.gen.h"
#include "pages/visit.h"
#include "policy/difference.h"
#include "policy/markdown.h"

namespace embedded {
std::string_view document_template();
}  // namespace embedded

namespace pages {
namespace {

using base::Task;
using http::Request;
using http::Response;
using policy::Version;

std::string text(std::string_view view) { return std::string(view); }

std::string day(const Words& words, base::Instant at) { return words.day(base::to_iso_offset(at)); }

// Everything a document's page needs; one look at the store.
struct Shown {
  std::optional<Version> version;
  std::optional<Version> coming;  // announced, not yet in force
  bool is_in_force = false;
};

Shown look(store::Tx& tx, std::string_view document, std::string_view language, base::Instant now) {
  Shown shown;
  shown.version = policy::in_force(tx, document, language, now);
  shown.coming = policy::announced(tx, document, language, now);
  shown.is_in_force = true;
  return shown;
}

Data versions_link(const Frame& frame) {
  Data link;
  link.set("href", "/privacy/versions" + language_suffix(frame));
  link.set("name", text(frame.words.get("document.versions")));
  return link;
}

void put_coming(Data& page, const Shown& shown, const Frame& frame) {
  if (!shown.coming) return;
  Data coming;
  coming.set("text", frame.words.get("document.coming",
                                     {{"day", day(frame.words, shown.coming->effective_at)}}));
  coming.set("href", fmt::format("/privacy/difference?from={}&to={}", shown.version->hash,
                                 shown.coming->hash));
  coming.set("name", text(frame.words.get("document.coming_link")));
  page.set("coming", coming);
}

void put_version(Data& page, const Version& version, const Frame& frame) {
  const auto& words = frame.words;
  Data facts;
  facts.set("hash", version.hash);
  facts.set("text_href", "/privacy/text/" + version.hash);
  facts.set("text_name", text(words.get("document.text")));
  Data list = Data::type::list;
  for (const auto& line :
       {words.get("document.version", {{"number", std::to_string(version.number)}}),
        words.get("document.effective", {{"day", day(words, version.effective_at)}}),
        words.get("document.updated", {{"day", day(words, version.posted_at)}})}) {
    list.push_back(Data(line));
  }
  facts.set("lines", list);
  page.set("facts", facts);
  // In the page's head, for programs (clause 108).
  page.set("posted", base::to_iso_offset(version.posted_at));
  page.set("effective", base::to_iso_offset(version.effective_at));
  if (version.language != words.language()) page.set("text_lang", version.language);
}

// Where the text is not to be had in the reader's language, it says so rather than pretending.
void put_languages_of_text(Data& page, const Version& version, const Frame& frame) {
  if (version.language == frame.words.language()) return;
  std::string names;
  for (const auto& code : policy::languages()) {
    const auto* words = Words::find(code);
    if (words != nullptr) names += (names.empty() ? "" : ", ") + text(words->own_name());
  }
  page.set("only_in", frame.words.get("document.only_in", {{"languages", names}}));
}

std::string title_of(std::string_view document, const Words& words) {
  return text(words.get(fmt::format("versions.{}", document)));
}

std::string render_document(const Shown& shown, std::string_view document, const Frame& frame,
                            Data page = {}) {
  put_frame(page, frame);
  page.set("title", title_of(document, frame.words));
  page.set("versions", versions_link(frame));
  if (!shown.version) {
    page.set("body", fmt::format("<h1>{}</h1><p>{}</p>", title_of(document, frame.words),
                                 frame.words.get("document.nothing")));
    return render(embedded::document_template(), page);
  }
  put_version(page, *shown.version, frame);
  put_languages_of_text(page, *shown.version, frame);
  put_coming(page, shown, frame);
  if (!shown.is_in_force) page.set("old", text(frame.words.get("document.old")));
  page.set("body", policy::to_html(shown.version->body));
  return render(embedded::document_template(), page);
}

std::string render_markdown(std::string_view title, std::string_view markdown, const Frame& frame,
                            Data page = {}) {
  put_frame(page, frame);
  page.set("title", text(title));
  page.set("body", policy::to_html(markdown));
  return render(embedded::document_template(), page);
}

Task<Response> document(PolicyContext& context, std::string_view id, Request request) {
  const auto frame = frame_of(request, context.cookies);
  auto work = [&](store::Tx& tx) {
    return look(tx, id, frame.words.language(), context.clock.now());
  };
  const auto shown = co_await context.database.read(work);
  const int status = shown.version ? 200 : 404;
  co_return page(status, render_document(shown, id, frame), request, context.cookies);
}

// ---- Your cookies

Data held_cookie(std::string_view name, const PolicyContext& context, const Words& words) {
  Data item;
  item.set("name", text(name));
  item.set("delete", text(words.get("yours.delete")));
  item.set("delete_this", words.get("yours.delete_one", {{"name", name}}));
  const auto& all = context.cookies.cookies;
  const auto entry =
      std::ranges::find_if(all, [&](const http::CookieEntry& e) { return e.name == name; });
  if (entry == all.end()) {
    item.set("why", text(words.get("yours.unknown")));
    item.set("long", "");
    return item;
  }
  item.set("ours", true);
  item.set("why", text(policy::say(words.language(), fmt::format("cookie.{}.text", entry->id),
                                   entry->text)));
  item.set("long", entry->lifetime_days == 0
                       ? text(words.get("yours.session"))
                       : words.get("yours.days", {{"days", std::to_string(entry->lifetime_days)}}));
  return item;
}

// What this browser sent along, no more and no less (clause 127).
Data held(const Request& request, const PolicyContext& context, const Frame& frame) {
  const auto& words = frame.words;
  Data yours, list = Data::type::list;
  for (const auto name : http::cookie_names(request))
    list.push_back(held_cookie(name, context, words));
  yours.set("any", !list.list_value().empty());
  yours.set("list", list);
  for (const auto& [key, sentence] : {std::pair("w_title", "yours.title"),
                                      {"w_none", "yours.none"},
                                      {"w_cookie", "yours.cookie"},
                                      {"w_why", "yours.why"},
                                      {"w_long", "yours.long"},
                                      {"w_all", "yours.delete_all"}}) {
    yours.set(key, text(words.get(sentence)));
  }
  yours.set("action", "/privacy/cookies" + language_suffix(frame));
  if (request.header("Sec-GPC") == "1") yours.set("gpc", text(words.get("yours.gpc")));
  if (query_value(request, "deleted") == "1")
    yours.set("deleted", text(words.get("yours.deleted")));
  return yours;
}

Task<Response> cookies_page(PolicyContext& context, Request request) {
  const auto frame = frame_of(request, context.cookies);
  auto work = [&](store::Tx& tx) {
    return look(tx, "cookies", frame.words.language(), context.clock.now());
  };
  const auto shown = co_await context.database.read(work);
  Data data;
  data.set("yours", held(request, context, frame));
  co_return page(200, render_document(shown, "cookies", frame, data), request, context.cookies,
                 Forms::OwnSite);
}

Task<Response> delete_cookies(PolicyContext& context, Request request) {
  if (!is_from_own_site(request)) co_return http::text(403, "This form was not ours.\n");
  const auto form = form_of(request);
  const auto wanted = value_of(form, "cookie");
  auto response = go("/privacy/cookies?deleted=1" + (query_value(request, "lang").empty()
                                                         ? std::string()
                                                         : "&lang=" + query_value(request, "lang")),
                     "/privacy/cookies?deleted=1");
  const bool is_all = value_of(form, "all") == "1";
  for (const auto& one : http::cookie::kAll)
    if (is_all || one.name() == wanted) response.cookies.clear(one);
  // Other programs' cookies of this host, and whatever else a browser may keep, go this way alone.
  if (is_all)
    response.headers.emplace_back("Clear-Site-Data", "\"cookies\", \"storage\", \"cache\"");
  const std::string token(http::value_of(request, http::cookie::kSession));
  const bool ends = is_all || wanted == http::cookie::kSession.name();
  if (ends && !token.empty() && context.sign_out) co_await context.sign_out(token);
  co_return response;
}

// Both buttons of one form: no takes exactly as long as yes.
Task<Response> choose(PolicyContext& context, Request request) {
  if (!is_from_own_site(request)) co_return http::text(403, "This form was not ours.\n");
  const auto form = form_of(request);
  const auto answer = value_of(form, "answer");
  if (answer != "yes" && answer != "no") co_return http::text(400, "Yes or no, please.\n");
  std::vector<Answer> answers;
  for (const auto& question : questions(context.cookies))
    answers.push_back({question, answer == "yes"});
  auto response = go(value_of(form, "back"));
  if (!answers.empty()) response.cookies.set(http::cookie::kChoice, encode(answers));
  co_return response;
}

// ---- Versions

std::string versions_markdown(store::Tx& tx, const Words& words) {
  auto out = fmt::format("# {}\n\n{}\n", words.get("versions.title"), words.get("versions.lead"));
  for (const auto document : policy::kDocuments) {
    const auto all = policy::versions(tx, document, words.language());
    if (all.empty()) continue;
    out += fmt::format("\n## {}\n\n", title_of(document, words));
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto& one = all[i];
      out += fmt::format("- [{}](/privacy/versions/{}), {}",
                         words.get("document.version", {{"number", std::to_string(one.number)}}),
                         one.hash,
                         words.get("document.effective", {{"day", day(words, one.effective_at)}}));
      if (i + 1 < all.size()) {
        out += fmt::format(". [{}](/privacy/difference?from={}&to={})",
                           words.get("versions.compare"), all[i + 1].hash, one.hash);
      }
      out += fmt::format(" `{}`\n", one.hash.substr(0, 16));
    }
  }
  return out;
}

Task<Response> versions_page(PolicyContext& context, Request request) {
  const auto frame = frame_of(request, context.cookies);
  auto work = [&](store::Tx& tx) { return versions_markdown(tx, frame.words); };
  const auto markdown = co_await context.database.read(work);
  co_return page(200, render_markdown(frame.words.get("versions.title"), markdown, frame), request,
                 context.cookies);
}

// For programs that watch for changes.
Task<Response> versions_feed(PolicyContext& context) {
  auto work = [&](store::Tx& tx) {
    base::JsonWriter json;
    json.begin_object().key("versions").begin_array();
    for (const auto document : policy::kDocuments) {
      for (const auto& language : policy::languages()) {
        for (const auto& one : policy::versions(tx, document, language)) {
          json.begin_object();
          json.key("document").value(one.document);
          json.key("language").value(one.language);
          json.key("number").value(one.number);
          json.key("sha256").value(one.hash);
          json.key("text").value("/privacy/text/" + one.hash);
          json.key("posted_at").value(base::to_iso_offset(one.posted_at));
          json.key("effective_at").value(base::to_iso_offset(one.effective_at));
          json.end_object();
        }
      }
    }
    json.end_array().end_object();
    return std::move(json).text();
  };
  auto body = co_await context.database.read(work);
  co_return http::json(200, std::move(body));
}

Task<Response> one_version(PolicyContext& context, Request request) {
  const auto frame = frame_of(request, context.cookies);
  const std::string hash(request.parameter("hash"));
  auto work = [&](store::Tx& tx) {
    Shown shown;
    shown.version = policy::find_version(tx, hash);
    if (!shown.version) return shown;
    const auto& found = *shown.version;
    const auto current = policy::in_force(tx, found.document, found.language, context.clock.now());
    shown.is_in_force = current && current->hash == hash;
    return shown;
  };
  const auto shown = co_await context.database.read(work);
  const auto document = shown.version ? shown.version->document : "policy";
  co_return page(shown.version ? 200 : 404, render_document(shown, document, frame), request,
                 context.cookies);
}

// The bytes alone, never to change: anybody may keep them.
Task<Response> version_text(PolicyContext& context, Request request) {
  const std::string hash(request.parameter("hash"));
  auto work = [&](store::Tx& tx) { return policy::find_version(tx, hash); };
  auto version = co_await context.database.read(work);
  if (!version) co_return http::text(404, "No version has this name.\n");
  auto response = http::text(200, std::move(version->body));
  response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  response.headers.emplace_back("ETag", "\"" + hash + "\"");
  co_return response;
}

Data difference_data(const Version& from, const Version& to, const Words& words) {
  Data list = Data::type::list;
  const auto changes = policy::difference(from.body, to.body);
  bool has_any = false;
  for (const auto& change : changes) {
    if (change.line.empty() && change.kind == policy::Change::Kind::Same) continue;
    Data item;
    item.set("line", text(change.line));
    if (change.kind == policy::Change::Kind::Gone)
      item.set("gone", text(words.get("difference.gone")));
    if (change.kind == policy::Change::Kind::New)
      item.set("new", text(words.get("difference.new")));
    item.set("same", change.kind == policy::Change::Kind::Same);
    has_any = has_any || change.kind != policy::Change::Kind::Same;
    list.push_back(item);
  }
  Data data;
  data.set("lines", list);
  data.set("between", words.get("difference.between", {{"from", std::to_string(from.number)},
                                                       {"to", std::to_string(to.number)}}));
  if (!has_any) data.set("none", text(words.get("difference.same")));
  return data;
}

Task<Response> difference_page(PolicyContext& context, Request request) {
  auto frame = frame_of(request, context.cookies);
  const auto from = query_value(request, "from"), to = query_value(request, "to");
  auto work = [&](store::Tx& tx) {
    return std::pair(policy::find_version(tx, from), policy::find_version(tx, to));
  };
  const auto [before, after] = co_await context.database.read(work);
  Data data;
  put_frame(data, frame);
  data.set("title", text(frame.words.get("difference.title")));
  data.set("versions", versions_link(frame));
  if (before && after) {
    frame.languages_query = fmt::format("from={}&to={}&", from, to);
    put_frame(data, frame);
    data.set("difference", difference_data(*before, *after, frame.words));
  }
  data.set("body",
           fmt::format("<h1>{}</h1>", before && after ? title_of(after->document, frame.words)
                                                      : text(frame.words.get("document.nothing"))));
  co_return page(before && after ? 200 : 404, render(embedded::document_template(), data), request,
                 context.cookies);
}

// ---- Who is responsible

std::string contact_markdown(const policy::Operator& who, const Words& words) {
  auto out = fmt::format("# {}\n\n", words.get("contact.title"));
  if (!who.is_complete()) out += fmt::format("{}\n\n", words.get("contact.test"));
  const auto row = [&](std::string_view key, const std::string& value) {
    if (value.empty() || value == "none") return;
    const bool is_mail =
        value.find('@') != std::string::npos && value.find(' ') == std::string::npos;
    const auto shown = policy::plain(value);
    out += fmt::format("- **{}**: {}\n", words.get(key),
                       is_mail ? fmt::format("[{}](mailto:{})", shown, value) : shown);
  };
  row("contact.name", who.name);
  row("contact.address", who.address);
  row("contact.contact", who.contact);
  row("contact.privacy", who.privacy_contact);
  row("contact.officer", who.officer);
  row("contact.representative", who.representative);
  return out + fmt::format("\n{} [{}](/rights)\n\n[{}](/privacy/security)\n",
                           words.get("contact.rights"), words.get("contact.form"),
                           words.get("contact.security"));
}

Task<Response> contact_page(PolicyContext& context, Request request) {
  const auto frame = frame_of(request, context.cookies);
  co_return page(200,
                 render_markdown(frame.words.get("contact.title"),
                                 contact_markdown(context.who, frame.words), frame),
                 request, context.cookies);
}

}  // namespace

void add_policy_routes(http::Router& router, PolicyContext& context) {
  const auto add = [&](std::string_view method, std::string_view pattern, auto handler) {
    router.add(method, pattern, [&context, handler](Request request) {
      return handler(context, std::move(request));
    });
  };
  for (const auto& [path, id] :
       {std::pair<std::string_view, std::string_view>("/privacy", "policy"),
        {"/terms", "terms"},
        {"/privacy/processors", "processors"}}) {
    router.add("GET", path, counted(context.views, "policy", [&context, id = id](Request request) {
                 return document(context, id, std::move(request));
               }));
  }
  add("GET", "/privacy/cookies", cookies_page);
  add("POST", "/privacy/cookies", delete_cookies);
  add("POST", "/privacy/choice", choose);
  add("GET", "/privacy/versions", versions_page);
  router.add("GET", "/privacy/versions.json",
             [&context](Request) { return versions_feed(context); });
  add("GET", "/privacy/versions/{hash}", one_version);
  add("GET", "/privacy/text/{hash}", version_text);
  add("GET", "/privacy/difference", difference_page);
  add("GET", "/privacy/contact", contact_page);
}

}  // namespace pages
