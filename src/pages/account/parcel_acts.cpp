// What the shop's people see and do beyond looking: who was told of a parcel, asking its carrier
// once more, and correcting what is known of whoever gets it.
#include <fmt/format.h>

#include <algorithm>

#include "notify/log.h"
#include "pages/account/handlers.h"
#include "rights/access.h"
#include "rights/correction.h"

namespace pages::account {
namespace {

using accounts::Permission;

constexpr int kMostMessages = 50;
constexpr rights::Correctable kCorrectable[] = {rights::Correctable::Name, rights::Correctable::Sms,
                                                rights::Correctable::Postcode};

bool may(const Visit& visit, Permission permission) {
  return visit.who->role && accounts::may(*visit.who->role, permission);
}

std::string path_of(const base::Id& id) { return "/account/parcels/" + id.hex(); }

std::string carrier_of(const AccountContext& context, const std::string& code) {
  const auto* courier = context.shop.catalogue.find(code);
  return courier != nullptr ? std::string(courier->name) : code;
}

// Recipients by name: who got something about this parcel, what, and how often. No address in it.
Card told_card(const AccountContext& context, const Visit& visit, store::Tx& tx,
               const shipments::Head& head) {
  Card card{"told", visit.say("a.parcel_told")};
  for (const auto& one :
       rights::told_about(tx, context.shop.shipments.vault(), {head.account_id, head.id})) {
    Item item{carrier_of(context, one.name)};
    item.lines = {one.what,
                  visit.words->get("a.parcel_told_times", {{"count", std::to_string(one.times)},
                                                           {"first", moment(visit, one.first_at)},
                                                           {"last", moment(visit, one.last_at)}})};
    card.items.push_back(std::move(item));
  }
  if (card.items.empty()) card.texts = {visit.say("a.parcel_told_nobody")};
  return card;
}

// What went out about it in the last thirty days, and how that ended.
std::optional<Card> messages_card(const Visit& visit, store::Tx& tx, const shipments::Head& head) {
  notify::Which which;
  which.account_id = head.account_id;
  which.shipment = head.id;
  Card card{"messages", visit.say("a.parcel_messages")};
  for (const auto& one : notify::find(tx, which, kMostMessages)) {
    const auto& wanted = one.delivery.wanted;
    const auto key = "trigger." + wanted.occasion;
    const bool is_good = one.end == notify::End::Delivered;
    Item item{visit.words->has(key) ? visit.say(key) : visit.say("a.parcel_change"),
              visit.say(fmt::format("a.hook_end.{}", name(one.end))),
              is_good                        ? "good"
              : one.end == notify::End::Dead ? "bad"
                                             : "calm"};
    item.lines = {
        fmt::format("{} · {}", channels::name(wanted.lane.channel), moment(visit, one.at))};
    card.items.push_back(std::move(item));
  }
  if (card.items.empty()) return std::nullopt;
  return card;
}

Card correct_card(const Visit& visit, const shipments::Head& head) {
  Card card{"correct", visit.say("a.parcel_correct"), {visit.say("a.parcel_correct_text")}};
  ScreenForm form{"/account/parcels/correct", visit.say("rights.correct.do")};
  form.hidden = {{"parcel", head.id.hex()}};
  form.tone = "quiet";
  form.is_wide = true;
  auto what = field(visit, "field", "rights.correct.field", "select");
  for (const auto one : kCorrectable)
    what.options.emplace_back(std::string(name(one)),
                              visit.say(fmt::format("rights.field.{}", name(one))));
  form.fields = {what, field(visit, "value", "rights.correct.value", "text", "off")};
  card.forms = {form};
  return card;
}

Card ask_card(const Visit& visit, const shipments::Head& head) {
  Card card{"ask", visit.say("a.parcel_ask"), {visit.say("a.parcel_ask_text")}};
  card.forms = {
      button(visit, "/account/parcels/ask", "a.parcel_ask", "parcel", head.id.hex(), {}, "quiet")};
  return card;
}

}  // namespace

std::vector<Card> parcel_cards(AccountContext& context, const Visit& visit, store::Tx& tx,
                               const shipments::Head& head) {
  std::vector<Card> cards{told_card(context, visit, tx, head)};
  if (auto messages = messages_card(visit, tx, head)) cards.push_back(std::move(*messages));
  const bool may_write = may(visit, Permission::WriteShipments);
  if (may_write && context.ask_again) cards.push_back(ask_card(visit, head));
  // Whoever corrects must see what they correct.
  if (may_write && may(visit, Permission::ReadRecipients))
    cards.push_back(correct_card(visit, head));
  return cards;
}

Answer correct_parcel(AccountContext& context, VisitPtr visit) {
  const auto id = base::Id::parse(visit->field("parcel"));
  const auto what = rights::parse_correctable(visit->field("field"));
  if (!id || !what || !may(*visit, Permission::ReadRecipients)) co_return done(*visit, "/account");
  const auto value = visit->field("value");
  auto work = [&](store::Tx& tx) {
    return rights::correct(tx, context.shop.shipments, context.shop.ledger, {visit->account(), *id},
                           *what, value, base::Id(), visit->who->actor(), context.clock.now());
  };
  const auto corrected = co_await context.database.write(work);
  if (corrected) co_return done(*visit, path_of(*id), "corrected");
  const bool is_theirs = corrected.error() != rights::CorrectionError::NoSuchShipment;
  co_return say_only(context, *visit, is_theirs ? 422 : 404, "a.parcel_correct",
                     is_theirs ? "a.parcel_correct_wrong" : "a.parcel_unknown",
                     is_theirs ? path_of(*id) : std::string("/account"), "a.back");
}

Answer ask_carrier(AccountContext& context, VisitPtr visit) {
  const auto id = base::Id::parse(visit->field("parcel"));
  if (!id || !context.ask_again) co_return done(*visit, "/account");
  enum class Asked { NotThere, Soon, NotNow };
  auto work = [&](store::Tx& tx) {
    if (!context.shop.shipments.find(tx, visit->account(), *id)) return Asked::NotThere;
    return context.ask_again(tx, visit->account(), *id) ? Asked::Soon : Asked::NotNow;
  };
  const auto asked = co_await context.database.write(work);
  if (asked == Asked::NotThere)
    co_return say_only(context, *visit, 404, "a.parcels", "a.parcel_unknown", "/account",
                       "a.parcels");
  co_return done(*visit, path_of(*id), asked == Asked::Soon ? "asked" : "asked_before");
}

}  // namespace pages::account
