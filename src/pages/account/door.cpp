// Coming in and going out: password and second step, a forgotten password, proving it again.
#include <fmt/format.h>

#include "http/cookies.gen.h"
#include "pages/account/handlers.h"

namespace pages::account {
namespace {

Screen sign_in_screen(const AccountContext& context, const Visit& visit, const std::string& error) {
  Screen screen{visit.say("a.sign_in")};
  screen.is_narrow = true;
  screen.needs_script = true;
  auto email = field(visit, "email", "a.email", "email", "username webauthn");
  auto password = field(visit, "password", "a.password", "password", "current-password");
  password.value.clear();
  auto stay = field(visit, "stay", "a.stay", "checkbox");
  stay.is_required = false;
  stay.hint = visit.say("a.stay_hint");
  ScreenForm form{"/account/sign-in",
                  visit.say("a.sign_in"),
                  {email, password, stay},
                  {{"next", next_of(visit)}}};
  ScreenForm passkey{"/account/sign-in/passkey",
                     visit.say("a.with_passkey"),
                     {},
                     {{"next", next_of(visit)}},
                     "quiet",
                     "sign-in"};
  Card card{"sign-in"};
  card.error = error;
  card.forms = {form, passkey};
  if (context.oidc != nullptr) {
    for (const auto& one : context.oidc->providers())
      card.links.emplace_back("/account/sign-in/with/" + one.name,
                              visit.words->get("a.with_provider", {{"name", one.title}}));
  }
  card.links.emplace_back("/account/forgot", visit.say("a.forgot"));
  if (context.is_sign_up_open) card.links.emplace_back("/account/sign-up", visit.say("a.sign_up"));
  screen.cards = {card};
  return screen;
}

Screen second_screen(const Visit& visit, const std::string& step, const std::string& error) {
  Screen screen{visit.say("a.second"), visit.say("a.second_lead")};
  screen.is_narrow = true;
  auto code = field(visit, "code", "a.code", "text", "one-time-code");
  code.value.clear();
  code.error = error;
  Card card{"second"};
  card.forms = {{"/account/sign-in/second",
                 visit.say("a.sign_in"),
                 {code},
                 {{"step", step}, {"next", next_of(visit)}, {"stay", visit.field("stay")}}}};
  screen.cards = {card};
  return screen;
}

std::string words_of(const Visit& visit, const accounts::SignInTrouble& trouble) {
  using enum accounts::SignInError;
  switch (trouble.why) {
    case Wait:
      return visit.words->get("a.wait", {{"seconds", std::to_string(trouble.wait.count())}});
    case Busy:
      return visit.say("a.busy");
    case LinkUsed:
      return visit.say("a.link_used");
    case Wrong:
      break;
  }
  return visit.say("a.wrong");
}

accounts::Keep keep_of(const Visit& visit) {
  return visit.field("stay").empty() ? accounts::Keep::ThisSession : accounts::Keep::ThisBrowser;
}

http::Response entered(const Visit& visit, const accounts::Started& started) {
  auto response = go(next_of(visit), "/account");
  keep(response, started);
  response.cookies.clear(http::cookie::kForm);
  return response;
}

Screen forgot_screen(const Visit& visit) {
  Screen screen{visit.say("a.forgot"), visit.say("a.forgot_lead")};
  screen.is_narrow = true;
  Card card{"forgot"};
  card.forms = {{"/account/forgot",
                 visit.say("a.send_link"),
                 {field(visit, "email", "a.email", "email", "email")}}};
  screen.cards = {card};
  return screen;
}

Screen reset_screen(const Visit& visit, const std::string& token, const std::string& error) {
  Screen screen{visit.say("a.new_password")};
  screen.is_narrow = true;
  auto password = field(visit, "password", "a.new_password", "password", "new-password");
  password.value.clear();
  password.hint = visit.say("a.password_hint");
  password.error = error;
  Card card{"reset"};
  card.forms = {{"/account/reset", visit.say("a.save"), {password}, {{"token", token}}}};
  screen.cards = {card};
  return screen;
}

Screen again_screen(const Visit& visit, const std::string& error) {
  Screen screen{visit.say("a.again"), visit.say("a.again_lead")};
  screen.is_narrow = true;
  screen.needs_script = true;
  auto secret = field(visit, "secret", "a.password_or_code", "password", "current-password");
  secret.value.clear();
  secret.error = error;
  Card card{"again"};
  card.forms = {{"/account/again", visit.say("a.go_on"), {secret}, {{"next", next_of(visit)}}},
                {"/account/again/passkey",
                 visit.say("a.with_passkey"),
                 {},
                 {{"next", next_of(visit)}},
                 "quiet",
                 "again"}};
  screen.cards = {card};
  return screen;
}

}  // namespace

Answer sign_in_page(AccountContext& context, VisitPtr visit) {
  if (visit->who) co_return go(next_of(*visit));
  co_return show(context, *visit, sign_in_screen(context, *visit, {}));
}

Answer sign_in(AccountContext& context, VisitPtr visit) {
  auto found = co_await context.desks.sign_in.with_password(
      visit->field("email"), visit->field("password"), visit->origin, keep_of(*visit));
  if (!found)
    co_return show(context, *visit,
                   sign_in_screen(context, *visit, words_of(*visit, found.error())), 422);
  const auto& in = found.value();
  if (!in.session) co_return show(context, *visit, second_screen(*visit, in.second_step, {}));
  co_return entered(*visit, *in.session);
}

Answer second_step(AccountContext& context, VisitPtr visit) {
  const auto step = visit->field("step");
  auto started = co_await context.desks.sign_in.second_step(step, visit->field("code"),
                                                            visit->origin, keep_of(*visit));
  if (started) co_return entered(*visit, started.value());
  const auto trouble = words_of(*visit, started.error());
  if (started.error().why == accounts::SignInError::LinkUsed)
    co_return show(context, *visit, sign_in_screen(context, *visit, trouble), 422);
  co_return show(context, *visit, second_screen(*visit, step, visit->say("a.code_wrong")), 422);
}

Answer forgot_page(AccountContext& context, VisitPtr visit) {
  if (visit->query("sent") == "1")
    co_return say_only(context, *visit, 200, "a.sent", "a.reset_sent");
  co_return show(context, *visit, forgot_screen(*visit));
}

Answer forgot(AccountContext& context, VisitPtr visit) {
  co_await context.desks.sign_in.ask_reset(visit->field("email"), visit->origin);
  co_return done(*visit, "/account/forgot?sent=1");
}

Answer reset_page(AccountContext& context, VisitPtr visit) {
  const auto token = visit->query("token");
  const bool is_good = co_await context.desks.sign_in.see_reset(token);
  if (!is_good)
    co_return say_only(context, *visit, 410, "a.link_title", "a.link_used", "/account/forgot",
                       "a.forgot");
  co_return show(context, *visit, reset_screen(*visit, token, {}));
}

Answer reset(AccountContext& context, VisitPtr visit) {
  const auto token = visit->field("token");
  auto changed =
      co_await context.desks.sign_in.reset(token, visit->field("password"), visit->origin);
  if (changed) co_return done(*visit, "/account/sign-in", "password");
  const auto& trouble = changed.error();
  if (trouble.is_link_used)
    co_return say_only(context, *visit, 410, "a.link_title", "a.link_used", "/account/forgot",
                       "a.forgot");
  const auto why =
      trouble.password ? "a.password." + std::string(word(*trouble.password)) : "a.busy";
  co_return show(context, *visit, reset_screen(*visit, token, visit->say(why)), 422);
}

Answer again_page(AccountContext& context, VisitPtr visit) {
  co_return show(context, *visit, again_screen(*visit, {}));
}

Answer again(AccountContext& context, VisitPtr visit) {
  auto proven = co_await context.desks.sign_in.prove_again(visit->token, visit->field("secret"),
                                                           visit->origin);
  if (!proven)
    co_return show(context, *visit, again_screen(*visit, words_of(*visit, proven.error())), 422);
  auto response = go(next_of(*visit));
  keep(response, proven.value());
  co_return response;
}

Answer sign_out(AccountContext& context, VisitPtr visit) {
  co_await context.desks.sessions.end(visit->token);
  auto response = done(*visit, "/account/sign-in", "signed_out");
  forget_browser(response);
  response.headers.emplace_back("Clear-Site-Data", "\"cache\", \"storage\"");
  co_return response;
}

}  // namespace pages::account
