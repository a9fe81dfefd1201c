#include "pages/account/desk.h"

#include <fmt/format.h>

#include "accounts/tokens.h"
#include "base/text.h"
#include "http/cookies.gen.h"

namespace pages {
namespace {

using accounts::Verdict;
using base::Task;
using http::Response;

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = base::is_letter(c) || base::is_digit(c) || c == '/' || c == '-' ||
                          c == '_' || c == '.' || c == '~';
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return out;
}

const Words& words_for(const Visit& visit) {
  const auto chosen = visit.field("lang").empty() ? visit.query("lang") : visit.field("lang");
  if (const auto* found = Words::find(chosen)) return *found;
  // A person's own setting outranks the browser's (clause 8).
  if (visit.who)
    if (const auto* found = Words::find(visit.who->preferences.language)) return *found;
  return Words::choose("", visit.request.header("Accept-Language"));
}

void read(Visit& visit) {
  visit.form = form_of(visit.request);
  const auto chosen = visit.field("lang").empty() ? visit.query("lang") : visit.field("lang");
  if (const auto* found = Words::find(chosen)) visit.language = found->language();
  visit.origin = {std::string(visit.request.peer()),
                  accounts::device_words(visit.request.header("User-Agent"))};
}

// What the gate itself wants to set, whatever the handler answers.
struct Carried {
  std::optional<accounts::Started> started;
  bool forgets = false;
  std::string form_token;
  bool is_new_form = false;
};

Task<bool> find_session(AccountContext& context, VisitPtr visit, Carried& carried) {
  const auto& request = visit->request;
  visit->token = http::value_of(request, http::cookie::kSession);
  if (!visit->token.empty()) visit->who = co_await context.desks.sessions.find(visit->token);
  if (visit->who) co_return true;
  visit->token.clear();
  const std::string remembered(http::value_of(request, http::cookie::kStay));
  if (remembered.empty()) co_return false;
  auto resumed = co_await context.desks.sessions.resume(remembered, visit->origin);
  if (!resumed) {
    carried.forgets = resumed.error() != accounts::ResumeError::JustRotated;
    co_return false;
  }
  carried.started = resumed.value();
  visit->token = carried.started->token;
  visit->who = co_await context.desks.sessions.find(visit->token);
  co_return visit->who.has_value();
}

// The token of a form: the session's, or of a cookie of its own before there is one.
void find_form_token(const AccountContext& context, const AccountRoute& route, Visit& visit,
                     Carried& carried) {
  if (visit.who) {
    visit.csrf = visit.who->csrf;
    return;
  }
  carried.form_token = http::value_of(visit.request, http::cookie::kForm);
  if (carried.form_token.empty() && route.starts_form) {
    carried.form_token = accounts::new_token();
    carried.is_new_form = true;
  }
  if (!carried.form_token.empty()) visit.csrf = context.desks.sessions.csrf_for(carried.form_token);
}

bool is_form_ours(const AccountContext& context, const Visit& visit, const Carried& carried) {
  const auto& bound_to = visit.who ? visit.token : carried.form_token;
  return is_from_own_site(visit.request) && !bound_to.empty() &&
         context.desks.sessions.is_csrf(bound_to, visit.field("csrf"));
}

Response send_to(std::string_view gate, const AccountRoute& route, const Visit& visit) {
  const auto wanted =
      route.method == "GET" ? std::string(visit.request.target()) : std::string(route.page);
  return go(fmt::format("{}?next={}", gate, encoded(wanted)));
}

Task<Response> answer(AccountContext& context, const AccountRoute& route, VisitPtr visit,
                      const Carried& carried) {
  const auto standing =
      visit->who ? visit->who->standing(context.clock.now()) : accounts::Standing{};
  switch (decide(route.need, standing)) {
    case Verdict::SignIn:
      co_return send_to(accounts::link::kSignIn, route, *visit);
    case Verdict::ProveAgain:
      co_return send_to("/account/again", route, *visit);
    case Verdict::Suspended:
      co_return say_only(context, *visit, 403, "a.suspended_title", "a.suspended",
                         context.suspensions != nullptr ? "/account/appeal" : "/rights",
                         context.suspensions != nullptr ? "a.appeal_see" : "foot.rights");
    case Verdict::Refused:
      co_return say_only(context, *visit, 403, "a.refused_title", "a.refused");
    case Verdict::Welcome:
      break;
  }
  if (route.method == "POST" && !is_form_ours(context, *visit, carried))
    co_return say_only(context, *visit, 403, "a.stale_title", "a.stale", route.page, "a.back");
  co_return co_await route.answer(context, visit);
}

Task<Response> gate(AccountContext& context, const AccountRoute& route, http::Request request) {
  auto visit = std::make_shared<Visit>(std::move(request));
  read(*visit);
  Carried carried;
  co_await find_session(context, visit, carried);
  visit->words = &words_for(*visit);
  find_form_token(context, route, *visit, carried);
  auto response = co_await answer(context, route, visit, carried);
  if (carried.started && response.cookies.lines().empty()) keep(response, *carried.started);
  if (carried.forgets) response.cookies.clear(http::cookie::kStay);
  if (carried.is_new_form) response.cookies.set(http::cookie::kForm, carried.form_token);
  co_return response;
}

}  // namespace

