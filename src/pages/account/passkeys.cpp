// The passkey ceremonies: JSON for the island (web/pages/passkey.js), in forms with their token.
#include "base/json_writer.h"
#include "crypto/base64.h"
#include "http/cookies.gen.h"
#include "pages/account/handlers.h"

namespace pages::account {
namespace {

http::Response json(int status, std::string body) {
  auto response = http::json(status, std::move(body));
  response.headers.emplace_back("Cache-Control", "no-store, no-transform");
  return response;
}

http::Response go_to(std::string_view path) {
  base::JsonWriter writer;
  writer.begin_object().key("go").value(path).end_object();
  return json(200, std::move(writer).text());
}

http::Response failed(const Visit& visit) {
  base::JsonWriter writer;
  writer.begin_object().key("error").value(visit.say("a.passkey_failed")).end_object();
  return json(422, std::move(writer).text());
}

}  // namespace

Answer begin_passkey_sign_in(AccountContext& context, VisitPtr) {
  auto options = co_await context.desks.passkeys.begin_sign_in();
  co_return json(200, std::move(options));
}

Answer passkey_sign_in(AccountContext& context, VisitPtr visit) {
  auto person =
      co_await context.desks.passkeys.finish_sign_in(visit->field("answer"), visit->origin);
  if (!person) co_return failed(*visit);
  const auto stays =
      visit->field("stay").empty() ? accounts::Keep::ThisSession : accounts::Keep::ThisBrowser;
  const auto started = co_await context.desks.sign_in.proven(
      person.value(), accounts::Method::Passkey, visit->origin, stays);
  auto response = go_to(next_of(*visit));
  keep(response, started);
  response.cookies.clear(http::cookie::kForm);
  co_return response;
}

Answer passkey_again(AccountContext& context, VisitPtr visit) {
  auto person =
      co_await context.desks.passkeys.finish_sign_in(visit->field("answer"), visit->origin);
  // Somebody else's passkey proves nothing about this session.
  if (!person || person.value() != visit->person()) co_return failed(*visit);
  const auto renewed = co_await context.desks.sessions.renew(
      visit->token, static_cast<accounts::Methods>(accounts::Method::Passkey));
  if (!renewed) co_return failed(*visit);
  auto response = go_to(next_of(*visit));
  keep(response, *renewed);
  co_return response;
}

Answer begin_passkey(AccountContext& context, VisitPtr visit) {
  auto options = co_await context.desks.passkeys.begin_adding(visit->person());
  co_return json(200, std::move(options));
}

Answer add_passkey(AccountContext& context, VisitPtr visit) {
  auto label = visit->field("label");
  if (label.empty()) label = visit->origin.device;
  const auto added = co_await context.desks.passkeys.finish_adding(
      visit->person(), visit->field("answer"), std::move(label), visit->origin);
  if (!added) co_return failed(*visit);
  co_return go_to("/account/security?done=passkey_added");
}

Answer remove_passkey(AccountContext& context, VisitPtr visit) {
  const auto credential = crypto::from_base64url(visit->field("passkey"));
  bool is_gone = false;
  if (credential)
    is_gone = co_await context.desks.passkeys.remove(visit->person(), *credential, visit->origin);
  if (!is_gone)
    co_return say_only(context, *visit, 409, "a.passkeys", "a.last_way_in", "/account/security",
                       "a.back");
  co_return done(*visit, "/account/security", "removed");
}

}  // namespace pages::account
