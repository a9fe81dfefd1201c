// The account's parcels: what needs somebody, finding one, the list, and entering one by hand.
#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "pages/account/handlers.h"
#include "policy/versions.h"
#include "shipments/tracking_number.h"

namespace pages::account {
namespace {

using accounts::Permission;
using ServeAccess = personal::Access<personal::Purpose::ServeController>;

constexpr int kRows = 50;
constexpr int kMostPages = 10'000;
constexpr int kMostFound = 50;
constexpr int kMostLately = 6;
// Accounts with more parcels are not counted anew at each look (Overviews).
constexpr int kMany = 20'000;
// What somebody of the shop should look at: the others go by themselves.
constexpr journey::Status kWorrying[] = {journey::Status::Exception, journey::Status::Undelivered,
                                         journey::Status::Expired};
constexpr journey::Status kMoving[] = {journey::Status::Pending, journey::Status::NotFound,
                                       journey::Status::InfoReceived, journey::Status::Transit,
                                       journey::Status::Pickup};

bool may(const Visit& visit, Permission permission) {
  return visit.who->role && accounts::may(*visit.who->role, permission);
}

ShopRow row_of(AccountContext& context, const shipments::Shipment& shipment, ServeAccess& access,
               bool with_people) {
  ShopRow row;
  if (shipment.head.subject != 0) access.about(shipment.head.subject);
  journey::JourneyView view;
  const auto& bytes = open(shipment.body.journey, access);
  if (!journey::decode_view(bytes, view)) view = {};
  const auto* courier = context.shop.catalogue.find(shipment.head.courier_code);
  row.path = "/account/parcels/" + shipment.head.id.hex();
  row.number = shipment.head.tracking_number;
  if (with_people) row.title = open(shipment.body.title, access);
  row.carrier = courier != nullptr ? std::string(courier->name) : shipment.head.courier_code;
  row.status = shipment.head.status;
  row.substatus = shipment.head.substatus;
  row.estimate = view.scheduled_delivery_date;
  const auto& leg = view.destination.checkpoints.empty() ? view.origin : view.destination;
  if (leg.checkpoints.empty()) return row;
  row.last = leg.checkpoints.front().text;
  row.at = leg.checkpoints.front().date;
  row.place = leg.checkpoints.front().location;
  return row;
}

// What is asked for in the address.
struct Wanted {
  std::string text;  // a number, an order, an e-mail address
  std::optional<journey::Status> status;
  std::string group;  // "attention", "moving": several of them
  int page = 1;
};

Wanted wanted_of(const Visit& visit) {
  const auto status = visit.query("status");
  Wanted wanted{std::string(base::trim(visit.field("q"))), journey::parse_status(status), {}, 1};
  if (status == "attention" || status == "moving") wanted.group = status;
  const auto page = visit.query("page");
  std::from_chars(page.data(), page.data() + page.size(), wanted.page);
  wanted.page = std::clamp(wanted.page, 1, kMostPages);
  return wanted;
}

// The address is looked for by its keyed hash: nobody's name is opened for it.
std::string address_hash(AccountContext& context, std::int64_t account, const std::string& email) {
  shipments::Head head;
  head.account_id = account;
  shipments::Body body;
  body.customer_email = shipments::Sealed<personal::field::CustomerEmail>(email, personal::Label());
  context.shop.shipments.note_addresses(head, body.envelope());
  return head.email_hash;
}

std::vector<base::Id> read_ids(store::Rows rows) {
  std::vector<base::Id> ids;
  while (rows.next())
    if (const auto id = base::Id::from_bytes(rows.blob(0))) ids.push_back(*id);
  return ids;
}

std::vector<shipments::Shipment> by_ids(AccountContext& context, store::Tx& tx,
                                        std::int64_t account, const std::vector<base::Id>& ids) {
  std::vector<shipments::Shipment> all;
  for (const auto& id : ids)
    if (auto one = context.shop.shipments.find(tx, account, id)) all.push_back(std::move(*one));
  return all;
}

std::vector<shipments::Shipment> find(AccountContext& context, const Visit& visit, store::Tx& tx,
                                      const Wanted& wanted) {
  const auto account = visit.account();
  auto& repository = context.shop.shipments;
  if (wanted.text.find('@') != std::string::npos) {
    const auto hash = address_hash(context, account, wanted.text);
    if (hash.empty() || !may(visit, Permission::ReadRecipients)) return {};
    return by_ids(
        context, tx, account,
        read_ids(tx.query(fmt::format("SELECT id FROM shipments WHERE account_id = $1 AND "
                                      "email_hash = $2 ORDER BY created_at DESC LIMIT {}",
                                      kMostFound),
                          account, store::Blob{hash})));
  }
  shipments::Filter filter;
  if (!wanted.text.empty()) {
    if (const auto number = shipments::normalise_number(wanted.text)) {
      filter.tracking_numbers = {*number};
      auto found = repository.list(tx, account, filter, {1, kMostFound});
      if (!found.empty()) return found;
      filter = {};
    }
    filter.order_number = wanted.text;
    return repository.list(tx, account, filter, {1, kMostFound});
  }
  if (wanted.status) filter.statuses = {*wanted.status};
  if (wanted.group == "attention")
    filter.statuses.assign(std::begin(kWorrying), std::end(kWorrying));
  if (wanted.group == "moving") filter.statuses.assign(std::begin(kMoving), std::end(kMoving));
  return repository.list(tx, account, filter, {wanted.page, kRows});
}

struct Shown {
  Shop shop;
  std::vector<ShopRow> lately;
  int all = 0, worrying = 0, moving = 0, delivered = 0;
  bool has_notice = false, has_more = false;
};

void count(AccountContext& context, const Visit& visit, store::Tx& tx, Shown& shown) {
  const auto is_large = [](const Overviews::Counts& counts) {
    std::int64_t all = 0;
    for (const auto& [status, many] : counts) all += many;
    return all > kMany;
  };
  const auto read = [&] {
    Overviews::Counts counts;
    auto rows = tx.query(
        "SELECT status, COUNT(*) FROM shipments WHERE account_id = $1 GROUP BY status ORDER BY "
        "status",
        visit.account());
    while (rows.next())
      counts.emplace_back(static_cast<journey::Status>(rows.integer(0)),
                          static_cast<int>(rows.integer(1)));
    return counts;
  };
  shown.shop.counts = context.overviews->counts.get(visit.account(), read, is_large);
  for (const auto& [status, many] : shown.shop.counts) {
    shown.all += many;
    if (std::ranges::find(kWorrying, status) != std::end(kWorrying))
      shown.worrying += many;
    else if (status == journey::Status::Delivered)
      shown.delivered += many;
    else
      shown.moving += many;
  }
}

Shown look(AccountContext& context, const Visit& visit, store::Tx& tx) {
  Shown shown;
  const auto wanted = wanted_of(visit);
  shown.shop.only = wanted.status;
  shown.shop.path = "/account";
  count(context, visit, tx, shown);
  ServeAccess access(context.shop.ledger, visit.who->actor(), visit.account(), "pages.parcels");
  const bool with_people = may(visit, Permission::ReadRecipients);
  const auto found = find(context, visit, tx, wanted);
  for (const auto& one : found)
    shown.shop.rows.push_back(row_of(context, one, access, with_people));
  shown.has_more = wanted.text.empty() && std::ssize(found) == kRows;
  const bool is_front = wanted.text.empty() && !wanted.status && wanted.group.empty();
  if (is_front && wanted.page == 1 && shown.all > 0) {
    const auto read = [&] {
      return read_ids(
          tx.query(fmt::format("SELECT id FROM shipments WHERE account_id = $1 AND last_event > 0 "
                               "ORDER BY updated_at DESC LIMIT {}",
                               kMostLately),
                   visit.account()));
    };
    const auto is_large = [&](const std::vector<base::Id>&) { return shown.all > kMany; };
    const auto ids = context.overviews->news.get(visit.account(), read, is_large);
    for (const auto& one : by_ids(context, tx, visit.account(), ids))
      shown.lately.push_back(row_of(context, one, access, with_people));
  }
  shown.has_notice = !policy::unseen_notices(tx, visit.account()).empty();
  return shown;
}

Card add_card(const Visit& visit, const std::string& error) {
  auto number = field(visit, "number", "a.number", "text", "off");
  number.error = error;
  auto title = field(visit, "title", "a.what", "text", "off");
  title.is_required = false;
  auto buyer = field(visit, "buyer", "a.buyer", "text", "off");
  buyer.is_required = false;
  auto buyer_email = field(visit, "buyer_email", "a.buyer_email", "email", "off");
  buyer_email.is_required = false;
  buyer_email.hint = visit.say("a.buyer_hint");
  ScreenForm form{"/account/parcels", visit.say("a.add"), {number, title, buyer, buyer_email}};
  form.is_wide = true;
  if (!visit.field("number").empty() || !error.empty()) {
    auto courier = field(visit, "courier", "a.courier", "text", "off");
    courier.is_required = false;
    courier.hint = visit.say("a.courier_hint");
    form.fields.push_back(courier);
  }
  Card card{"add", visit.say("a.add")};
  card.forms = {form};
  return card;
}

void put_tiles(const Visit& visit, const Shown& shown, Screen& screen) {
  const auto tile = [&](std::string_view key, int many, std::string href, std::string_view tone) {
    screen.tiles.push_back({visit.say(key), std::to_string(many), std::move(href),
                            std::string(many > 0 ? tone : "calm")});
  };
  tile("a.tile_attention", shown.worrying, "/account?status=attention", "bad");
  tile("a.tile_moving", shown.moving, "/account?status=moving", "move");
  tile("a.tile_delivered", shown.delivered, "/account?status=delivered", "good");
  tile("shop.filter_all", shown.all, "/account", "calm");
}

Card lately_card(const Visit& visit, const Shown& shown) {
  Card card{"lately", visit.say("a.lately")};
  for (const auto& row : shown.lately) {
    Item item{row.number, visit.say(fmt::format("status.{}", journey::name(row.status)))};
    item.tone = std::string(name(tone_of(row.status)));
    item.href = row.path;
    std::string line = row.last;
    const auto hour = visit.words->hour(row.at);
    line += (line.empty() ? "" : " · ") + visit.words->short_day(row.at) +
            (hour.empty() ? "" : ", " + hour);
    item.lines = {row.title, line};
    std::erase(item.lines, std::string());
    card.items.push_back(item);
  }
  return card;
}

void put_list(AccountContext& context, const Visit& visit, const Shown& shown, Screen& screen) {
  const auto wanted = wanted_of(visit);
  put_tiles(visit, shown, screen);
  screen.search = {visit.say("a.search"), visit.say("a.search_go"), wanted.text};
  const auto frame = frame_of(context, visit);
  if (!wanted.text.empty() && shown.shop.rows.empty())
    screen.parcels_note = visit.words->get("a.search_none", {{"text", wanted.text}});
  else if (shown.all == 0)
    screen.parcels_note = visit.say("a.parcels_none");
  else
    screen.parcels = render_parcels(shown.shop, frame);
  const auto turn = [&](int page) {
    return fmt::format("/account?page={}{}", page,
                       wanted.status ? fmt::format("&status={}", journey::name(*wanted.status))
                       : wanted.group.empty() ? std::string()
                                              : "&status=" + wanted.group);
  };
  if (wanted.page > 1) screen.turns.emplace_back(turn(wanted.page - 1), visit.say("a.page_newer"));
  if (shown.has_more) screen.turns.emplace_back(turn(wanted.page + 1), visit.say("a.page_older"));
}

Answer shown(AccountContext& context, VisitPtr visit, std::string error, int status) {
  Screen screen{visit->say("a.parcels")};
  screen.current = "/account";
  if (!may(*visit, Permission::ReadShipments)) {
    screen.cards.push_back({"none", {}, {visit->say("a.no_parcels_for_you")}});
    co_return show(context, *visit, screen, status);
  }
  auto work = [&](store::Tx& tx) { return look(context, *visit, tx); };
  const auto found = co_await context.database.read(work);
  if (found.has_notice) {
    Card notice{"notice", visit->say("a.policy_changed"), {visit->say("a.policy_changed_text")}};
    notice.links = {{"/privacy/versions", visit->say("document.coming_link")}};
    screen.cards.push_back(notice);
  }
  put_list(context, *visit, found, screen);
  if (may(*visit, Permission::WriteShipments) && context.add_parcel)
    screen.after.push_back(add_card(*visit, error));
  if (!found.lately.empty()) screen.after.push_back(lately_card(*visit, found));
  // A mistake in the form is what the visitor came back for.
  if (!error.empty() || found.all == 0) std::swap(screen.cards, screen.after);
  co_return show(context, *visit, screen, status);
}

std::string_view trouble_key(Added added) {
  switch (added) {
    case Added::Yes:
      return "";
    case Added::Exists:
      return "a.added.exists";
    case Added::BadNumber:
      return "a.added.number";
    case Added::UnknownCourier:
      return "a.added.courier";
    case Added::NoQuota:
      return "a.added.quota";
    case Added::Failed:
      return "a.busy";
  }
  return "a.busy";
}

}  // namespace

Answer home_page(AccountContext& context, VisitPtr visit) {
  co_return co_await shown(context, visit, {}, 200);
}

// Posted, because an address of somebody's belongs into no browser's history and no log.
Answer find_parcels(AccountContext& context, VisitPtr visit) {
  co_return co_await shown(context, visit, {}, 200);
}

Answer add_parcel(AccountContext& context, VisitPtr visit) {
  if (!context.add_parcel) co_return done(*visit, "/account");
  const NewParcel parcel{visit->field("number"), visit->field("courier"), visit->field("title"),
                         visit->field("buyer"), visit->field("buyer_email")};
  const auto added = co_await context.add_parcel(*visit->who, parcel);
  if (added == Added::Yes) co_return done(*visit, "/account", "added");
  auto why = visit->say(trouble_key(added));
  co_return co_await shown(context, visit, std::move(why), 422);
}

}  // namespace pages::account
