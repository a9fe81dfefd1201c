// The account's parcels, and entering one by hand.
#include <fmt/format.h>

#include "base/text.h"
#include "pages/account/handlers.h"
#include "pages/link.h"
#include "policy/versions.h"

namespace pages::account {
namespace {

using accounts::Permission;
using ServeAccess = personal::Access<personal::Purpose::ServeController>;

constexpr int kMostRows = 300;

bool may(const Visit& visit, Permission permission) {
  return visit.who->role && accounts::may(*visit.who->role, permission);
}

ShopRow row_of(AccountContext& context, const shipments::Shipment& shipment, ServeAccess& access,
               bool with_people) {
  ShopRow row;
  if (shipment.head.subject != 0) access.about(shipment.head.subject);
  journey::JourneyView view;
  if (!journey::decode_view(open(shipment.body.journey, access), view)) view = {};
  const auto* courier = context.shop.catalogue.find(shipment.head.courier_code);
  row.path =
      tracking_path(context.shop.shipments.vault(), {shipment.head.account_id, shipment.head.id});
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

struct Shown {
  Shop shop;
  bool has_notice = false;
};

Shown look(AccountContext& context, const Visit& visit, store::Tx& tx) {
  Shown shown;
  shown.shop.only = journey::parse_status(visit.query("status"));
  shipments::Filter filter;
  if (shown.shop.only) filter.statuses.push_back(*shown.shop.only);
  auto counts = tx.query(
      "SELECT status, COUNT(*) FROM shipments WHERE account_id = $1 GROUP BY status ORDER BY "
      "status",
      visit.account());
  while (counts.next())
    shown.shop.counts.emplace_back(static_cast<journey::Status>(counts.integer(0)),
                                   static_cast<int>(counts.integer(1)));
  ServeAccess access(context.shop.ledger, visit.who->actor(), visit.account(), "pages.parcels");
  const bool with_people = may(visit, Permission::ReadRecipients);
  for (const auto& one : context.shop.shipments.list(tx, visit.account(), filter, {1, kMostRows}))
    shown.shop.rows.push_back(row_of(context, one, access, with_people));
  shown.has_notice = !policy::unseen_notices(tx, visit.account()).empty();
  return shown;
}

ScreenForm add_form(const Visit& visit, const std::string& error) {
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
  if (!visit.field("number").empty() || !error.empty()) {
    auto courier = field(visit, "courier", "a.courier", "text", "off");
    courier.is_required = false;
    courier.hint = visit.say("a.courier_hint");
    form.fields.push_back(courier);
  }
  return form;
}

Answer shown(AccountContext& context, VisitPtr visit, std::string error, int status) {
  Screen screen{visit->say("a.parcels")};
  screen.current = "/account";
  if (may(*visit, Permission::WriteShipments) && context.add_parcel) {
    Card add{"add", visit->say("a.add")};
    add.forms = {add_form(*visit, error)};
    screen.cards.push_back(add);
  }
  if (!may(*visit, Permission::ReadShipments)) {
    screen.cards.push_back({"none", {}, {visit->say("a.no_parcels_for_you")}});
    co_return show(context, *visit, screen, status);
  }
  auto work = [&](store::Tx& tx) { return look(context, *visit, tx); };
  const auto found = co_await context.database.read(work);
  if (found.has_notice) {
    Card notice{"notice", visit->say("a.policy_changed"), {visit->say("a.policy_changed_text")}};
    notice.links = {{"/privacy/versions", visit->say("document.coming_link")}};
    screen.cards.insert(screen.cards.begin(), notice);
  }
  const auto frame = frame_of(context, *visit);
  screen.parcels = render_parcels(found.shop, frame);
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

Answer add_parcel(AccountContext& context, VisitPtr visit) {
  if (!context.add_parcel) co_return done(*visit, "/account");
  const NewParcel parcel{visit->field("number"), visit->field("courier"), visit->field("title"),
                         visit->field("buyer"), visit->field("buyer_email")};
  const auto added = co_await context.add_parcel(*visit->who, parcel);
  if (added == Added::Yes) co_return done(*visit, "/account", "added");
  co_return co_await shown(context, visit, visit->say(trouble_key(added)), 422);
}

}  // namespace pages::account
