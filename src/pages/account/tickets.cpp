// Questions about parcels, as whoever answers customers works them. Somebody's name and addresses
// are shown only beside the question they are needed for, and each such look is noted for the
// person (support/tickets.h).
#include "support/tickets.h"

#include <fmt/format.h>

#include "base/time.h"
#include "pages/account/handlers.h"
#include "pages/link.h"

namespace pages::account {
namespace {

using support::State, support::Ticket;
using ServeAccess = personal::Access<personal::Purpose::ServeController>;
using SupportAccess = personal::Access<personal::Purpose::Support>;
using Correspondence = personal::Access<personal::Purpose::Correspond>;

constexpr std::string_view kPage = "/account/tickets";
constexpr int kMostShown = 200;

std::string topic(const Visit& visit, std::string_view about) {
  return visit.say(fmt::format("ask.about.{}", about));
}
std::string_view tone_of(State state) {
  return state == State::Open ? "warn" : state == State::Answered ? "good" : "calm";
}
std::string state_words(const Visit& visit, State state) {
  return visit.say(fmt::format("a.ticket.{}", support::word(state)));
}

struct Row {
  Ticket ticket;
  std::string number;  // of the parcel
};

struct Seen {
  Ticket ticket;
  std::string number, name, email, phone, postcode, title;  // of the parcel
  std::vector<std::pair<bool, std::string>> lines;          // from the shop? the words
  std::vector<base::Instant> when;
  std::vector<support::Attachment> files;
};

std::string number_of(AccountContext& context, store::Tx& tx, const Ticket& ticket) {
  const auto found = context.shop.shipments.find(tx, ticket.account_id, ticket.shipment);
  return found ? found->head.tracking_number : std::string();
}

// What whoever answers has to see of the parcel: opened with the question as its reason.
void look_at_parcel(AccountContext& context, const Visit& visit, store::Tx& tx, Seen& seen) {
  const auto& ticket = seen.ticket;
  const auto found = context.shop.shipments.find(tx, ticket.account_id, ticket.shipment);
  if (!found) return;
  seen.number = found->head.tracking_number;
  const auto warrant =
      context.tickets->look(tx, ticket.account_id, ticket.shipment, ticket.id, visit.person());
  if (!warrant) return;
  SupportAccess access(context.shop.ledger, visit.who->actor(), ticket.account_id, "pages.ticket",
                       warrant.value());
  if (found->head.subject != 0) access.about(found->head.subject);
  seen.title = open(found->body.title, access);
  seen.name = open(found->body.customer_name, access);
  seen.email = open(found->body.customer_email, access);
  seen.phone = open(found->body.customer_sms, access);
  seen.postcode = open(found->body.recipient_postcode, access);
  access.record(tx);
}

std::optional<Seen> look(AccountContext& context, const Visit& visit, store::Tx& tx,
                         const base::Id& id) {
  auto ticket = context.tickets->find(tx, visit.account(), id);
  if (!ticket) return std::nullopt;
  Seen seen;
  seen.ticket = std::move(*ticket);
  look_at_parcel(context, visit, tx, seen);
  ServeAccess access(context.shop.ledger, visit.who->actor(), visit.account(), "pages.ticket");
  access.about(seen.ticket.subject);
  for (const auto& message : context.tickets->messages(tx, seen.ticket)) {
    seen.lines.emplace_back(message.from_shop, open(message.text, access));
    seen.when.push_back(message.at);
  }
  seen.files = context.tickets->files(tx, seen.ticket);
  access.record(tx);
  return seen;
}

Card words_card(const Visit& visit, const Seen& seen) {
  Card card{"words", visit.say("a.ticket.words")};
  for (std::size_t i = 0; i < seen.lines.size(); ++i) {
    const auto& [from_shop, words] = seen.lines[i];
    Item item{visit.say(from_shop ? "a.ticket.shop" : "a.ticket.customer")};
    item.lines = {moment(visit, seen.when[i]), words};
    card.items.push_back(item);
  }
  return card;
}

Card parcel_card(const Visit& visit, const Seen& seen) {
  Card card{"parcel", visit.say("a.parcel_about")};
  const auto row = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) card.rows.emplace_back(visit.say(key), value);
  };
  row("a.what", seen.title);
  row("a.buyer", seen.name);
  row("a.email", seen.email);
  row("a.phone", seen.phone);
  row("rights.field.recipient_postcode", seen.postcode);
  row("a.parcel_until", visit.words->day(base::to_iso_offset(seen.ticket.expires_at)));
  if (seen.ticket.state != State::Closed) card.texts = {visit.say("a.ticket.noted")};
  card.links = {{"/account/parcels/" + seen.ticket.shipment.hex(), seen.number}};
  return card;
}

ScreenForm form_of(const Visit& visit, const Ticket& ticket, std::string_view act,
                   std::string_view words) {
  ScreenForm form{fmt::format("{}/{}", kPage, act), visit.say(words)};
  form.hidden = {{"ticket", ticket.id.hex()}};
  return form;
}

