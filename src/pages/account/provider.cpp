// Signing in through another service (OpenID Connect), and connecting one.
#include <fmt/format.h>

#include "http/cookies.gen.h"
#include "pages/account/handlers.h"

namespace pages::account {
namespace {

using accounts::OidcFault;

const accounts::Provider* find(const AccountContext& context, std::string_view name) {
  if (context.oidc == nullptr) return nullptr;
  for (const auto& one : context.oidc->providers())
    if (one.name == name) return &one;
  return nullptr;
}

std::string return_url(const AccountContext& context, std::string_view provider) {
  return fmt::format("{}/account/sign-in/with/{}/back", context.public_url, provider);
}

std::string_view words_of(OidcFault why) {
  switch (why) {
    case OidcFault::Unreachable:
    case OidcFault::UnknownProvider:
      return "a.oidc.unreachable";
    case OidcFault::Denied:
      return "a.oidc.denied";
    case OidcFault::NoAddress:
      return "a.oidc.no_address";
    case OidcFault::AddressTaken:
      return "a.oidc.address_taken";
    case OidcFault::WrongState:
    case OidcFault::WrongIssuer:
    case OidcFault::BadToken:
      return "a.oidc.failed";
  }
  return "a.oidc.failed";
}

http::Response trouble(const AccountContext& context, const Visit& visit, OidcFault why) {
  return say_only(context, visit, why == OidcFault::Unreachable ? 502 : 422, "a.oidc.title",
                  words_of(why), visit.who ? "/account/security" : "/account/sign-in",
                  visit.who ? "a.security" : "a.sign_in");
}

// To the other service, with what binds its answer to this browser.
Answer away(AccountContext& context, VisitPtr visit) {
  const std::string name(visit->request.parameter("provider"));
  if (find(context, name) == nullptr)
    co_return say_only(context, *visit, 404, "a.oidc.title", "a.oidc.unreachable",
                       "/account/sign-in", "a.sign_in");
  auto begun = co_await context.oidc->begin(name, return_url(context, name));
  if (!begun) co_return trouble(context, *visit, begun.error());
  // The one redirect of the program that leaves it: to where the operator's own provider says.
  http::Response response;
  response.status = 303;
  response.content_type = {};
  response.headers = {
      {"Location", begun->url}, {"Cache-Control", "no-store"}, {"Referrer-Policy", "no-referrer"}};
  response.cookies.set(http::cookie::kProvider, begun->state);
  co_return response;
}

}  // namespace

Answer begin_provider(AccountContext& context, VisitPtr visit) {
  if (visit->who) co_return go("/account/security");
  co_return co_await away(context, visit);
}

Answer connect_provider(AccountContext& context, VisitPtr visit) {
  co_return co_await away(context, visit);
}

Answer provider_back(AccountContext& context, VisitPtr visit) {
  const std::string name(visit->request.parameter("provider"));
  if (find(context, name) == nullptr)
    co_return say_only(context, *visit, 404, "a.oidc.title", "a.oidc.unreachable",
                       "/account/sign-in", "a.sign_in");
  accounts::Oidc::Back back;
  back.provider = name;
  back.state = visit->query("state");
  back.state_cookie = http::value_of(visit->request, http::cookie::kProvider);
  back.code = visit->query("code");
  back.issuer = visit->query("iss");
  back.error = visit->query("error");
  back.return_url = return_url(context, name);
  back.signed_in_person = visit->person();
  auto found = co_await context.oidc->finish(std::move(back));
  http::Response response;
  if (!found) {
    response = trouble(context, *visit, found.error());
  } else if (visit->who) {
    response = done(*visit, "/account/security", "connected");
  } else if (found->person_id == 0) {
    auto email = found->email;
    response = co_await sign_up_as(context, visit, std::move(email));
  } else {
    const auto started = co_await context.desks.sign_in.proven(
        found->person_id, accounts::Method::Provider, visit->origin, accounts::Keep::ThisSession);
    response = go("/account");
    keep(response, started);
  }
  response.cookies.clear(http::cookie::kProvider);
  co_return response;
}

base::Task<std::optional<Card>> provider_card(AccountContext& context, VisitPtr visit) {
  if (context.oidc == nullptr || context.oidc->providers().empty()) co_return std::nullopt;
  const auto mine = co_await context.oidc->list(visit->person());
  Card card{"providers", visit->say("a.providers"), {visit->say("a.providers_text")}};
  for (const auto& one : context.oidc->providers()) {
    const auto has = std::ranges::find(mine, one.name, &accounts::Oidc::Identity::provider);
    if (has == mine.end()) {
      card.links.emplace_back("/account/security/connect/" + one.name,
                              visit->words->get("a.connect", {{"name", one.title}}));
      continue;
    }
    Item item{one.title};
    item.lines = {visit->words->get("a.since", {{"when", moment(*visit, has->created_at)}})};
    item.forms = {button(*visit, "/account/security/disconnect", "a.disconnect", "provider",
                         one.name, one.title, "quiet")};
    card.items.push_back(item);
  }
  co_return card;
}

Answer disconnect_provider(AccountContext& context, VisitPtr visit) {
  bool is_gone = false;
  if (context.oidc != nullptr)
    is_gone = co_await context.oidc->disconnect(visit->person(), visit->field("provider"));
  if (!is_gone)
    co_return say_only(context, *visit, 409, "a.providers", "a.last_way_in", "/account/security",
                       "a.back");
  co_return done(*visit, "/account/security", "removed");
}

}  // namespace pages::account
