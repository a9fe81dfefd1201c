#include "pages/ask_endpoints.h"

#include <fmt/format.h>

#include "pages/choice.h"
#include "pages/link.h"
#include "pages/visit.h"

namespace pages {
namespace {

using base::Task;
using http::Request, http::Response;

constexpr std::size_t kMostAddress = 254;  // RFC 5321 4.5.3.1.3, less the brackets

Response back(const Request& request, std::string_view what) {
  const auto lang = query_value(request, "lang");
  return go(fmt::format("/t/{}?asked={}{}{}#ask", request.parameter("token"), what,
                        Words::find(lang) != nullptr ? "&lang=" : "",
                        Words::find(lang) != nullptr ? lang : ""));
}

Task<Response> ask(AskContext& context, Request request) {
  const auto place = read_tracking_token(context.vault, request.parameter("token"));
  if (!place) co_return http::text(404, "");
  if (!is_from_own_site(request)) co_return back(request, "no");
  const auto form = form_of(request);
  const auto address = value_of(form, "address");
  if (address.size() > kMostAddress || address.find('@') == std::string_view::npos ||
      address.find_first_of("\r\n<>") != std::string_view::npos)
    co_return back(request, "address_bad");
  support::Question question;
  question.account_id = place->account_id;
  question.shipment = place->id;
  question.about = std::string(value_of(form, "about"));
  question.language = std::string(words_of(request).language());
  question.address = address;
  question.text = value_of(form, "text");
  auto work = [&](store::Tx& tx) { return context.tickets.ask(tx, question); };
  const auto asked = co_await context.database.write(work);
  if (asked) co_return back(request, "yes");
  co_return back(request, asked.error() == support::Refusal::TooMany ? "many" : "no");
}

}  // namespace

void add_ask_routes(http::Router& router, AskContext& context) {
  router.add("POST", "/t/{token}/question",
             [&context](Request request) { return ask(context, std::move(request)); });
}

}  // namespace pages
