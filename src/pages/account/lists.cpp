// A shop's lists of readers: what is on them as counts, who may use them, what was sent, and each
// use of them. Addresses are shown only when they are asked for, and that is noted.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "accounts/processing_terms.h"
#include "base/text.h"
#include "outreach/door.h"
#include "pages/account/handlers.h"

namespace pages::account {
namespace {

using outreach::Level, outreach::List, outreach::News, outreach::Use;

constexpr std::string_view kPage = "/account/lists";
constexpr int kMostNews = 20, kMostUses = 30, kMostShown = 200;
constexpr std::size_t kMostTyped = 1'000'000;

outreach::Member member_of(const Visit& visit) {
  return {visit.account(), visit.person(), visit.who->role == accounts::Role::Owner,
          visit.who->authenticated_at};
}

std::string place_of(const base::Id& list) { return fmt::format("{}/{}", kPage, list.hex()); }

std::string count(const Visit& visit, std::string_view key, std::int64_t number) {
  return visit.words->get(key, {{"count", std::to_string(number)}});
}

ScreenForm form_of(const Visit& visit, std::string_view act, std::string_view words,
                   const List& list, std::string tone = {}) {
  ScreenForm form{fmt::format("{}/{}", kPage, act), visit.say(words)};
  form.hidden = {{"list", list.id.hex()}};
  form.tone = std::move(tone);
  return form;
}

// Of colleagues, by number, for the log and the grants.
using Colleagues = std::vector<std::pair<std::int64_t, std::string>>;
Colleagues colleagues_of(AccountContext& context, const Visit& visit,
                         const std::vector<accounts::Member>& members) {
  Colleagues all;
  auto access = access_of(context, visit, "pages.lists");
  for (const auto& one : members) {
    if (one.subject != 0) access.about(one.subject);
    const std::string name(open(one.name, access)), email(open(one.email, access));
    all.emplace_back(one.person_id, name.empty() ? email : name);
  }
  return all;
}
std::string name_of(const Colleagues& all, std::int64_t person) {
  for (const auto& [id, name] : all)
    if (id == person) return name;
  return fmt::format("#{}", person);
}

struct Seen {
  List list;
  std::vector<News> news;
  std::vector<Use> uses;
  std::vector<std::pair<std::int64_t, Level>> grants;
  std::vector<std::string> addresses;  // when they were asked for
};

std::optional<Seen> look(AccountContext& context, const Visit& visit, store::Tx& tx,
                         const base::Id& id) {
  auto& desk = *context.lists;
  auto list = desk.lists.find(tx, member_of(visit), id);
  if (!list || list->level == 0) return std::nullopt;
  Seen seen;
  seen.list = std::move(*list);
  seen.news = desk.promotions.of(tx, visit.account(), id, kMostNews);
  seen.uses = desk.lists.uses(tx, visit.account(), id, kMostUses);
  seen.grants = desk.lists.grants(tx, visit.account(), id);
  return seen;
}

bool may(const Seen& seen, Level level) { return seen.list.level >= static_cast<int>(level); }

Card readers_card(AccountContext& context, const Visit& visit, const Seen& seen) {
  Card card{"readers", visit.say("a.list.readers")};
  card.rows = {{visit.say("a.list.on_it"), std::to_string(seen.list.readers)},
               {visit.say("a.list.waiting"), std::to_string(seen.list.waiting)}};
  card.texts = {visit.say("a.list.join_text")};
  card.codes = {context.public_url + outreach::joining_path(context.shop.shipments.vault(),
                                                            visit.account(), seen.list.id)};
  if (!seen.addresses.empty()) card.letter = fmt::format("{}", fmt::join(seen.addresses, "\n"));
  if (may(seen, Level::Read))
    card.row.push_back(form_of(visit, "read", "a.list.show", seen.list, "quiet"));
  if (may(seen, Level::Manage))
    card.row.push_back(form_of(visit, "export", "a.list.export", seen.list, "quiet"));
  return card;
}

Card write_card(const Visit& visit, const Seen& seen) {
  Card card{"write", visit.say("a.list.write")};
  auto form = form_of(visit, "write", "a.list.send", seen.list);
  auto text = field(visit, "text", "a.list.text", "textarea", "off");
  text.hint = visit.say("a.list.text_hint");
  text.longest = outreach::kLongestNews;
  form.fields = {field(visit, "title", "a.list.subject", "text", "off"), text};
  if (seen.list.readers == 0)
    card.texts = {visit.say("a.list.no_readers")};
  else
    card.forms = {form};
  return card;
}

Card news_card(const Visit& visit, const Seen& seen) {
  Card card{"news", visit.say("a.list.sent")};
  for (const auto& news : seen.news) {
    Item item{news.title, moment(visit, news.queued_at)};
    for (const auto& [outcome, number] : news.outcomes)
      item.lines.push_back(count(visit, "a.list.outcome." + outcome, number));
    card.items.push_back(item);
  }
  if (card.items.empty()) card.texts = {visit.say("a.list.nothing_sent")};
  return card;
}

Card import_card(const Visit& visit, const Seen& seen) {
  Card card{"import", visit.say("a.list.import"), {visit.say("a.list.import_text")}};
  auto form = form_of(visit, "import", "a.list.bring", seen.list);
  auto addresses = field(visit, "addresses", "a.list.addresses", "textarea", "off");
  addresses.longest = kMostTyped;
  form.fields = {addresses, field(visit, "agreed", "a.list.agreed", "textarea", "off"),
                 field(visit, "statement", "a.list.statement", "textarea", "off")};
  for (auto& one : form.fields)
    if (one.name != "addresses") one.longest = outreach::kLongestStatement;
  card.forms = {form};
  return card;
}

std::string level_key(int level) { return fmt::format("a.list.level.{}", level); }

Card grants_card(const Visit& visit, const Seen& seen, const Colleagues& colleagues) {
  Card card{"who", visit.say("a.list.who"), {visit.say("a.list.who_text")}};
  for (const auto& [member, level] : seen.grants)
    card.items.push_back(
        {name_of(colleagues, member), visit.say(level_key(static_cast<int>(level)))});
  auto form = form_of(visit, "grant", "a.save", seen.list, "quiet");
  auto who = field(visit, "member", "a.list.member", "select");
  for (const auto& [id, name] : colleagues)
    if (id != seen.list.made_by) who.options.emplace_back(std::to_string(id), name);
  auto level = field(visit, "level", "a.list.may", "select");
  for (int i = 0; i <= 3; ++i)
    level.options.emplace_back(std::to_string(i), visit.say(level_key(i)));
  form.fields = {who, level};
  form.is_wide = true;
  if (!who.options.empty()) card.forms = {form};
  return card;
}

Card uses_card(const Visit& visit, const Seen& seen, const Colleagues& colleagues) {
  Card card{"uses", visit.say("a.list.uses")};
  for (const auto& use : seen.uses) {
    auto what = use.what;
    std::ranges::replace(what, ' ', '_');
    Item item{visit.say("a.list.use." + what), std::to_string(use.entries)};
    item.lines = {fmt::format("{} · {}", name_of(colleagues, use.member), moment(visit, use.at))};
    if (!use.statement.empty()) item.lines.push_back(use.statement);
    card.items.push_back(item);
  }
  if (card.items.empty()) card.texts = {visit.say("a.list.not_used")};
  return card;
}

Card end_card(const Visit& visit, const Seen& seen) {
  Card card{"end", visit.say("a.list.destroy"), {visit.say("a.list.destroy_text")}};
  card.forms = {form_of(visit, "destroy", "a.list.destroy", seen.list, "bad")};
  return card;
}

std::optional<base::Id> list_of(const Visit& visit) { return base::Id::parse(visit.field("list")); }

Answer unknown(AccountContext& context, VisitPtr visit) {
  co_return say_only(context, *visit, 404, "a.lists", "a.list.unknown", kPage, "a.lists");
}

Answer shown(AccountContext& context, VisitPtr visit, Seen seen) {
  const auto members = co_await context.desks.teams.members(visit->account());
  const auto colleagues = colleagues_of(context, *visit, members);
  Screen screen{seen.list.name};
  screen.current = kPage;
  screen.back = {std::string(kPage), visit->say("a.lists")};
  screen.cards = {readers_card(context, *visit, seen), write_card(*visit, seen),
                  news_card(*visit, seen)};
  if (may(seen, Level::Manage)) {
    screen.cards.push_back(import_card(*visit, seen));
    screen.cards.push_back(grants_card(*visit, seen, colleagues));
    screen.cards.push_back(uses_card(*visit, seen, colleagues));
    screen.cards.push_back(end_card(*visit, seen));
  }
  co_return show(context, *visit, screen);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::string line;
  for (const char c : text + '\n') {
    const bool is_break = c == '\n' || c == ',' || c == ';';
    if (!is_break) {
      line += c;
      continue;
    }
    if (!base::trim(line).empty()) lines.emplace_back(base::trim(line));
    line.clear();
  }
  return lines;
}

}  // namespace

Answer lists_page(AccountContext& context, VisitPtr visit) {
  auto work = [&](store::Tx& tx) { return context.lists->lists.all(tx, member_of(*visit)); };
  const auto lists = co_await context.database.read(work);
  Screen screen{visit->say("a.lists"), visit->say("a.list.lead")};
  screen.current = kPage;
  Card card{"lists"};
  for (const auto& list : lists) {
    Item item{list.name, count(*visit, "a.list.count", list.readers), "good"};
    if (list.level > 0) {
      item.href = place_of(list.id);
      if (!visit->language.empty()) item.href += "?lang=" + visit->language;
    }
    if (list.waiting > 0) item.lines = {count(*visit, "a.list.waiting_count", list.waiting)};
    card.items.push_back(item);
  }
  if (lists.empty()) card.texts = {visit->say("a.list.none")};
  Card make{"new", visit->say("a.list.new")};
  auto name = field(*visit, "name", "a.list.name", "text", "off");
  name.hint = visit->say("a.list.name_hint");
  make.forms = {{std::string(kPage), visit->say("a.list.make"), {name}}};
  screen.cards = {card, make};
  co_return show(context, *visit, screen);
}

Answer make_list(AccountContext& context, VisitPtr visit) {
  const auto name = visit->field("name");
  auto work = [&](store::Tx& tx) { return context.lists->lists.make(tx, member_of(*visit), name); };
  const auto made = co_await context.database.write(work);
  if (!made) co_return done(*visit, kPage, "list_not_made");
  co_return done(*visit, place_of(*made), "list_made");
}

Answer list_page(AccountContext& context, VisitPtr visit) {
  const auto id = base::Id::parse(visit->request.parameter("id"));
  std::optional<Seen> seen;
  auto work = [&](store::Tx& tx) {
    if (id) seen = look(context, *visit, tx, *id);
  };
  co_await context.database.read(work);
  if (!seen) co_return co_await unknown(context, visit);
  co_return co_await shown(context, visit, std::move(*seen));
}

Answer read_list(AccountContext& context, VisitPtr visit) {
  const auto id = list_of(*visit);
  std::optional<Seen> seen;
  auto work = [&](store::Tx& tx) {
    if (!id) return;
    auto lines = context.lists->lists.read(tx, member_of(*visit), *id, kMostShown);
    seen = look(context, *visit, tx, *id);
    if (seen && lines) seen->addresses = std::move(*lines);
  };
  co_await context.database.write(work);
  if (!seen) co_return co_await unknown(context, visit);
  co_return co_await shown(context, visit, std::move(*seen));
}

Answer export_list(AccountContext& context, VisitPtr visit) {
  const auto id = list_of(*visit);
  std::optional<std::vector<std::string>> lines;
  auto work = [&](store::Tx& tx) {
    if (!id) return;
    auto taken = context.lists->lists.take_away(tx, member_of(*visit), *id);
    if (taken) lines = std::move(*taken);
  };
  co_await context.database.write(work);
  if (!lines) co_return co_await unknown(context, visit);
  http::Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.body = "address\r\n";
  for (const auto& line : *lines) response.body += line + "\r\n";
  response.headers = {{"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Content-Disposition", "attachment; filename=\"readers.csv\""}};
  co_return response;
}

Answer import_list(AccountContext& context, VisitPtr visit) {
  const auto id = list_of(*visit);
  if (!id) co_return co_await unknown(context, visit);
  bool is_done = false;
  auto work = [&](store::Tx& tx) {
    // Whoever brings in others' data agreed to the terms of processing first (clause 104).
    const auto terms = accounts::processing_terms(tx, visit->account());
    if (!terms || !terms->covers("e-mail")) return;
    is_done = bool(context.lists->lists.import(
        tx, member_of(*visit), *id,
        {lines_of(visit->field("addresses")), visit->field("agreed"),
         std::string(visit->words->language()), visit->field("statement")}));
  };
  co_await context.database.write(work);
  co_return done(*visit, place_of(*id), is_done ? "list_imported" : "list_not_imported");
}

Answer grant_list(AccountContext& context, VisitPtr visit) {
  const auto id = list_of(*visit);
  if (!id) co_return co_await unknown(context, visit);
  const auto text = visit->field("member"), level_text = visit->field("level");
  std::int64_t member = 0;
  std::from_chars(text.data(), text.data() + text.size(), member);
  std::optional<Level> level;
  if (level_text == "1" || level_text == "2" || level_text == "3")
    level = static_cast<Level>(level_text[0] - '0');
  const auto members = co_await context.desks.teams.members(visit->account());
  const bool is_one = std::ranges::any_of(
      members, [&](const accounts::Member& one) { return one.person_id == member; });
  bool is_done = false;
  auto work = [&](store::Tx& tx) {
    is_done = is_one && context.lists->lists.grant(tx, member_of(*visit), *id, member, level);
  };
  co_await context.database.write(work);
  co_return done(*visit, place_of(*id), is_done ? "list_granted" : "list_not_granted");
}

Answer write_list(AccountContext& context, VisitPtr visit) {
  const auto id = list_of(*visit);
  if (!id) co_return co_await unknown(context, visit);
  bool is_queued = false;
  auto work = [&](store::Tx& tx) {
    is_queued = bool(context.lists->promotions.queue(tx, member_of(*visit), *id,
                                                     visit->field("title"), visit->field("text")));
  };
  co_await context.database.write(work);
  co_return done(*visit, place_of(*id), is_queued ? "list_sent" : "list_not_sent");
}

Answer destroy_list(AccountContext& context, VisitPtr visit) {
  const auto id = list_of(*visit);
  if (!id) co_return co_await unknown(context, visit);
  auto work = [&context, visit, id] {
    return bool(context.lists->lists.destroy(context.database, member_of(*visit), *id));
  };
  const bool is_gone = co_await elsewhere(work);
  if (!is_gone) co_return co_await unknown(context, visit);
  co_return done(*visit, kPage, "list_destroyed");
}

}  // namespace pages::account
