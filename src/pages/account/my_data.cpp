// The person's own door to the rights desk: whoever is signed in has shown who they are, and after
// proving it again needs no letter. It opens also when they, or their account, are suspended.
#include "base/log.h"
#include "pages/account/handlers.h"

namespace pages::account {
namespace {

constexpr std::string_view kPage = "/account/my-data";

Card open_card(const Visit& visit) {
  Card card{"open", visit.say("a.my_data_open"), {visit.say("a.my_data_open_text")}};
  for (const auto* what : {"see", "take", "correct", "pause", "erase"}) {
    Item item{visit.say(std::string("rights.can.") + what)};
    item.lines = {visit.say(std::string("rights.can.") + what + ".how")};
    card.items.push_back(std::move(item));
  }
  ScreenForm form{std::string(kPage), visit.say("a.my_data_do")};
  card.forms = {form};
  return card;
}

Card leave_card(const Visit& visit) {
  Card card{"leave", visit.say("a.my_data_leave"), {visit.say("a.my_data_leave_text")}};
  card.links = {{"/account/delete", visit.say("a.delete")}};
  return card;
}

}  // namespace

Answer my_data_page(AccountContext& context, VisitPtr visit) {
  Screen screen{visit->say("a.my_data"), visit->say("a.my_data_lead")};
  screen.current = kPage;
  screen.cards = {open_card(*visit), leave_card(*visit)};
  co_return show(context, *visit, screen);
}

Answer open_my_data(AccountContext& context, VisitPtr visit) {
  const auto person = co_await context.desks.people.find(visit->person());
  if (!person) co_return done(*visit, kPage);
  std::string address;
  {
    personal::Access<personal::Purpose::Rights> access(
        context.shop.ledger, {personal::ActorKind::Subject, visit->person()}, 0, "pages.my_data");
    access.about(person->subject);
    address = open(person->email, access);
  }
  auto work = [&](store::Tx& tx) {
    return open_rights_visit(tx, *context.rights, address, visit->words->language());
  };
  const auto place = co_await context.database.write(work);
  co_return go(place, kPage);
}

}  // namespace pages::account
