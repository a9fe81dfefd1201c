// One parcel, as the shop's people see it: what the carrier says, who gets it, and removing it.
#include <fmt/format.h>

#include "base/time.h"
#include "pages/account/handlers.h"
#include "pages/link.h"

namespace pages::account {
namespace {

using accounts::Permission;
using ServeAccess = personal::Access<personal::Purpose::ServeController>;

constexpr std::string_view kPage = "/account";

struct Opened {
  shipments::Head head;
  journey::Journey journey;
  std::string title, note, name, email, phone, postcode;
  std::vector<Card> more;  // parcel_acts.cpp
};

bool may(const Visit& visit, Permission permission) {
  return visit.who->role && accounts::may(*visit.who->role, permission);
}

std::optional<Opened> open_parcel(AccountContext& context, const Visit& visit, store::Tx& tx) {
  const auto id = base::Id::parse(visit.request.parameter("id"));
  if (!id) return std::nullopt;
  const auto found = context.shop.shipments.find(tx, visit.account(), *id);
  if (!found) return std::nullopt;
  ServeAccess access(context.shop.ledger, visit.who->actor(), visit.account(), "pages.parcel");
  if (found->head.subject != 0) access.about(found->head.subject);
  Opened out{found->head, {}, {}, {}, {}, {}, {}, {}, {}};
  journey::decode(open(found->body.journey, access), out.journey);
  out.more = parcel_cards(context, visit, tx, out.head);
  if (!may(visit, Permission::ReadRecipients)) return out;
  out.title = open(found->body.title, access);
  out.note = open(found->body.note, access);
  out.name = open(found->body.customer_name, access);
  out.email = open(found->body.customer_email, access);
  out.phone = open(found->body.customer_sms, access);
  out.postcode = open(found->body.recipient_postcode, access);
  return out;
}

std::string carrier_of(const AccountContext& context, std::string_view code) {
  const auto* courier = context.shop.catalogue.find(code);
  return courier != nullptr ? std::string(courier->name) : std::string(code);
}

// What the page is about, in rows of a name and a value; what is not known has no row.
Card about_card(const AccountContext& context, const Visit& visit, const Opened& parcel) {
  Card card{"about", visit.say("a.parcel_about")};
  const auto row = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) card.rows.emplace_back(visit.say(key), value);
  };
  row("shop.carrier", carrier_of(context, parcel.head.courier_code));
  row("a.order", parcel.head.order_number);
  row("a.what", parcel.title);
  row("a.note", parcel.note);
  row("a.buyer", parcel.name);
  row("a.email", parcel.email);
  row("a.phone", parcel.phone);
  row("rights.field.recipient_postcode", parcel.postcode);
  row("shop.estimate", visit.words->day(parcel.head.estimate));
  row("a.parcel_added", moment(visit, parcel.head.created_at));
  row("a.parcel_until", visit.words->day(base::to_iso_offset(parcel.head.expires_at)));
  card.links = {
      {tracking_path(context.shop.shipments.vault(), {parcel.head.account_id, parcel.head.id}),
       visit.say("a.parcel_public")}};
  return card;
}

void put_leg(const Visit& visit, const journey::Leg& leg, Card& card) {
  for (const auto& one : leg.checkpoints) {
    Item item{meaning_of(one.status, one.substatus, *visit.words)};
    const auto hour = visit.words->hour(one.date);
    std::string when = visit.words->day(one.date) + (hour.empty() ? "" : ", " + hour);
    if (!one.location.empty()) when += (when.empty() ? "" : " · ") + one.location;
    if (!when.empty()) item.lines.push_back(when);
    // The carrier's own words, as they came.
    if (!one.text.empty()) item.lines.push_back("“" + one.text + "”");
    card.items.push_back(item);
  }
}

Card journey_card(const Visit& visit, const Opened& parcel) {
  Card card{"journey", visit.say("a.parcel_journey")};
  put_leg(visit, parcel.journey.destination, card);
  put_leg(visit, parcel.journey.origin, card);
  if (card.items.empty()) card.texts = {visit.say("timeline.empty")};
  return card;
}

}  // namespace

Answer parcel_page(AccountContext& context, VisitPtr visit) {
  auto work = [&](store::Tx& tx) { return open_parcel(context, *visit, tx); };
  const auto parcel = co_await context.database.read(work);
  if (!parcel)
    co_return say_only(context, *visit, 404, "a.parcels", "a.parcel_unknown", kPage, "a.parcels");
  Screen screen{parcel->head.tracking_number};
  screen.current = kPage;
  screen.back = {std::string(kPage), visit->say("a.parcels")};
  screen.badge = visit->say(fmt::format("status.{}", journey::name(parcel->head.status)));
  screen.badge_tone = std::string(name(tone_of(parcel->head.status)));
  screen.cards = {about_card(context, *visit, *parcel), journey_card(*visit, *parcel)};
  for (const auto& card : parcel->more) screen.cards.push_back(card);
  if (may(*visit, Permission::WriteShipments)) {
    ScreenForm remove{"/account/parcels/remove", visit->say("a.parcel_remove")};
    remove.hidden = {{"parcel", parcel->head.id.hex()}};
    remove.fields = {field(*visit, "sure", "a.delete_sure", "checkbox")};
    remove.tone = "bad";
    Card leave{"remove", visit->say("a.parcel_remove"), {visit->say("a.parcel_remove_text")}};
    leave.forms = {remove};
    screen.cards.push_back(leave);
  }
  co_return show(context, *visit, screen);
}

Answer remove_parcel(AccountContext& context, VisitPtr visit) {
  const auto id = base::Id::parse(visit->field("parcel"));
  if (!id || visit->field("sure").empty()) co_return done(*visit, kPage);
  const auto account = visit->account();
  // The key first: should the machine stop here, what is left cannot be read. On a reading thread,
  // because the vault waits for its disk.
  auto forget = [&](store::Tx& tx) {
    const auto found = context.shop.shipments.find(tx, account, *id);
    if (!found) return false;
    const personal::SubjectId subjects[] = {found->head.subject};
    if (subjects[0] != 0) context.shop.shipments.vault().forget(account, subjects);
    return true;
  };
  const bool is_ours = co_await context.database.read(forget);
  if (!is_ours)
    co_return say_only(context, *visit, 404, "a.parcels", "a.parcel_unknown", kPage, "a.parcels");
  auto remove = [&](store::Tx& tx) { return context.shop.shipments.remove(tx, account, *id); };
  co_await context.database.write(remove);
  co_return done(*visit, kPage, "removed");
}

}  // namespace pages::account
