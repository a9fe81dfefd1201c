// Security settings: passkeys, an authenticator app, recovery codes, the password, who is signed in
// where, and what happened lately.
#include <fmt/format.h>

#include "crypto/base64.h"
#include "pages/account/handlers.h"

namespace pages::account {
namespace {

using SignInAccess = personal::Access<personal::Purpose::SignIn>;

base::Task<Card> passkey_card(AccountContext& context, VisitPtr visit) {
  Card card{"passkeys", visit->say("a.passkeys"), {visit->say("a.passkeys_text")}};
  const auto all = co_await context.desks.passkeys.list(visit->person());
  SignInAccess access(context.shop.ledger, visit->who->actor(), visit->account(), "pages.security");
  for (const auto& one : all) {
    if (one.subject != 0) access.about(one.subject);
    Item item{std::string(open(one.label, access))};
    item.lines = {visit->words->get("a.since", {{"when", moment(*visit, one.created_at)}})};
    item.forms = {button(*visit, "/account/security/passkey/remove", "a.remove", "passkey",
                         crypto::to_base64url(one.credential), item.title, "quiet")};
    card.items.push_back(item);
  }
  ScreenForm add{"/account/security/passkey", visit->say("a.add_passkey")};
  add.passkey = "add";
  card.forms = {add};
  co_return card;
}

base::Task<Card> app_card(AccountContext& context, VisitPtr visit) {
  const auto state = co_await context.desks.factors.state(visit->person());
  Card card{"app", visit->say("a.app"), {visit->say("a.app_text")}};
  if (!state.has_totp) {
    card.links = {{"/account/security/app", visit->say("a.set_up")}};
    co_return card;
  }
  card.texts.push_back(
      visit->words->get("a.codes_left", {{"count", std::to_string(state.recovery_codes_left)}}));
  card.forms = {
      button(*visit, "/account/security/codes", "a.new_codes", "x", "1", {}, "quiet"),
      button(*visit, "/account/security/app/remove", "a.remove", "x", "1", card.title, "quiet")};
  co_return card;
}

Card password_card(const Visit& visit, const std::string& error) {
  Card card{"password", visit.say("a.password")};
  auto password = field(visit, "password", "a.new_password", "password", "new-password");
  password.value.clear();
  password.hint = visit.say("a.password_hint");
  password.error = error;
  card.forms = {{"/account/security/password", visit.say("a.save"), {password}}};
  return card;
}

base::Task<Card> session_card(AccountContext& context, VisitPtr visit) {
  Card card{"sessions", visit->say("a.sessions"), {visit->say("a.sessions_text")}};
  const auto sessions = co_await context.desks.sessions.list(visit->person(), visit->who->session);
  const auto browsers = co_await context.desks.sessions.browsers(visit->person());
  SignInAccess access(context.shop.ledger, visit->who->actor(), visit->account(), "pages.security");
  for (const auto& one : sessions) {
    if (one.subject != 0) access.about(one.subject);
    Item item{std::string(open(one.device, access))};
    item.lines = {visit->words->get("a.seen", {{"when", moment(*visit, one.seen_at)}})};
    if (one.is_current) {
      item.badge = visit->say("a.this_one");
      item.tone = "good";
    } else {
      item.forms = {button(*visit, "/account/security/session", "a.end", "session", one.id.hex(),
                           item.title, "quiet")};
    }
    card.items.push_back(item);
  }
  for (const auto& one : browsers) {
    if (one.subject != 0) access.about(one.subject);
    Item item{std::string(open(one.device, access)), visit->say("a.remembered"), "move"};
    item.lines = {visit->words->get("a.until", {{"when", moment(*visit, one.expires_at)}})};
    item.forms = {button(*visit, "/account/security/browser", "a.end", "browser", one.family.hex(),
                         item.title, "quiet")};
    card.items.push_back(item);
  }
  card.forms = {button(*visit, "/account/security/others", "a.end_others", "x", "1", {}, "quiet")};
  co_return card;
}

base::Task<Card> history_card(AccountContext& context, VisitPtr visit) {
  Card card{"history", visit->say("a.history")};
  const auto entries = co_await context.desks.log.of_person(visit->person(), 12);
  personal::Access<personal::Purpose::Secure> access(context.shop.ledger, visit->who->actor(),
                                                     visit->account(), "pages.security_log");
  for (const auto& one : entries) {
    if (one.subject != 0) access.about(one.subject);
    Item item{visit->say("a.event." + one.kind)};
    item.lines = {moment(*visit, one.at), std::string(open(one.device, access))};
    card.items.push_back(item);
  }
  co_return card;
}

base::Task<Screen> security_screen(AccountContext& context, VisitPtr visit, std::string error) {
  Screen screen{visit->say("a.security")};
  screen.current = "/account/security";
  screen.needs_script = true;
  screen.cards.push_back(co_await passkey_card(context, visit));
  screen.cards.push_back(co_await app_card(context, visit));
  screen.cards.push_back(password_card(*visit, error));
  auto others = co_await provider_card(context, visit);
  if (others) screen.cards.push_back(std::move(*others));
  screen.cards.push_back(co_await session_card(context, visit));
  screen.cards.push_back(co_await history_card(context, visit));
  co_return screen;
}

Screen codes_screen(const Visit& visit, std::vector<std::string> codes) {
  Screen screen{visit.say("a.codes"), visit.say("a.codes_text")};
  screen.is_narrow = true;
  Card card{"codes"};
  card.codes = std::move(codes);
  card.links = {{"/account/security", visit.say("a.codes_kept")}};
  screen.cards = {card};
  return screen;
}

base::Task<http::Response> offer_app(AccountContext& context, VisitPtr visit, std::string error) {
  const auto offer = co_await context.desks.factors.offer_totp(visit->person(), context.service);
  if (!offer) co_return done(*visit, "/account/security");
  Screen screen{visit->say("a.app"), visit->say("a.app_lead")};
  screen.is_narrow = true;
  Card card{"app"};
  card.svg = qr_svg(offer->uri);
  card.svg_name = visit->say("a.app_qr");
  card.texts = {visit->say("a.app_secret")};
  card.codes = {offer->secret};
  auto code = field(*visit, "code", "a.code", "text", "one-time-code");
  code.value.clear();
  code.error = std::move(error);
  const int status = code.error.empty() ? 200 : 422;
  card.forms = {{"/account/security/app", visit->say("a.turn_on"), {code}}};
  screen.cards = {card};
  co_return show(context, *visit, screen, status);
}

}  // namespace

Answer security_page(AccountContext& context, VisitPtr visit) {
  auto screen = co_await security_screen(context, visit, {});
  co_return show(context, *visit, screen);
}

Answer change_password(AccountContext& context, VisitPtr visit) {
  auto changed = co_await context.desks.sign_in.change_password(
      visit->person(), visit->who->session, visit->field("password"), visit->origin);
  if (changed) co_return done(*visit, "/account/security", "password");
  const auto& trouble = changed.error();
  auto why = visit->say(trouble.password ? "a.password." + std::string(word(*trouble.password))
                                         : std::string("a.busy"));
  auto screen = co_await security_screen(context, visit, std::move(why));
  co_return show(context, *visit, screen, 422);
}

Answer app_page(AccountContext& context, VisitPtr visit) {
  co_return co_await offer_app(context, visit, {});
}

Answer confirm_app(AccountContext& context, VisitPtr visit) {
  auto codes = co_await context.desks.factors.confirm_totp(visit->person(), visit->field("code"),
                                                           visit->origin);
  if (!codes) co_return co_await offer_app(context, visit, visit->say("a.code_wrong"));
  co_return show(context, *visit, codes_screen(*visit, std::move(*codes)));
}

Answer remove_app(AccountContext& context, VisitPtr visit) {
  co_await context.desks.factors.remove_totp(visit->person(), visit->origin);
  co_return done(*visit, "/account/security", "removed");
}

Answer new_codes(AccountContext& context, VisitPtr visit) {
  auto codes = co_await context.desks.factors.new_recovery_codes(visit->person(), visit->origin);
  co_return show(context, *visit, codes_screen(*visit, std::move(codes)));
}

Answer end_session(AccountContext& context, VisitPtr visit) {
  if (const auto id = base::Id::parse(visit->field("session")))
    co_await context.desks.sessions.end_one(visit->person(), *id);
  co_return done(*visit, "/account/security", "ended");
}

Answer end_others(AccountContext& context, VisitPtr visit) {
  co_await context.desks.sessions.end_others(visit->person(), visit->who->session);
  co_return done(*visit, "/account/security", "ended");
}

Answer forget_one_browser(AccountContext& context, VisitPtr visit) {
  if (const auto id = base::Id::parse(visit->field("browser")))
    co_await context.desks.sessions.forget_browser(visit->person(), *id);
  co_return done(*visit, "/account/security", "ended");
}

}  // namespace pages::account
