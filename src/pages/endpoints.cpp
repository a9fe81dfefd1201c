#include "pages/endpoints.h"

#include <fmt/format.h>

#include "base/log.h"
#include "notify/people/voice.h"
#include "pages/carriers_view.h"
#include "pages/front_page.h"
#include "pages/link.h"
#include "pages/transit_view.h"
#include "pages/visit.h"

namespace pages {
namespace {

using base::Task;
using http::Request;
using http::Response;
using RecipientAccess = personal::Access<personal::Purpose::ShowToRecipient>;

constexpr int kMostRows = 300;

std::string etag_of(std::string_view body) {
  return fmt::format("\"{:016x}\"", std::hash<std::string_view>()(body));
}

// The page, or 304 when whoever asks has it already.
Response fresh(const Request& request, std::string body, Forms forms = Forms::None) {
  const auto etag = etag_of(body);
  const bool is_known = request.header("If-None-Match") == etag;
  auto response = page(is_known ? 304 : 200, is_known ? std::string() : std::move(body), request,
                       http::the_register(), forms);
  response.headers.emplace_back("ETag", etag);
  return response;
}

// Asks by the language as well, so that a list's links keep it.
std::string with_language(std::string path, const Request& request) {
  const auto chosen = query_value(request, "lang");
  if (Words::find(chosen) == nullptr) return path;
  return path + "?lang=" + std::string(Words::find(chosen)->language());
}

struct Shown {
  std::string html;
  shipments::Head head;
};

// As the shop signs its messages: no page names another's controller.
Responsible responsible_for(store::Tx& tx, std::int64_t account_id, const Context& context) {
  const auto shop = notify::people::voice_of(tx, account_id, {}).sender;
  return {shop.name, shop.contact, context.service};
}

std::optional<Shown> show(Context& context, store::Tx& tx, const std::string& token,
                          const Frame& frame, std::string_view asked, std::string_view rated) {
  const auto place = read_tracking_token(context.shipments.vault(), token);
  if (!place) return std::nullopt;
  auto shipment = context.shipments.find(tx, place->account_id, place->id);
  if (!shipment) return std::nullopt;
  RecipientAccess access(context.ledger, {personal::ActorKind::Subject, 0}, place->account_id,
                         "pages.tracking");
  if (shipment->head.subject != 0) access.about(shipment->head.subject);
  journey::JourneyView view;
  if (!journey::decode_view(open(shipment->body.journey, access), view)) view = {};
  const Parcel parcel{shipment->head,
                      view,
                      open(shipment->body.title, access),
                      context.catalogue.find(shipment->head.courier_code),
                      context.asked ? context.asked(tx, shipment->head) : Asked{},
                      context.catalogue.find(view.destination.courier_code),
                      responsible_for(tx, place->account_id, context)};
  return Shown{render_tracking(parcel, frame, context.push_key, asked, rated), shipment->head};
}

// Too many wrong addresses from there: what is said, and when to come back.
Response turned_away(const Request& request, const Frame& frame,
                     const accounts::Counting::Verdict& verdict) {
  const bool is_refused = verdict.degree == accounts::Counting::Degree::Refused;
  auto response = page(is_refused ? 403 : 429, render_turned_away(frame, is_refused), request);
  response.headers.emplace_back("Retry-After", std::to_string(verdict.retry_after.count()));
  return response;
}

Task<Response> tracking(Context& context, Request request) {
  const auto frame = frame_of(request, http::the_register());
  const auto peer = context.peer_of ? context.peer_of(request) : std::string(request.peer());
  using Degree = accounts::Counting::Degree;
  const auto verdict =
      context.counting != nullptr ? context.counting->look(peer) : accounts::Counting::Verdict{};
  if (verdict.degree == Degree::Wait || verdict.degree == Degree::Refused) {
    if (verdict.degree == Degree::Wait) context.counting->missed(peer);
    co_return turned_away(request, frame, verdict);
  }
  if (verdict.degree == Degree::Slow && context.slow) co_await context.slow();
  const std::string token(request.parameter("token"));
  const auto asked = query_value(request, "asked"), rated = query_value(request, "rated");
  auto work = [&](store::Tx& tx) { return show(context, tx, token, frame, asked, rated); };
  auto shown = co_await context.database.read(work);
  if (!shown) {
    if (context.counting != nullptr) context.counting->missed(peer);
    co_return page(404, render_nothing(frame), request);
  }
  if (context.watched) context.watched(shown->head);
  co_return fresh(request, std::move(shown->html), Forms::OwnSite);
}

void take_newest_event(ShopRow& row, const journey::JourneyView& view) {
  const auto& leg = view.destination.checkpoints.empty() ? view.origin : view.destination;
  if (leg.checkpoints.empty()) return;
  const auto& newest = leg.checkpoints.front();
  row.last = newest.text;
  row.at = newest.date;
  row.place = newest.location;
}

ShopRow row_of(Context& context, const shipments::Shipment& shipment, RecipientAccess& access) {
  ShopRow row;
  if (shipment.head.subject != 0) access.about(shipment.head.subject);
  journey::JourneyView view;
  if (!journey::decode_view(open(shipment.body.journey, access), view)) view = {};
  const auto* courier = context.catalogue.find(shipment.head.courier_code);
  row.path = tracking_path(context.shipments.vault(), {shipment.head.account_id, shipment.head.id});
  row.number = shipment.head.tracking_number;
  row.title = open(shipment.body.title, access);
  row.carrier = courier != nullptr ? std::string(courier->name) : shipment.head.courier_code;
  row.status = shipment.head.status;
  row.substatus = shipment.head.substatus;
  row.estimate = view.scheduled_delivery_date;
  take_newest_event(row, view);
  return row;
}

std::vector<std::pair<journey::Status, int>> counts_of(store::Tx& tx, std::int64_t account) {
  std::vector<std::pair<journey::Status, int>> counts;
  auto rows = tx.query(
      "SELECT status, COUNT(*) FROM shipments WHERE account_id = $1 GROUP BY status ORDER BY "
      "status",
      account);
  while (rows.next()) {
    counts.emplace_back(static_cast<journey::Status>(rows.integer(0)),
                        static_cast<int>(rows.integer(1)));
  }
  return counts;
}

Task<Response> demo_shop(Context& context, Request request) {
  const auto frame = frame_of(request, http::the_register());
  const auto account = *context.demo_account;
  shipments::Filter filter;
  const auto only = journey::parse_status(query_value(request, "status"));
  if (only) filter.statuses.push_back(*only);
  auto work = [&](store::Tx& tx) {
    Shop shop;
    shop.only = only;
    shop.counts = counts_of(tx, account);
    RecipientAccess access(context.ledger, {personal::ActorKind::Member, 0}, account, "pages.demo");
    for (const auto& shipment : context.shipments.list(tx, account, filter, {1, kMostRows})) {
      shop.rows.push_back(row_of(context, shipment, access));
      shop.rows.back().path = with_language(std::move(shop.rows.back().path), request);
    }
    return render_shop(shop, frame);
  };
  auto html = co_await context.database.read(work);
  co_return fresh(request, std::move(html));
}

// What the page says changes with the minute, so there is no ETag to compare.
Task<Response> carriers_page(Context& context, Request request) {
  auto work = [&](store::Tx& tx) { return context.standings(tx); };
  const auto all = co_await context.database.read(work);
  const auto frame = frame_of(request, http::the_register());
  co_return page(200, render_carriers(all, context.clock.now(), frame), request);
}

Task<Response> carriers_facts(Context& context) {
  auto work = [&](store::Tx& tx) { return context.standings(tx); };
  const auto all = co_await context.database.read(work);
  auto response = http::json(200, carriers_json(all, context.clock.now()));
  response.headers.emplace_back("Cache-Control", "no-store");
  co_return response;
}

// The newest quarter that was released; looking costs no budget.
TransitFigures released(Context& context, store::Tx& tx) {
  const auto now = context.clock.now();
  TransitFigures figures{context.days->newest(tx, insight::Grouping::Carrier, now),
                         context.days->newest(tx, insight::Grouping::Lane, now)};
  // Of two quarters side by side, nobody could say which carrier is faster.
  if (figures.everywhere && figures.lanes && figures.lanes->quarter != figures.everywhere->quarter)
    figures.lanes.reset();
  return figures;
}

Task<Response> transit_page(Context& context, Request request) {
  auto work = [&](store::Tx& tx) { return released(context, tx); };
  const auto figures = co_await context.database.read(work);
  co_return fresh(
      request, render_transit(figures, context.catalogue, frame_of(request, http::the_register())));
}

Task<Response> transit_facts(Context& context) {
  auto work = [&](store::Tx& tx) { return released(context, tx); };
  const auto figures = co_await context.database.read(work);
  const auto text = [](const std::optional<insight::CarrierFigures>& all) {
    return all ? insight::to_json(*all) : std::string("null");
  };
  auto response = http::json(200, fmt::format("{{\"everywhere\":{},\"lanes\":{}}}",
                                              text(figures.everywhere), text(figures.lanes)));
  response.headers.emplace_back("Cache-Control", "no-store");
  co_return response;
}

Task<Response> asset(const Asset& asset) {
  Response response;
  response.content_type = asset.content_type;
  response.body = asset.body;
  response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  co_return response;
}

}  // namespace

void add_routes(http::Router& router, Context& context) {
  add_front_route(router,
                  {context.demo_account.has_value(), context.standings != nullptr, context.sign_in},
                  context.views);
  const auto add = [&](std::string_view pattern, std::string_view name, auto handler) {
    router.add("GET", pattern, counted(context.views, name, [&context, handler](Request request) {
                 return handler(context, std::move(request));
               }));
  };
  add("/t/{token}", "tracking", tracking);
  if (context.demo_account) {
    add("/demo", "demo", demo_shop);
  }
  if (context.standings) {
    add("/carriers", "carriers", carriers_page);
    add("/carriers/days", "carriers", transit_page);
    router.add("GET", "/carriers/days.json",
               [&context](Request) { return transit_facts(context); });
    router.add("GET", "/carriers.json", [&context](Request) { return carriers_facts(context); });
  }
  for (const auto& file : assets()) {
    router.add("GET", file.path, [&file](Request) { return asset(file); });
  }
  router.errors_below("/t", [](int status, const Request* request) {
    const auto& cookies = http::the_register();
    const auto frame = request != nullptr ? frame_of(*request, cookies) : Frame{*Words::find("en")};
    return page(status, render_nothing(frame),
                content_security_policy(cookies, Choice(), Forms::None));
  });
}

}  // namespace pages
