// Preferences, the address, and leaving for good.
#include <fmt/format.h>
#include <unicode/timezone.h>

#include <chrono>
#include <memory>

#include "base/time.h"
#include "pages/account/handlers.h"

namespace pages::account {
namespace {

// The wall clock of a zone, as words.h reads times; the zone is one the account accepted.
std::string local_iso(base::Instant at, const std::string& zone) {
  const std::unique_ptr<icu::TimeZone> found(
      icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(zone)));
  UErrorCode status = U_ZERO_ERROR;
  int32_t raw = 0, summer = 0;
  found->getOffset(static_cast<double>(base::to_micros(at) / 1000), 0, raw, summer, status);
  if (U_FAILURE(status)) return {};
  return base::to_iso_offset(at + std::chrono::milliseconds(raw + summer));
}

Card preference_card(AccountContext& context, const Visit& visit, const accounts::Person& person) {
  auto access = access_of(context, visit, "pages.preferences");
  if (person.subject != 0) access.about(person.subject);
  auto name = field(visit, "name", "a.name", "text", "name");
  name.value = open(person.name, access);
  name.is_required = false;
  auto language = field(visit, "language", "a.language", "select");
  language.value = person.preferences.language;
  for (const auto& words : Words::all())
    language.options.emplace_back(std::string(words.language()), std::string(words.own_name()));
  auto zone = field(visit, "zone", "a.zone");
  zone.value = person.preferences.zone;
  zone.hint = visit.say("a.zone_hint");
  auto currency = field(visit, "currency", "a.currency");
  currency.value = person.preferences.currency;
  currency.hint = visit.say("a.currency_hint");
  if (visit.request.method() == "POST") {
    if (!accounts::is_zone(visit.field("zone"))) zone.error = visit.say("a.zone_wrong");
    if (!accounts::is_currency(visit.field("currency")))
      currency.error = visit.say("a.currency_wrong");
  }
  Card card{"reading", visit.say("a.preferences")};
  card.forms = {{"/account/preferences", visit.say("a.save"), {name, language, zone, currency}}};
  return card;
}

Card email_card(AccountContext& context, const Visit& visit, const accounts::Person& person,
                const std::string& error) {
  auto access = access_of(context, visit, "pages.preferences");
  if (person.subject != 0) access.about(person.subject);
  Card card{"address", visit.say("a.email")};
  card.texts = {std::string(open(person.email, access)), visit.say("a.email_text")};
  auto email = field(visit, "email", "a.email_new", "email", "email");
  email.error = error;
  card.forms = {{"/account/preferences/email", visit.say("a.send_link"), {email}}};
  return card;
}

Answer shown(AccountContext& context, VisitPtr visit, std::string email_error, int status) {
  const auto person = co_await context.desks.people.find(visit->person());
  if (!person) co_return go("/account/sign-in");
  Screen screen{visit->say("a.preferences")};
  screen.current = "/account/preferences";
  screen.cards = {preference_card(context, *visit, *person),
                  email_card(context, *visit, *person, email_error)};
  Card leave{"leave", visit->say("a.delete"), {visit->say("a.delete_text")}};
  leave.links = {{"/account/delete", visit->say("a.delete")},
                 {"/rights", visit->say("foot.rights")}};
  screen.cards.push_back(leave);
  co_return show(context, *visit, screen, status);
}

}  // namespace

Answer preferences_page(AccountContext& context, VisitPtr visit) {
  co_return co_await shown(context, visit, {}, 200);
}

Answer preferences(AccountContext& context, VisitPtr visit) {
  const auto zone = visit->field("zone"), currency = visit->field("currency");
  const auto wanted =
      accounts::merged(visit->who->preferences, visit->field("language"), zone, currency);
  co_await context.desks.people.set_preferences(visit->person(), wanted);
  const auto named = co_await context.desks.people.set_name(visit->person(), visit->field("name"));
  const bool is_right = named && accounts::is_zone(zone) && accounts::is_currency(currency);
  if (!is_right) co_return co_await shown(context, visit, {}, 422);
  visit->language.clear();  // the new setting speaks from here on
  co_return done(*visit, "/account/preferences", "saved");
}

