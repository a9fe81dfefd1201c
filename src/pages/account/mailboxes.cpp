// Linked mailboxes: what each may and takes, when it was read, what it found; linking one, and
// unlinking it with one click. Everybody sees their own and nobody else's.
#include <fmt/format.h>

#include "http/cookies.gen.h"
#include "pages/account/handlers.h"

namespace pages::account {
namespace {

using mailbox::Fault, mailbox::Link, mailbox::State;
using OwnerAccess = personal::Access<personal::Purpose::ServeController>;

constexpr std::string_view kPage = "/account/mailboxes";
constexpr int kMostFinds = 10;

std::string_view words_of(Fault fault) {
  switch (fault) {
    case Fault::Address:
      return "a.mailbox.address_wrong";
    case Fault::Known:
      return "a.mailbox.known";
    case Fault::Denied:
      return "a.mailbox.denied";
    case Fault::Tls:
      return "a.mailbox.tls";
    case Fault::Refused:
      return "a.mailbox.refused";
    case Fault::Unreachable:
    case Fault::Busy:
    case Fault::Stopped:
      return "a.mailbox.unreachable";
    default:
      return "a.mailbox.broken";
  }
}

// What the person is shown and says yes to, word for word.
std::string notice_of(const Visit& visit) {
  return visit.say("a.mailbox.notice") + "\n" + visit.say("a.mailbox.limited");
}
consent::Notice notice(const Visit& visit) {
  return {notice_of(visit), std::string(visit.words->language()), "mailbox-1"};
}

// A link as it is shown, with what it found.
struct Shown {
  Link link;
  std::vector<mailbox::Find> finds;
};

std::vector<Shown> shown_of(MailboxDesk& desk, std::int64_t account, std::int64_t person) {
  std::vector<Shown> all;
  for (auto& link : desk.desk.links().list(account, person)) {
    auto finds = desk.desk.links().finds(account, link.id, kMostFinds);
    all.push_back({std::move(link), std::move(finds)});
  }
  return all;
}

std::string count(const Visit& visit, std::string_view key, std::int64_t number) {
  return visit.words->get(key, {{"count", std::to_string(number)}});
}

void put_state(const Visit& visit, const Link& link, Item& item) {
  const bool has_trouble = link.trouble != Fault::None;
  item.badge = visit.say(link.state == State::Ended       ? "a.mailbox.ended"
                         : link.state == State::Unlinking ? "a.mailbox.unlinking"
                         : has_trouble                    ? "a.mailbox.trouble"
                                                          : "a.mailbox.working");
  item.tone = link.state == State::Ended                      ? "bad"
              : link.state == State::Unlinking || has_trouble ? "warn"
                                                              : "good";
}

Item item_of(const MailboxDesk& desk, const Visit& visit, const Shown& one, OwnerAccess& access) {
  const auto& link = one.link;
  Item item{std::string(open(link.address, access))};
  put_state(visit, link, item);
  const auto* connector = desk.desk.connector(link.kind);
  const auto by = connector == nullptr ? link.kind : std::string(connector->title());
  item.lines = {
      visit.words->get("a.mailbox.since", {{"how", by}, {"when", moment(visit, link.linked_at)}})};
  if (link.state == State::Unlinking) {
    item.lines.push_back(visit.say("a.mailbox.unlinking_text"));
    return item;
  }
  item.lines.push_back(
      link.last_used_at
          ? visit.words->get("a.mailbox.read_at", {{"when", moment(visit, *link.last_used_at)}})
          : visit.say("a.mailbox.not_yet"));
  item.lines.push_back(count(visit, "a.mailbox.heads", link.heads) + " " +
                       count(visit, "a.mailbox.opened", link.opened) + " " +
                       count(visit, "a.mailbox.parcels", link.parcels));
  if (link.trouble != Fault::None) item.lines.push_back(visit.say(words_of(link.trouble)));
  const auto id = link.id.hex();
  if (link.state == State::Working)
    item.forms.push_back(button(visit, "/account/mailboxes/read", "a.mailbox.read", "mailbox", id,
                                item.title, "quiet"));
  item.forms.push_back(button(visit, "/account/mailboxes/unlink", "a.mailbox.unlink", "mailbox", id,
                              item.title, "bad"));
  return item;
}

// "Purpose, permission, data": the same for every kind.
Card promise_card(const MailboxDesk& desk, const Visit& visit) {
  Card card{"promise", visit.say("a.mailbox.promise")};
  card.texts = {visit.say("a.mailbox.notice"), visit.say("a.mailbox.limited")};
  card.rows.emplace_back(visit.say("a.mailbox.takes"), visit.say("a.mailbox.taken"));
  for (const auto& connector : desk.desk.connectors()) {
    for (const auto& scope : connector->scopes())
      card.rows.emplace_back(std::string(connector->title()), std::string(scope.name));
  }
  return card;
}

Card finds_card(const Visit& visit, const std::vector<Shown>& all, OwnerAccess& access) {
  Card card{"finds", visit.say("a.mailbox.finds")};
  for (const auto& one : all) {
    for (const auto& find : one.finds) {
      Item item{find.tracking_number};
      item.href = "/account/parcels/" + find.shipment.hex();
      item.is_mono = true;
      const auto sender = std::string(open(find.sender, access));
      item.lines = {sender.empty() ? find.courier_code
                                   : visit.words->get("a.mailbox.from", {{"sender", sender}})};
      card.items.push_back(std::move(item));
    }
  }
  if (card.items.empty()) card.texts = {visit.say("a.mailbox.no_finds")};
  return card;
}

Card add_card(const MailboxDesk& desk, const Visit& visit, const std::string& error) {
  Card card{"new", visit.say("a.mailbox.add"), {visit.say("a.mailbox.add_text")}};
  card.error = error;
  for (const auto& provider : desk.providers)
    card.links.emplace_back("/account/mailboxes/with/" + provider.id,
                            visit.words->get("a.mailbox.with", {{"name", provider.title}}));
  auto address = field(visit, "address", "a.mailbox.address", "email", "off");
  auto server = field(visit, "server", "a.mailbox.server", "text", "off");
  server.hint = visit.say("a.mailbox.server_hint");
  auto password = field(visit, "password", "a.mailbox.password", "password", "off");
  password.hint = visit.say("a.mailbox.password_hint");
  Field agreed{"agreed", visit.say("a.mailbox.agreed"), "checkbox"};
  card.forms = {
      {std::string(kPage), visit.say("a.mailbox.link"), {address, server, password, agreed}}};
  return card;
}

Answer listed(AccountContext& context, VisitPtr visit, std::string error, int status) {
  auto& desk = *context.mailboxes;
  auto work = [&desk, visit] { return shown_of(desk, visit->account(), visit->person()); };
  const auto all = co_await elsewhere(work);
  Screen screen{visit->say("a.mailbox.title"), visit->say("a.mailbox.lead")};
  screen.current = kPage;
  OwnerAccess access(context.shop.ledger, visit->who->actor(), visit->account(), "pages.mailboxes");
  Card list{"mailboxes"};
  for (const auto& one : all) list.items.push_back(item_of(desk, *visit, one, access));
  if (list.items.empty()) list.texts = {visit->say("a.mailbox.none")};
  screen.cards = {list};
  if (!all.empty()) screen.cards.push_back(finds_card(*visit, all, access));
  screen.cards.push_back(promise_card(desk, *visit));
  screen.cards.push_back(add_card(desk, *visit, error));
  co_return show(context, *visit, screen, status);
}

Answer trouble(AccountContext& context, VisitPtr visit, Fault fault) {
  auto words = visit->say(words_of(fault));
  co_return co_await listed(context, visit, std::move(words), 422);
}

mailbox::NewLink new_link(const Visit& visit, std::string_view kind) {
  mailbox::NewLink link;
  link.account_id = visit.account();
  link.person_id = visit.person();
  link.kind = kind;
  link.notice = notice(visit);
  return link;
}

const mailbox::Provider* find_provider(const AccountContext& context, std::string_view id) {
  for (const auto& one : context.mailboxes->providers)
    if (one.id == id) return &one;
  return nullptr;
}

std::string return_url(const AccountContext& context, std::string_view provider) {
  return fmt::format("{}/account/mailboxes/with/{}/back", context.public_url, provider);
}

// The visitor's own link of the form; nothing for another's.
std::optional<Link> own_link(mailbox::Desk& desk, const Visit& visit) {
  const auto id = base::Id::parse(visit.field("mailbox"));
  auto link = id ? desk.links().find(visit.account(), *id) : std::nullopt;
  if (link && link->person_id != visit.person()) return std::nullopt;
  return link;
}

}  // namespace

Answer mailboxes_page(AccountContext& context, VisitPtr visit) {
  co_return co_await listed(context, visit, {}, 200);
}

Answer link_mailbox(AccountContext& context, VisitPtr visit) {
  if (visit->field("agreed").empty()) {
    auto words = visit->say("a.mailbox.not_agreed");
    co_return co_await listed(context, visit, std::move(words), 422);
  }
  auto& desk = context.mailboxes->desk;
  auto link = [&desk, visit] {
    auto fresh = new_link(*visit, "imap-password");
    fresh.keys.address = visit->field("address");
    fresh.keys.server = visit->field("server");
    fresh.keys.secret = visit->field("password");
    return desk.link(std::move(fresh));
  };
  const auto made = co_await elsewhere(link);
  if (!made) co_return co_await trouble(context, visit, made.error());
  co_return done(*visit, kPage, "mailbox_linked");
}

// To the provider, with what binds its answer to this browser and this person.
Answer begin_mailbox(AccountContext& context, VisitPtr visit) {
  const auto* provider = find_provider(context, visit->request.parameter("provider"));
  if (provider == nullptr) co_return co_await trouble(context, visit, Fault::Address);
  const auto begun = context.mailboxes->oauth.begin(*provider, visit->account(), visit->person(),
                                                    return_url(context, provider->id));
  http::Response response;
  response.status = 303;
  response.content_type = {};
  response.headers = {
      {"Location", begun.url}, {"Cache-Control", "no-store"}, {"Referrer-Policy", "no-referrer"}};
  response.cookies.set(http::cookie::kProvider, begun.cookie);
  co_return response;
}

Answer mailbox_back(AccountContext& context, VisitPtr visit) {
  const auto* provider = find_provider(context, visit->request.parameter("provider"));
  if (provider == nullptr) co_return co_await trouble(context, visit, Fault::Address);
  mailbox::OAuth::Back back;
  back.state = visit->query("state");
  back.cookie = http::value_of(visit->request, http::cookie::kProvider);
  back.code = visit->query("code");
  back.issuer = visit->query("iss");
  back.error = visit->query("error");
  back.return_url = return_url(context, provider->id);
  back.account_id = visit->account();
  back.person_id = visit->person();
  auto& desk = *context.mailboxes;
  auto link = [&desk, visit, provider, &back]() -> base::Result<base::Id, Fault> {
    const auto tokens = desk.oauth.finish(*provider, back);
    if (!tokens) return base::Failure{tokens.error()};
    auto fresh = new_link(*visit, provider->kind);
    fresh.keys.secret = tokens->refresh;
    auto made = desk.desk.link(std::move(fresh));
    // What is not kept is not left open at the provider either.
    if (!made) (void)desk.oauth.revoke(*provider, tokens->refresh);
    return made;
  };
  const auto made = co_await elsewhere(link);
  http::Response response;
  if (made) {
    response = done(*visit, kPage, "mailbox_linked");
  } else {
    response = co_await trouble(context, visit, made.error());
  }
  response.cookies.clear(http::cookie::kProvider);
  co_return response;
}

Answer read_mailbox(AccountContext& context, VisitPtr visit) {
  auto& desk = context.mailboxes->desk;
  auto read = [&desk, visit] {
    const auto link = own_link(desk, *visit);
    return link ? desk.sync(link->account_id, link->id) : std::nullopt;
  };
  const auto synced = co_await elsewhere(read);
  if (synced && synced->fault != Fault::None)
    co_return co_await trouble(context, visit, synced->fault);
  co_return done(*visit, kPage, synced ? "mailbox_read" : "");
}

Answer unlink_mailbox(AccountContext& context, VisitPtr visit) {
  auto& desk = context.mailboxes->desk;
  auto unlink = [&desk, visit] {
    const auto link = own_link(desk, *visit);
    return link ? desk.unlink(link->account_id, link->id) : std::nullopt;
  };
  const auto fault = co_await elsewhere(unlink);
  if (!fault) co_return done(*visit, kPage);
  co_return done(*visit, kPage, *fault == Fault::None ? "mailbox_unlinked" : "mailbox_unlinking");
}

base::Task<bool> unlink_left_behind(AccountContext& context) {
  if (!context.mailboxes) co_return false;
  auto& desk = context.mailboxes->desk;
  auto tidy = [&desk] { return desk.tidy() > 0; };
  co_return co_await elsewhere(tidy);
}

}  // namespace pages::account
