#include "pages/rights_endpoints.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "consent/person.h"
#include "consent/suppression.h"
#include "pages/link.h"
#include "pages/rights_view.h"
#include "rights/correction.h"
#include "rights/propagation.h"

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
  auto work = [&](store::Tx& tx) { return context.visits.enter(tx, token); };
  const auto visit = co_await context.database.write(work);
  if (!visit) co_return page(410, render_rights_gone(words));
  co_return go_to(fmt::format("/rights/mine/{}?lang={}", *visit, words.language()));
}

// ---- The visit's own page

struct Mine {
  rights::Visit visit;
  rights::Report report;
  std::vector<rights::Case> cases;
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
                  std::nullopt};
  if (!done.empty()) view.notice = RightsNotice{"rights.done." + done, done != "nothing"};
  co_return page(200, render_rights_mine(view, words));
}

enum class FileForm { Json, Csv };
Task<Response> data_file(RightsContext& context, Request request, FileForm form) {
  const auto opened = co_await open_visit(context, std::string(request.parameter("token")));
  if (!opened) co_return page(410, render_rights_gone(words_of(request)));
  Response response;
  response.content_type = form == FileForm::Json ? "application/json" : "text/csv; charset=utf-8";
  response.body = form == FileForm::Json ? rights::to_json(opened->report, context.shop)
                                         : rights::to_csv(opened->report, context.shop);
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Content-Disposition",
                                form == FileForm::Json ? "attachment; filename=\"my-data.json\""
                                                       : "attachment; filename=\"my-data.csv\"");
  co_return response;
}

// ---- Acts. Each finds the visit again in the transaction that acts.

rights::Request request_of(const rights::Visit& visit, std::int64_t account, rights::Kind kind,
                           std::string_view language) {
  rights::Request request;
  request.account_id = account;
  request.kind = kind;
  request.language = language;
  request.address = rights::CaseAddress(visit.address, personal::Label(personal::Source::Buyer));
  return request;
}

// A case that the person's own act completes: opened, told to the shop, answered, closed.
void settle_at_once(RightsContext& context, store::Tx& tx, const rights::Request& request,
                    std::string_view answer) {
  const auto one = context.desk.open(tx, request, rights::Desk::Tell::Controller);
  const auto done = context.desk.complete(tx, one, answer, kPerson);
  if (!done) throw std::runtime_error("a case could not be closed");
}

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

Done rectify(RightsContext& context, store::Tx& tx, const rights::Visit& visit, const Form& form,
             std::string_view language) {
  const auto place = own_parcel(tx, context, visit, value_of(form, "parcel"));
  const auto what = rights::parse_correctable(value_of(form, "field"));
  if (!place || !what) return "nothing";
  const auto request = request_of(visit, place->account_id, rights::Kind::Rectification, language);
  const auto changed =
      rights::correct(tx, context.shipments, context.ledger, *place, *what, value_of(form, "value"),
                      base::Id(), kPerson, context.clock.now());
  if (!changed) return "nothing";
  settle_at_once(context, tx, request, "Corrected as you asked.");
  return "rectification";
}

Done object(RightsContext& context, store::Tx& tx, const rights::Visit& visit, const Form&,
            std::string_view language) {
  const consent::People people(context.shipments.vault());
  const auto person = rights::find_person(tx, context.shipments.vault(), visit.address);
  for (const auto& held : person.held) {
    if (held.account_id == 0) continue;
    if (const auto who = people.by_email(held.account_id, visit.address)) {
      consent::suppress(tx, held.account_id, *who,
                        {std::nullopt, consent::Why::Unsubscribed, context.clock.now(), {}});
    }
    settle_at_once(context, tx,
                   request_of(visit, held.account_id, rights::Kind::Objection, language),
                   "Nothing more is sent to this address.");
  }
  return person.held.empty() ? "nothing" : "objection";
}

