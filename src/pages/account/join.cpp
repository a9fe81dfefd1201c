// Joining: the form, the letter's link, an invitation.
#include "http/cookies.gen.h"
#include "pages/account/handlers.h"
#include "policy/versions.h"

namespace pages::account {
namespace {

// What is agreed to is the very text shown, by its hash (clauses 13 and 21).
struct Texts {
  std::string policy, terms;
};
base::Task<Texts> texts_in_force(AccountContext& context, VisitPtr visit) {
  auto work = [&](store::Tx& tx) {
    Texts texts;
    const auto hash = [&](std::string_view document) {
      const auto found =
          policy::in_force(tx, document, visit->words->language(), context.clock.now());
      return found ? found->hash : std::string("unpublished");
    };
    texts.policy = hash("policy");
    texts.terms = hash("terms");
    return texts;
  };
  co_return co_await context.database.read(work);
}

std::vector<Field> agreement_fields(const Visit& visit, bool with_errors) {
  auto agree = field(visit, "agree", "a.agree", "checkbox");
  agree.label_link = "/terms";
  agree.label_link_text = visit.say("a.agree_link");
  auto age = field(visit, "age", "a.age", "checkbox");
  if (with_errors && visit.field("agree").empty()) agree.error = visit.say("a.agree_missing");
  if (with_errors && visit.field("age").empty()) age.error = visit.say("a.age_missing");
  agree.is_checked = !visit.field("agree").empty();
  age.is_checked = !visit.field("age").empty();
  return {agree, age};
}

accounts::Agreement agreement_of(const Visit& visit) {
  return {visit.field("policy"), visit.field("terms"),
          !visit.field("age").empty() && !visit.field("agree").empty()};
}

Screen sign_up_screen(const Visit& visit, const Texts& texts, const std::string& email_error,
                      bool with_errors, const std::string& known_email = {}) {
  Screen screen{visit.say("a.sign_up"), visit.say("a.sign_up_lead")};
  screen.is_narrow = true;
  ScreenForm form{"/account/sign-up", visit.say("a.sign_up")};
  auto email = field(visit, "email", "a.email", "email", "email");
  email.error = email_error;
  if (!known_email.empty()) email.value = known_email;
  form.fields = {email};
  for (auto& one : agreement_fields(visit, with_errors)) form.fields.push_back(one);
  form.hidden = {{"policy", texts.policy}, {"terms", texts.terms}};
  if (!email_error.empty()) form.hidden.emplace_back("sure", visit.field("email"));
  Card card{"sign-up"};
  card.forms = {form};
  card.links = {{"/account/sign-in", visit.say("a.have_account")},
                {"/privacy", visit.say("a.read_policy")}};
  screen.cards = {card};
  return screen;
}

Screen welcome_screen(const Visit& visit, const std::string& error) {
  Screen screen{visit.say("a.welcome"), visit.say("a.welcome_lead")};
  screen.is_narrow = true;
  Card card{"welcome"};
  auto name = field(visit, "name", "a.name", "text", "name");
  name.is_required = false;
  name.hint = visit.say("a.name_hint");
  auto password = field(visit, "password", "a.password", "password", "new-password");
  password.value.clear();
  password.is_required = false;
  password.hint = visit.say("a.password_hint");
  password.error = error;
  const auto token = visit.field("token").empty() ? visit.query("token") : visit.field("token");
  card.forms = {{"/account/welcome", visit.say("a.finish"), {name, password}, {{"token", token}}}};
  card.texts = {visit.say("a.passkey_instead")};
  screen.cards = {card};
  return screen;
}

std::string trouble_words(const Visit& visit, const accounts::SignUps::Trouble& trouble) {
  if (trouble.is_busy) return visit.say("a.busy");
  if (trouble.password) return visit.say("a.password." + std::string(word(*trouble.password)));
  if (trouble.person == accounts::PersonError::LinkUsed) return visit.say("a.link_used");
  return visit.say("a.not_right");
}

// In, and from here to a passkey when there is no password yet.
Answer enter(AccountContext& context, VisitPtr visit, std::int64_t person_id, bool has_password) {
  const auto started = co_await context.desks.sign_in.proven(
      person_id, accounts::Method::Link, visit->origin, accounts::Keep::ThisSession);
  auto response = has_password ? done(*visit, "/account", "welcome")
                               : done(*visit, "/account/security", "add_passkey");
  keep(response, started);
  response.cookies.clear(http::cookie::kForm);
  co_return response;
}

}  // namespace

Answer sign_up_page(AccountContext& context, VisitPtr visit) {
  if (visit->query("sent") == "1")
    co_return say_only(context, *visit, 200, "a.sent", "a.sent_text");
  if (!context.is_sign_up_open)
    co_return say_only(context, *visit, 200, "a.sign_up_closed", "a.sign_up_closed_text",
                       "/account/sign-in", "a.have_account");
  const auto texts = co_await texts_in_force(context, visit);
  co_return show(context, *visit, sign_up_screen(*visit, texts, {}, false));
}

Answer sign_up_as(AccountContext& context, VisitPtr visit, std::string email) {
  if (!context.is_sign_up_open)
    co_return say_only(context, *visit, 403, "a.sign_up_closed", "a.sign_up_closed_text",
                       "/account/sign-in", "a.have_account");
  const auto texts = co_await texts_in_force(context, visit);
  co_return show(context, *visit, sign_up_screen(*visit, texts, {}, false, email));
}

Answer sign_up(AccountContext& context, VisitPtr visit) {
  if (!context.is_sign_up_open)
    co_return say_only(context, *visit, 403, "a.sign_up_closed", "a.sign_up_closed_text",
                       "/account/sign-in", "a.have_account");
  const auto texts = co_await texts_in_force(context, visit);
  const auto email = visit->field("email");
  std::string error;
  if (!accounts::looks_like_email(email)) error = visit->say("a.email_wrong");
  // A domain that was probably meant otherwise: asked once, not insisted on.
  const auto meant = accounts::domain_meant(email);
  if (error.empty() && !meant.empty() && visit->field("sure") != email)
    error = visit->words->get("a.email_meant", {{"domain", meant}});
  const auto agreement = agreement_of(*visit);
  if (!error.empty() || !agreement.is_of_age)
    co_return show(context, *visit, sign_up_screen(*visit, texts, error, true), 422);
  accounts::SignUpRequest wanted{email, std::string(visit->words->language()), agreement};
  const auto asked = co_await context.desks.sign_ups.ask(std::move(wanted));
  if (!asked)
    co_return show(context, *visit,
                   sign_up_screen(*visit, texts, visit->say("a.email_wrong"), true), 422);
  co_return done(*visit, "/account/sign-up?sent=1");
}

Answer welcome_page(AccountContext& context, VisitPtr visit) {
  const bool is_good = co_await context.desks.sign_ups.see(visit->query("token"));
  if (!is_good)
    co_return say_only(context, *visit, 410, "a.link_title", "a.link_used", "/account/sign-up",
                       "a.sign_up");
  co_return show(context, *visit, welcome_screen(*visit, {}));
}

Answer welcome(AccountContext& context, VisitPtr visit) {
  accounts::SignUps::Finish finish;
  finish.token = visit->field("token");
  finish.name = visit->field("name");
  if (!visit->field("password").empty()) finish.password = visit->field("password");
  finish.preferences.language = visit->words->language();
  const bool has_password = finish.password.has_value();
  auto joined = co_await context.desks.sign_ups.finish(std::move(finish));
  if (!joined)
    co_return show(context, *visit, welcome_screen(*visit, trouble_words(*visit, joined.error())),
                   422);
  co_return co_await enter(context, visit, joined.value().person_id, has_password);
}

Answer invitation_page(AccountContext& context, VisitPtr visit) {
  const auto token = visit->query("token");
  const auto offered = co_await context.desks.teams.see(token);
  if (!offered) co_return say_only(context, *visit, 410, "a.link_title", "a.link_used");
  if (offered->is_known && !visit->who)
    co_return go("/account/sign-in?next=%2Faccount%2Finvitation%3Ftoken%3D" + token);
  const auto role = visit->say("a.role." + std::string(word(offered->role)));
  Screen screen{
      visit->say("a.invited"),
      visit->words->get("a.invited_lead",
                        {{"team", accounts::team_name(offered->account_id)}, {"role", role}})};
  screen.is_narrow = true;
  ScreenForm form{"/account/invitation", visit->say("a.accept")};
  form.hidden = {{"token", token}};
  if (!visit->who) {
    const auto texts = co_await texts_in_force(context, visit);
    auto name = field(*visit, "name", "a.name", "text", "name");
    name.is_required = false;
    form.fields = {name};
    for (auto& one : agreement_fields(*visit, visit->query("missing") == "1"))
      form.fields.push_back(one);
    form.hidden.emplace_back("policy", texts.policy);
    form.hidden.emplace_back("terms", texts.terms);
  }
  Card card{"invitation"};
  card.forms = {form};
  screen.cards = {card};
  co_return show(context, *visit, screen);
}

Answer invitation(AccountContext& context, VisitPtr visit) {
  const auto token = visit->field("token");
  if (visit->who) {
    auto accepted = co_await context.desks.teams.accept(token, visit->person());
    if (!accepted) co_return say_only(context, *visit, 410, "a.link_title", "a.link_used");
    co_await context.desks.sessions.choose(visit->who->session, visit->person(), accepted.value());
    co_return done(*visit, "/account", "joined");
  }
  const auto agreement = agreement_of(*visit);
  if (!agreement.is_of_age) co_return go("/account/invitation?missing=1&token=" + token);
  accounts::Preferences preferences;
  preferences.language = visit->words->language();
  auto person = co_await context.desks.teams.accept_as_new(token, visit->field("name"), agreement,
                                                           preferences);
  if (!person) co_return say_only(context, *visit, 410, "a.link_title", "a.link_used");
  co_return co_await enter(context, visit, person.value(), false);
}

}  // namespace pages::account