Answer new_email(AccountContext& context, VisitPtr visit) {
  const auto asked =
      co_await context.desks.people.ask_new_email(visit->person(), visit->field("email"));
  if (!asked) co_return co_await shown(context, visit, visit->say("a.email_wrong"), 422);
  co_return done(*visit, "/account/preferences", "email_sent");
}

Answer confirm_email_page(AccountContext& context, VisitPtr visit) {
  Screen screen{visit->say("a.email_confirm"), visit->say("a.email_confirm_text")};
  screen.is_narrow = true;
  Card card{"confirm"};
  card.forms = {
      {"/account/new-email", visit->say("a.go_on"), {}, {{"token", visit->query("token")}}}};
  screen.cards = {card};
  co_return show(context, *visit, screen);
}

Answer confirm_email(AccountContext& context, VisitPtr visit) {
  const auto changed = co_await context.desks.people.confirm_new_email(visit->field("token"));
  if (!changed) co_return say_only(context, *visit, 410, "a.link_title", "a.link_used");
  co_return done(*visit, visit->who ? "/account/preferences" : "/account/sign-in", "saved");
}

Answer delete_page(AccountContext& context, VisitPtr visit) {
  const auto farewell = co_await context.desks.people.farewell(visit->person());
  Screen screen{visit->say("a.delete"), visit->say("a.delete_text")};
  screen.is_narrow = true;
  Card card{"delete"};
  for (const auto id : farewell.hinders)
    card.texts.push_back(
        visit->words->get("a.delete_hinders", {{"team", accounts::team_name(id)}}));
  for (const auto id : farewell.closes)
    card.texts.push_back(visit->words->get("a.delete_closes", {{"team", accounts::team_name(id)}}));
  if (farewell.hinders.empty()) {
    ScreenForm form{"/account/delete", visit->say("a.delete_now")};
    form.fields = {field(*visit, "sure", "a.delete_sure", "checkbox")};
    form.tone = "bad";
    card.forms = {form};
  }
  card.links = {{"/account", visit->say("a.back")}};
  screen.cards = {card};
  co_return show(context, *visit, screen);
}

Answer delete_me(AccountContext& context, VisitPtr visit) {
  if (visit->field("sure").empty()) co_return done(*visit, "/account/delete");
  auto erased = co_await context.desks.people.erase(visit->person());
  if (!erased) co_return done(*visit, "/account/delete");
  if (context.closed) co_await context.closed(erased.value().closed_accounts);
  co_await unlink_left_behind(context);
  auto response = done(*visit, "/account/sign-in", "deleted");
  forget_browser(response);
  response.headers.emplace_back("Clear-Site-Data", "\"cookies\", \"storage\", \"cache\"");
  co_return response;
}

ScreenForm button(const Visit& visit, std::string action, std::string_view words_key,
                  std::string name, std::string value, std::string about, std::string tone) {
  ScreenForm form{std::move(action), visit.say(words_key)};
  form.hidden = {{std::move(name), std::move(value)}};
  form.tone = std::move(tone);
  if (!about.empty()) form.name = form.submit + ": " + about;
  return form;
}

Field field(const Visit& visit, std::string name, std::string_view label_key, std::string type,
            std::string autocomplete) {
  Field made{name, visit.say(label_key), std::move(type)};
  made.value = made.type == "password" ? std::string() : visit.field(name);
  made.autocomplete = std::move(autocomplete);
  return made;
}

std::string moment(const Visit& visit, base::Instant at) {
  const auto zone = visit.who ? visit.who->preferences.zone : std::string("UTC");
  auto iso = base::to_iso_offset(at);
  // The zone's own wall clock, where this machine knows the zone.
  if (const auto local = local_iso(at, zone); !local.empty()) iso = local;
  return visit.words->short_day(iso) + ", " + visit.words->hour(iso);
}

}  // namespace pages::account