Card answer_card(const Visit& visit, const Ticket& ticket) {
  Card card{"answer", visit.say("a.ticket.answer")};
  auto answer = form_of(visit, ticket, "answer", "a.ticket.send");
  answer.fields = {field(visit, "text", "a.ticket.your_words", "textarea", "off")};
  answer.fields.back().hint = visit.say("a.ticket.your_words_hint");
  auto close = form_of(visit, ticket, "close", "a.ticket.close");
  close.tone = "quiet";
  card.forms = {answer, close};
  return card;
}

// The words go by mail to whoever asked, with the way back to the parcel's page.
void write_to(AccountContext& context, const Visit& visit, store::Tx& tx, const Ticket& ticket,
              const std::string& words) {
  Correspondence access(context.shop.ledger, visit.who->actor(), ticket.account_id,
                        "pages.ticket_answer");
  access.about(ticket.subject);
  const auto& address = open(ticket.address, access);
  if (address.empty()) return;
  letters::Letter letter;
  letter.account_id = ticket.account_id;
  letter.kind = "ticket-answer";
  letter.language = ticket.language;
  letter.to = letters::To(address, personal::Label(personal::Source::Buyer));
  letter.values = {
      {"text", words},
      {"link", context.public_url + tracking_path(context.shop.shipments.vault(),
                                                  {ticket.account_id, ticket.shipment})}};
  context.letters->post(tx, letter);
  access.record(tx);
}

}  // namespace

Answer tickets_page(AccountContext& context, VisitPtr visit) {
  auto work = [&](store::Tx& tx) {
    std::vector<Row> rows;
    for (auto& ticket : context.tickets->list(tx, visit->account(), false, kMostShown)) {
      auto number = number_of(context, tx, ticket);
      rows.push_back({std::move(ticket), std::move(number)});
    }
    return rows;
  };
  const auto rows = co_await context.database.read(work);
  Screen screen{visit->say("a.tickets"), visit->say("a.ticket.lead")};
  screen.current = kPage;
  Card card{"tickets"};
  for (const auto& [ticket, number] : rows) {
    Item item{topic(*visit, ticket.about), state_words(*visit, ticket.state),
              std::string(tone_of(ticket.state))};
    item.href = fmt::format("{}/{}", kPage, ticket.id.hex());
    if (!visit->language.empty()) item.href += "?lang=" + visit->language;
    item.lines = {fmt::format("{} · {}", number, moment(*visit, ticket.updated_at))};
    card.items.push_back(item);
  }
  if (rows.empty()) card.texts = {visit->say("a.ticket.none")};
  screen.cards = {card};
  co_return show(context, *visit, screen);
}

Answer ticket_page(AccountContext& context, VisitPtr visit) {
  const auto id = base::Id::parse(visit->request.parameter("id"));
  std::optional<Seen> seen;
  if (id) {
    // Writes: the look is noted before anything is shown.
    auto work = [&](store::Tx& tx) { return look(context, *visit, tx, *id); };
    seen = co_await context.database.write(work);
  }
  if (!seen)
    co_return say_only(context, *visit, 404, "a.tickets", "a.ticket.unknown", kPage, "a.tickets");
  Screen screen{topic(*visit, seen->ticket.about)};
  screen.current = kPage;
  screen.back = {std::string(kPage), visit->say("a.tickets")};
  screen.badge = state_words(*visit, seen->ticket.state);
  screen.badge_tone = std::string(tone_of(seen->ticket.state));
  screen.cards = {words_card(*visit, *seen)};
  if (seen->ticket.state != State::Closed)
    screen.cards.push_back(answer_card(*visit, seen->ticket));
  screen.cards.push_back(parcel_card(*visit, *seen));
  co_return show(context, *visit, screen);
}

Answer answer_ticket(AccountContext& context, VisitPtr visit) {
  const auto id = base::Id::parse(visit->field("ticket"));
  if (!id) co_return done(*visit, kPage);
  const auto words = visit->field("text");
  auto work = [&](store::Tx& tx) {
    const auto said = context.tickets->say(tx, visit->account(), *id, true, words);
    if (!said) return false;
    const auto ticket = context.tickets->find(tx, visit->account(), *id);
    write_to(context, *visit, tx, *ticket, words);
    return true;
  };
  const bool is_said = co_await context.database.write(work);
  co_return done(*visit, fmt::format("{}/{}", kPage, id->hex()),
                 is_said ? "ticket_answered" : "ticket_not_answered");
}

Answer close_ticket(AccountContext& context, VisitPtr visit) {
  const auto id = base::Id::parse(visit->field("ticket"));
  if (!id) co_return done(*visit, kPage);
  auto work = [&](store::Tx& tx) { return context.tickets->close(tx, visit->account(), *id); };
  co_await context.database.write(work);
  co_return done(*visit, kPage, "ticket_closed");
}

}  // namespace pages::account