void add_account_routes(http::Router& router, AccountContext& context) {
  for (const auto& route : account_routes()) {
    if (!context.hooks && route.pattern.starts_with("/account/webhooks")) continue;
    if (context.rights == nullptr && (route.pattern.starts_with("/account/cases") ||
                                      route.pattern.starts_with("/account/my-data")))
      continue;
    if (!context.mailboxes && route.pattern.starts_with("/account/mailboxes")) continue;
    if (context.suspensions == nullptr && route.pattern == "/account/appeal") continue;
    router.add(route.method, route.pattern, [&context, &route](http::Request request) {
      return gate(context, route, std::move(request));
    });
  }
}

Frame frame_of(const AccountContext& context, const Visit& visit) {
  Frame frame{*visit.words};
  frame.language = visit.language;
  frame.path = visit.request.method() == "GET" ? std::string(visit.request.target()) : "/account";
  frame.open = Choice::of(visit.request, context.cookies).open();
  for (const auto& [name, value] : http::parse_query(visit.request.query(), http::Plus::IsSpace))
    if (name != "lang") frame.languages_query += encoded(name) + "=" + encoded(value) + "&";
  return frame;
}

http::Response show(const AccountContext& context, const Visit& visit, const Screen& screen,
                    int status) {
  const auto frame = frame_of(context, visit);
  auto shown = screen;
  if (const auto key = "a.done." + visit.query("done"); shown.note.empty() && visit.words->has(key))
    shown.note = visit.say(key);
  auto response =
      page(status, render_screen(shown, {frame, visit.who ? &*visit.who : nullptr, visit.csrf}),
           visit.request, context.cookies, Forms::OwnSite);
  for (auto& [name, value] : response.headers) {
    // A page with a form's token is compressed by nobody (BREACH) and kept by nobody.
    if (name == "Cache-Control") value = "private, no-store, no-transform";
  }
  return response;
}

http::Response done(const Visit& visit, std::string_view path, std::string_view what) {
  std::string to(path);
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    to += fmt::format("{}{}={}", to.find('?') == std::string::npos ? '?' : '&', name, value);
  };
  add("done", what);
  add("lang", visit.language);
  return go(to, "/account");
}

void keep(http::Response& response, const accounts::Started& started) {
  response.cookies.set(http::cookie::kSession, started.token);
  if (started.remembered)
    response.cookies.set_for(http::cookie::kStay, *started.remembered, started.remembered_for);
}

void forget_browser(http::Response& response) {
  response.cookies.clear(http::cookie::kSession);
  response.cookies.clear(http::cookie::kStay);
}

std::string next_of(const Visit& visit) {
  auto next = visit.field("next");
  if (next.empty()) next = visit.query("next");
  // Nobody is sent here from elsewhere than these pages, and none of them has dots in its path.
  const auto path = next.substr(0, next.find('?'));
  const bool is_ours = (path == "/account" || path.starts_with("/account/")) &&
                       path.find("..") == std::string::npos && path.find("//") == std::string::npos;
  return is_ours && is_own_path(next) ? next : "/account";
}

http::Response say_only(const AccountContext& context, const Visit& visit, int status,
                        std::string_view title_key, std::string_view text_key,
                        std::string_view link, std::string_view link_key) {
  Screen screen{visit.say(title_key)};
  screen.is_narrow = true;
  Card card{"only"};
  card.texts = {visit.say(text_key)};
  if (!link.empty()) card.links = {{std::string(link), visit.say(link_key)}};
  screen.cards = {card};
  return show(context, visit, screen, status);
}

}  // namespace pages
