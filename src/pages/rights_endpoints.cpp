#include "pages/rights_endpoints.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "pages/child_report.h"
#include "pages/link.h"
#include "pages/rights_view.h"

namespace pages {
namespace {

using base::Task;
using http::Request;
using http::Response;
using Form = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMostForm = 16 * 1024;
constexpr personal::Actor kPerson{personal::ActorKind::Subject, 0};

std::string value_of(const Form& form, std::string_view key) {
  for (const auto& [name, value] : form) {
    if (name == key) return value;
  }
  return {};
}

Form form_of(const Request& request) {
  if (request.body().size() > kMostForm) return {};
  return http::parse_query(request.body(), http::Plus::IsSpace);
}

Form query_of(const Request& request) {
  return http::parse_query(request.query(), http::Plus::IsSpace);
}

const Words& words_of(const Request& request, std::string_view otherwise = {}) {
  const auto chosen = value_of(query_of(request), "lang");
  return Words::choose(chosen.empty() ? otherwise : std::string_view(chosen),
                       request.header("Accept-Language"));
}

Response page(int status, std::string body) {
  auto response = http::html(status, std::move(body));
  auto& headers = response.headers;
  headers.emplace_back("Content-Security-Policy",
                       "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
                       "form-action 'self'; frame-ancestors 'none'");
  headers.emplace_back("Referrer-Policy", "no-referrer");
  headers.emplace_back("X-Robots-Tag", "noindex, nofollow");
  headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response go_to(std::string place) {
  auto response = page(303, {});
  response.headers.emplace_back("Location", std::move(place));
  return response;
}

// A browser says where a form was sent from; another site's is refused (the token protects
// already).
bool is_foreign(const Request& request) {
  const auto site = request.header("Sec-Fetch-Site");
  return !site.empty() && site != "same-origin" && site != "none";
}

std::string path_of(const Request& request) {
  return fmt::format("/rights/mine/{}", request.parameter("token"));
}

Task<Response> start(Request request) {
  co_return page(200, render_rights_start(words_of(request), value_of(query_of(request), "t")));
}

// The parcel whose page the person came from, and the address the shop gave for it.
std::optional<rights::ShipmentPlace> about_of(RightsContext& context, const Form& form) {
  const auto token = value_of(form, "t");
  if (token.empty()) return std::nullopt;
  const auto place = read_tracking_token(context.shipments.vault(), token);
  if (!place) return std::nullopt;
  return rights::ShipmentPlace{place->account_id, place->id};
}

Task<Response> ask(RightsContext& context, Request request) {
  const auto& words = words_of(request);
  if (is_foreign(request)) co_return page(403, render_rights_start(words, {}));
  const auto form = form_of(request);
  const auto address = value_of(form, "address");
  auto work = [&](store::Tx& tx) {
    context.visits.ask(tx, address, words.language(), about_of(context, form));
    return 0;
  };
  co_await context.database.write(work);
  co_return page(200, render_rights_sent(words));
}

Task<Response> link(RightsContext& context, Request request) {
  const std::string token(request.parameter("token"));
  auto work = [&](store::Tx& tx) { return context.visits.is_good(tx, token); };
  const bool is_good = co_await context.database.read(work);
  const auto& words = words_of(request);
  co_return is_good ? page(200, render_rights_confirm(words))
                    : page(410, render_rights_gone(words));
}

Task<Response> enter(RightsContext& context, Request request) {
  const std::string token(request.parameter("token"));
  const auto& words = words_of(request);
  if (is_foreign(request)) co_return page(403, render_rights_gone(words));
  auto work = [&](store::Tx& tx) {
    auto entered = context.visits.enter(tx, token);
    if (entered) context.acts.proved(tx, *entered);
    return entered;
  };
  const auto visit = co_await context.database.write(work);
  if (!visit) co_return page(410, render_rights_gone(words));
  co_return go_to(fmt::format("/rights/mine/{}?lang={}", *visit, words.language()));
}

rights::Asker asker_of(const rights::Visit& visit, std::string_view language) {
  rights::Asker asker;
  asker.address = visit.address;
  asker.language = language;
  return asker;
}

// ---- The visit's own page

struct Mine {
  rights::Visit visit;
  rights::Report report;
  std::vector<rights::Case> cases;
  bool is_restricted = false;
};

std::vector<rights::Case> cases_of(RightsContext& context, store::Tx& tx,
                                   const rights::Person& person) {
  std::vector<rights::Case> all;
  for (const auto& held : person.held) {
    rights::Desk::Filter filter;
    filter.account_id = held.account_id;
    filter.address_hash = held.address_hash;
    filter.only_open = false;
    for (auto& one : context.desk.list(tx, filter)) all.push_back(std::move(one));
  }
  return all;
}

// Waits for the visit in a writing transaction, which prolongs it; then reads.
Task<std::optional<Mine>> open_visit(RightsContext& context, std::string token) {
  auto look = [&](store::Tx& tx) { return context.visits.find(tx, token); };
  auto visit = co_await context.database.write(look);
  if (!visit) co_return std::nullopt;
  auto& vault = context.shipments.vault();
  auto read = [&](store::Tx& tx) {
    Mine mine;
    mine.visit = *visit;
    const auto person = rights::find_person(tx, vault, visit->address);
    mine.report =
        rights::report_on(tx, vault, context.ledger, person, kPerson, context.clock.now());
    mine.cases = cases_of(context, tx, person);
    mine.is_restricted = context.acts.is_restricted(tx, person);
    return mine;
  };
  co_return co_await context.database.read(read);
}

Task<Response> mine(RightsContext& context, Request request) {
  const auto opened = co_await open_visit(context, std::string(request.parameter("token")));
  if (!opened) co_return page(410, render_rights_gone(words_of(request)));
  const auto& words = words_of(request, opened->visit.language);
  const auto done = value_of(query_of(request), "done");
  RightsPage view{path_of(request),
                  opened->report,
                  context.shop,
                  opened->cases,
                  rights::authority_of(context.desk.options().country),
                  std::nullopt,
                  opened->is_restricted,
                  static_cast<bool>(context.send)};
  const bool is_good = done != "nothing" && done != "invitation" && done != "unmoved";
  if (!done.empty()) view.notice = RightsNotice{"rights.done." + done, is_good};
  co_return page(200, render_rights_mine(view, words));
}

enum class FileForm : std::uint8_t { Json, Csv, Portable };
Task<std::optional<rights::Portable>> portable_of(RightsContext& context, std::string token) {
  auto look = [&](store::Tx& tx) { return context.visits.find(tx, token); };
  const auto visit = co_await context.database.write(look);
  if (!visit) co_return std::nullopt;
  auto read = [&](store::Tx& tx) {
    const auto person = rights::find_person(tx, context.shipments.vault(), visit->address);
    return rights::portable_of(tx, context.shipments, context.ledger, person, kPerson);
  };
  co_return co_await context.database.read(read);
}

Response file(std::string_view type, std::string_view name, std::string body) {
  Response response;
  response.content_type = type;
  response.body = std::move(body);
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Content-Disposition",
                                fmt::format("attachment; filename=\"{}\"", name));
  return response;
}

Task<Response> data_file(RightsContext& context, Request request, FileForm form) {
  const std::string token(request.parameter("token"));
  if (form == FileForm::Portable) {
    const auto portable = co_await portable_of(context, token);
    if (!portable) co_return page(410, render_rights_gone(words_of(request)));
    co_return file("application/json", "my-parcels.json", rights::to_json(*portable));
  }
  const auto opened = co_await open_visit(context, token);
  if (!opened) co_return page(410, render_rights_gone(words_of(request)));
  co_return form == FileForm::Json
      ? file("application/json", "my-data.json", rights::to_json(opened->report, context.shop))
      : file("text/csv; charset=utf-8", "my-data.csv",
             rights::to_csv(opened->report, context.shop));
}

// ---- To another Milepost, by the address that the person got there.

Task<Response> transfer(RightsContext& context, Request request) {
  const auto& words = words_of(request);
  if (is_foreign(request)) co_return page(403, render_rights_gone(words));
  const std::string token(request.parameter("token")), language(words.language());
  const auto back = [&](std::string_view done) {
    return go_to(fmt::format("{}?done={}&lang={}", path_of(request), done, language));
  };
  const auto invitation = rights::parse_invitation(value_of(form_of(request), "invitation"));
  if (!invitation || !context.send) co_return back("invitation");
  auto portable = co_await portable_of(context, token);
  if (!portable) co_return page(410, render_rights_gone(words));
  const auto receipt = co_await context.send(std::move(*portable), *invitation);
  if (!receipt) {
    base::log(base::Level::Warning, "rights.transfer_failed", {{"why", receipt.error()}});
    co_return back("unmoved");
  }
  auto keep = [&](store::Tx& tx) {
    const auto visit = context.visits.find(tx, token);
    if (visit) context.acts.note_moved(tx, asker_of(*visit, language), *receipt);
    return 0;
  };
  co_await context.database.write(keep);
  co_return page(200, render_rights_moved(*receipt, path_of(request), words));
}

// ---- Acts. Each finds the visit again in the transaction that acts.

// "7.0123.." as the form sends a parcel: only one of the visit's own.
std::optional<rights::ShipmentPlace> own_parcel(store::Tx& tx, RightsContext& context,
                                                const rights::Visit& visit, std::string_view sent) {
  const auto person = rights::find_person(tx, context.shipments.vault(), visit.address);
  for (const auto& held : person.held) {
    for (const auto& shipment : held.shipments) {
      if (fmt::format("{}.{}", held.account_id, shipment.id.hex()) == sent)
        return rights::ShipmentPlace{held.account_id, shipment.id};
    }
  }
  return std::nullopt;
}

// What an act leaves behind: the word of the message, or nothing when the visit is over.
using Done = std::optional<std::string>;

Done word(const rights::Acts::Done& done, const char* what) { return done ? what : "nothing"; }

Done rectify(RightsContext& context, store::Tx& tx, const rights::Visit& visit, const Form& form,
             std::string_view language) {
  const auto place = own_parcel(tx, context, visit, value_of(form, "parcel"));
  const auto what = rights::parse_correctable(value_of(form, "field"));
  if (!place || !what) return "nothing";
  return word(
      context.acts.rectify(tx, asker_of(visit, language), *place, *what, value_of(form, "value")),
      "rectification");
}

Done object(RightsContext& context, store::Tx& tx, const rights::Visit& visit, const Form&,
            std::string_view language) {
  return word(context.acts.object(tx, asker_of(visit, language)), "objection");
}

Done restrict(RightsContext& context, store::Tx& tx, const rights::Visit& visit, const Form&,
              std::string_view language) {
  return word(context.acts.restrict(tx, asker_of(visit, language)), "restriction");
}

Done lift(RightsContext& context, store::Tx& tx, const rights::Visit& visit, const Form&,
          std::string_view language) {
  return word(context.acts.lift(tx, asker_of(visit, language)), "unrestricted");
}

Done withdraw(RightsContext& context, store::Tx& tx, const rights::Visit& visit, const Form&,
              std::string_view language) {
  return word(context.acts.withdraw(tx, asker_of(visit, language)), "withdrawal");
}

Done write_in(RightsContext& context, store::Tx& tx, const rights::Visit& visit, const Form& form,
              std::string_view language) {
  const auto kind = rights::parse_kind(value_of(form, "kind"));
  if (!kind) return "nothing";
  const auto person = rights::find_person(tx, context.shipments.vault(), visit.address);
  std::vector<std::int64_t> controllers;
  for (const auto& held : person.held) {
    if (!held.shipments.empty()) controllers.push_back(held.account_id);
  }
  // A complaint, or nothing held: the operator's.
  if (*kind == rights::Kind::Complaint || controllers.empty()) controllers.push_back(0);
  for (const auto account : controllers) {
    rights::Request request;
    request.account_id = account;
    request.kind = *kind;
    request.language = language;
    request.address = rights::CaseAddress(visit.address, personal::Label(personal::Source::Buyer));
    request.words = rights::CaseWords(rights::one_line(value_of(form, "words"), 4000),
                                      personal::Label(personal::Source::Buyer));
    context.desk.open(tx, request);
  }
  return "other";
}

using Act = Done (*)(RightsContext&, store::Tx&, const rights::Visit&, const Form&,
                     std::string_view);

Task<Response> act(RightsContext& context, Request request, Act does) {
  const auto& words = words_of(request);
  if (is_foreign(request)) co_return page(403, render_rights_gone(words));
  const std::string token(request.parameter("token"));
  const auto form = form_of(request);
  auto work = [&](store::Tx& tx) -> Done {
    const auto visit = context.visits.find(tx, token);
    if (!visit) return std::nullopt;
    return does(context, tx, *visit, form, words.language());
  };
  const auto done = co_await context.database.write(work);
  if (!done) co_return page(410, render_rights_gone(words));
  if ((*done == "restriction" || *done == "unrestricted") && context.restrictions != nullptr) {
    auto refresh = [&] {
      context.restrictions->refresh();
      return 0;
    };
    co_await context.aside.run(refresh);
  }
  co_return go_to(fmt::format("{}?done={}&lang={}", path_of(request), *done, words.language()));
}

// ---- Erasure: on a thread of its own, since it waits for both stores.

std::optional<rights::Certificate> erase_now(RightsContext& context, const std::string& token,
                                             const std::string& language) {
  const auto visit =
      context.database.write_now([&](store::Tx& tx) { return context.visits.find(tx, token); });
  if (!visit) return std::nullopt;
  const auto erased = context.acts.erase(asker_of(*visit, language));
  if (erased) return erased->certificate;
  rights::Certificate nothing;  // nothing was there, so nothing is: that is true as well
  nothing.id = base::Id::make(context.clock.now());
  nothing.at = context.clock.now();
  nothing.article = rights::decide({}).article;
  return nothing;
}

Task<Response> erase(RightsContext& context, Request request) {
  const auto& words = words_of(request);
  if (is_foreign(request)) co_return page(403, render_rights_gone(words));
  const std::string token(request.parameter("token")), language(words.language());
  if (value_of(form_of(request), "sure") != "yes")
    co_return go_to(fmt::format("{}?done=nothing&lang={}", path_of(request), language));
  auto work = [&] { return erase_now(context, token, language); };
  const auto erased = co_await context.aside.run(work);
  if (!erased) co_return page(410, render_rights_gone(words));
  auto response = page(200, render_rights_erased(rights::to_text(*erased), words));
  response.headers.emplace_back("Clear-Site-Data", "\"cache\", \"storage\"");
  co_return response;
}

Task<Response> leave(RightsContext& context, Request request) {
  const std::string token(request.parameter("token"));
  auto work = [&](store::Tx& tx) {
    context.visits.end(tx, token);
    return 0;
  };
  co_await context.database.write(work);
  auto response = page(200, render_rights_left(words_of(request)));
  response.headers.emplace_back("Clear-Site-Data", "\"cache\", \"storage\"");
  co_return response;
}

}  // namespace

std::string open_rights_visit(store::Tx& tx, RightsContext& context, std::string_view address,
                              std::string_view language) {
  return fmt::format("/rights/mine/{}?lang={}", context.visits.begin(tx, address, language),
                     language);
}

void add_rights_routes(http::Router& router, RightsContext& context) {
  router.add("GET", "/rights", [](Request r) { return start(std::move(r)); });
  router.add("POST", "/rights", [&context](Request r) { return ask(context, std::move(r)); });
  router.add("GET", "/rights/link/{token}",
             [&context](Request r) { return link(context, std::move(r)); });
  router.add("POST", "/rights/link/{token}",
             [&context](Request r) { return enter(context, std::move(r)); });
  router.add("GET", "/rights/mine/{token}",
             [&context](Request r) { return mine(context, std::move(r)); });
  router.add("GET", "/rights/mine/{token}/data.json",
             [&context](Request r) { return data_file(context, std::move(r), FileForm::Json); });
  router.add("GET", "/rights/mine/{token}/data.csv",
             [&context](Request r) { return data_file(context, std::move(r), FileForm::Csv); });
  router.add("GET", "/rights/mine/{token}/portable.json", [&context](Request r) {
    return data_file(context, std::move(r), FileForm::Portable);
  });
  router.add("POST", "/rights/mine/{token}/transfer",
             [&context](Request r) { return transfer(context, std::move(r)); });
  router.add("POST", "/rights/mine/{token}/rectification",
             [&context](Request r) { return act(context, std::move(r), rectify); });
  router.add("POST", "/rights/mine/{token}/objection",
             [&context](Request r) { return act(context, std::move(r), object); });
  router.add("POST", "/rights/mine/{token}/restriction",
             [&context](Request r) { return act(context, std::move(r), restrict); });
  router.add("POST", "/rights/mine/{token}/lifting",
             [&context](Request r) { return act(context, std::move(r), lift); });
  router.add("POST", "/rights/mine/{token}/withdrawal",
             [&context](Request r) { return act(context, std::move(r), withdraw); });
  router.add("POST", "/rights/mine/{token}/other",
             [&context](Request r) { return act(context, std::move(r), write_in); });
  router.add("POST", "/rights/mine/{token}/erasure",
             [&context](Request r) { return erase(context, std::move(r)); });
  router.add("POST", "/rights/mine/{token}/leave",
             [&context](Request r) { return leave(context, std::move(r)); });
  add_child_routes(router, context);
  router.errors_below("/rights", [](int status, const Request* request) {
    return page(status, request != nullptr ? render_rights_gone(words_of(*request))
                                           : render_rights_gone(*Words::find("en")));
  });
}

}  // namespace pages