Done restrict(RightsContext& context, store::Tx& tx, const rights::Visit& visit, const Form&,
              std::string_view language) {
  const auto person = rights::find_person(tx, context.shipments.vault(), visit.address);
  for (const auto& held : person.held) {
    if (held.shipments.empty()) continue;
    const auto request = request_of(visit, held.account_id, rights::Kind::Restriction, language);
    for (const auto& shipment : held.shipments) {
      if (shipment.subject == 0) continue;
      personal::Restrictions::place(tx, held.account_id, shipment.subject, "accuracy",
                                    context.clock.now());
      rights::propagate(tx, held.account_id, rights::SubjectEvent::Restricted, shipment.id, {}, 0,
                        context.clock.now());
    }
    settle_at_once(context, tx, request,
                   "Your data is stored and used for nothing until you say so.");
  }
  return person.shipments() == 0 ? "nothing" : "restriction";
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
    auto request = request_of(visit, account, *kind, language);
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
  if (*done == "restriction" && context.restrictions != nullptr) {
    auto refresh = [&] {
      context.restrictions->refresh();
      return 0;
    };
    co_await context.aside.run(refresh);
  }
  co_return go_to(fmt::format("{}?done={}&lang={}", path_of(request), *done, words.language()));
}

// ---- Erasure: on a thread of its own, since it waits for both stores.

struct Erased {
  rights::Certificate certificate;
  rights::Ruling ruling;
};

std::string shops_words(const rights::Certificate& certificate) {
  std::int64_t shipments = 0, keys = 0;
  for (const auto& account : certificate.accounts) {
    shipments += account.shipments;
    keys += account.keys_destroyed;
  }
  return fmt::format("{} parcels, {} keys", shipments, keys);
}

// The cases are opened before, because the letter needs the address, and closed after, because the
// certificate counts what is left.
std::optional<Erased> erase_now(RightsContext& context, const std::string& token,
                                const std::string& language) {
  std::vector<rights::Case> cases;
  rights::Person person;
  const bool is_open = context.database.write_now([&](store::Tx& tx) {
    cases.clear();
    const auto visit = context.visits.find(tx, token);
    if (!visit) return false;
    person = rights::find_person(tx, context.shipments.vault(), visit->address);
    for (const auto& held : person.held) {
      if (held.shipments.empty()) continue;
      cases.push_back(context.desk.open(
          tx, request_of(*visit, held.account_id, rights::Kind::Erasure, language),
          rights::Desk::Tell::Controller));
    }
    return true;
  });
  if (!is_open) return std::nullopt;
  Erased erased;
  erased.ruling = rights::decide({});
  erased.certificate =
      context.eraser.erase(person, erased.ruling, cases.empty() ? base::Id() : cases[0].id);
  context.database.write_now([&](store::Tx& tx) {
    for (const auto& one : cases) {
      // The case's own copy of the address is in hand; the stored one went with the erasure.
      const auto done =
          context.desk.finish(tx, one, "erasure-certificate",
                              {{"erased", shops_words(erased.certificate)},
                               {"kept", rights::held_words(erased.certificate)},
                               {"certificate", erased.certificate.id.hex()}},
                              rights::Outcome::Done, {}, rights::Step::DoneByPerson, kPerson);
      if (!done) throw std::runtime_error("an erasure's case could not be closed");
    }
    return 0;
  });
  return erased;
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
  auto response = page(200, render_rights_erased(rights::to_text(erased->certificate), words));
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
  router.add("POST", "/rights/mine/{token}/rectification",
             [&context](Request r) { return act(context, std::move(r), rectify); });
  router.add("POST", "/rights/mine/{token}/objection",
             [&context](Request r) { return act(context, std::move(r), object); });
  router.add("POST", "/rights/mine/{token}/restriction",
             [&context](Request r) { return act(context, std::move(r), restrict); });
  router.add("POST", "/rights/mine/{token}/other",
             [&context](Request r) { return act(context, std::move(r), write_in); });
  router.add("POST", "/rights/mine/{token}/erasure",
             [&context](Request r) { return erase(context, std::move(r)); });
  router.add("POST", "/rights/mine/{token}/leave",
             [&context](Request r) { return leave(context, std::move(r)); });
  router.errors_below("/rights", [](int status, const Request* request) {
    return page(status, request != nullptr ? render_rights_gone(words_of(*request))
                                           : render_rights_gone(*Words::find("en")));
  });
}

}  // namespace pages
