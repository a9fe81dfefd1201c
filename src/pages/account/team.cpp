// Who else is here, and the keys of programs.
#include <charconv>

#include "base/time.h"
#include "pages/account/handlers.h"

namespace pages::account {
namespace {

std::string role_words(const Visit& visit, accounts::Role role) {
  return visit.say("a.role." + std::string(word(role)));
}

Field role_field(const Visit& visit, accounts::Role chosen) {
  auto role = field(visit, "role", "a.role", "select");
  role.value = word(chosen);
  for (const auto one : accounts::kRoles)
    role.options.emplace_back(std::string(word(one)), role_words(visit, one));
  return role;
}

accounts::Acting acting(const Visit& visit) {
  return {visit.who->actor(), visit.who->role.value_or(accounts::Role::Analyst)};
}

Item member_item(const Visit& visit, const accounts::Member& one,
                 personal::Access<personal::Purpose::KeepAccount>& access) {
  if (one.subject != 0) access.about(one.subject);
  const std::string name(open(one.name, access)), email(open(one.email, access));
  Item item{name.empty() ? email : name, role_words(visit, one.role), "move"};
  item.lines = {email, visit.words->get("a.seen", {{"when", moment(visit, one.last_seen_at)}})};
  if (!one.has_second_factor) item.lines.push_back(visit.say("a.no_second"));
  if (one.person_id == visit.person()) return item;
  const auto id = std::to_string(one.person_id);
  item.forms = {{"/account/team/role",
                 visit.say("a.save"),
                 {role_field(visit, one.role)},
                 {{"person", id}},
                 "quiet"},
                {"/account/team/remove",
                 visit.say("a.remove"),
                 {},
                 {{"person", id}},
                 "quiet",
                 {},
                 visit.say("a.remove") + ": " + item.title}};
  return item;
}

base::Task<Screen> team_screen(AccountContext& context, VisitPtr visit, std::string error) {
  const auto members = co_await context.desks.teams.members(visit->account());
  const auto invitations = co_await context.desks.teams.invitations(visit->account());
  auto access = access_of(context, *visit, "pages.team");
  Screen screen{visit->say("a.team"), visit->say("a.team_lead")};
  screen.current = "/account/team";
  Card people{"members"};
  for (const auto& one : members) people.items.push_back(member_item(*visit, one, access));
  for (const auto& one : invitations) {
    if (one.subject != 0) access.about(one.subject);
    Item item{std::string(open(one.email, access)), visit->say("a.invited_badge")};
    item.lines = {role_words(*visit, one.role),
                  visit->words->get("a.until", {{"when", moment(*visit, one.expires_at)}})};
    item.forms = {{"/account/team/withdraw",
                   visit->say("a.withdraw"),
                   {},
                   {{"invitation", one.id.hex()}},
                   "quiet",
                   {},
                   visit->say("a.withdraw") + ": " + item.title}};
    people.items.push_back(item);
  }
  Card invite{"invite", visit->say("a.invite")};
  auto email = field(*visit, "email", "a.email", "email", "off");
  email.error = std::move(error);
  invite.forms = {{"/account/team/invite",
                   visit->say("a.invite"),
                   {email, role_field(*visit, accounts::Role::Operator)}}};
  screen.cards = {people, invite};
  co_return screen;
}

// What was wrong with the form, by its field.
struct KeyTrouble {
  std::string name, expires, networks;
  bool is_any() const { return !(name + expires + networks).empty(); }
};

constexpr std::pair<accounts::Scope, std::string_view> kScopes[] = {
    {accounts::Scope::Read, "a.scope_read"},
    {accounts::Scope::Write, "a.scope_write"},
    {accounts::Scope::Webhooks, "a.scope_webhooks"},
    {accounts::Scope::Privacy, "a.scope_privacy"}};

std::string scope_words(const Visit& visit, accounts::Scopes scopes) {
  std::string out;
  for (const auto& [scope, key] : kScopes)
    if (accounts::contains(scopes, scope)) out += (out.empty() ? "" : ", ") + visit.say(key);
  return out;
}

Card make_key_card(const Visit& visit, const KeyTrouble& trouble) {
  Card make{"new", visit.say("a.key_make")};
  auto name = field(visit, "name", "a.key_name");
  name.error = trouble.name;
  auto expires = field(visit, "expires", "a.expires", "date");
  expires.is_required = false;
  expires.error = trouble.expires;
  auto networks = field(visit, "networks", "a.networks");
  networks.is_required = false;
  networks.hint = visit.say("a.networks_hint");
  networks.error = trouble.networks;
  ScreenForm form{"/account/keys", visit.say("a.key_make"), {name, expires, networks}};
  form.group = visit.say("a.scopes");
  for (const auto& [scope, key] : kScopes) {
    Field tick{"may_" + accounts::scopes_text(static_cast<accounts::Scopes>(scope)), visit.say(key),
               "checkbox"};
    tick.is_required = false;
    tick.is_checked = visit.request.method() == "POST" ? !visit.field(tick.name).empty()
                                                       : scope == accounts::Scope::Read;
    form.ticks.push_back(tick);
  }
  make.forms = {form};
  return make;
}

base::Task<Screen> keys_screen(AccountContext& context, VisitPtr visit, std::string shown_once,
                               KeyTrouble trouble) {
  const auto account = visit->account();
  auto work = [&context, account] { return context.keys.list_keys(account); };
  const auto keys = co_await elsewhere(work);
  Screen screen{visit->say("a.keys"), visit->say("a.keys_lead")};
  screen.current = "/account/keys";
  if (!shown_once.empty()) {
    Card fresh{"fresh", visit->say("a.key_new"), {visit->say("a.key_once")}};
    fresh.codes = {std::move(shown_once)};
    screen.cards.push_back(fresh);
  }
  Card list{"keys"};
  for (const auto& one : keys) {
    if (one.revoked_at) continue;
    Item item{one.name, scope_words(*visit, one.scopes), "move"};
    item.lines = {one.prefix + "\xE2\x80\xA6",
                  one.last_used_at
                      ? visit->words->get("a.used", {{"when", moment(*visit, *one.last_used_at)}})
                      : visit->say("a.never_used")};
    if (one.expires_at)
      item.lines.push_back(
          visit->words->get("a.until", {{"when", moment(*visit, *one.expires_at)}}));
    if (!one.networks.empty()) item.lines.push_back(one.networks);
    item.forms = {{"/account/keys/revoke",
                   visit->say("a.revoke"),
                   {},
                   {{"key", std::to_string(one.key_id)}},
                   "quiet",
                   {},
                   visit->say("a.revoke") + ": " + one.name}};
    list.items.push_back(item);
  }
  if (list.items.empty()) list.texts = {visit->say("a.no_keys")};
  screen.cards.push_back(list);
  screen.cards.push_back(make_key_card(*visit, trouble));
  co_return screen;
}

std::int64_t number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  return wrong == std::errc() && end == text.data() + text.size() ? value : 0;
}

}  // namespace

Answer team_page(AccountContext& context, VisitPtr visit) {
  auto screen = co_await team_screen(context, visit, {});
  co_return show(context, *visit, screen);
}

Answer invite(AccountContext& context, VisitPtr visit) {
  const auto role = accounts::parse_role(visit->field("role"));
  if (!role) co_return done(*visit, "/account/team");
  const auto invited =
      co_await context.desks.teams.invite(visit->account(), acting(*visit), visit->field("email"),
                                          *role, std::string(visit->words->language()));
  if (invited) co_return done(*visit, "/account/team", "invited");
  auto screen = co_await team_screen(context, visit,
                                     visit->say("a.team." + std::string(word(invited.error()))));
  co_return show(context, *visit, screen, 422);
}

Answer withdraw(AccountContext& context, VisitPtr visit) {
  if (const auto id = base::Id::parse(visit->field("invitation")))
    co_await context.desks.teams.withdraw(visit->account(), acting(*visit), *id);
  co_return done(*visit, "/account/team", "removed");
}

Answer set_role(AccountContext& context, VisitPtr visit) {
  const auto role = accounts::parse_role(visit->field("role"));
  if (!role) co_return done(*visit, "/account/team");
  const auto set = co_await context.desks.teams.set_role(visit->account(), acting(*visit),
                                                         number(visit->field("person")), *role);
  if (set) co_return done(*visit, "/account/team", "saved");
  co_return say_only(context, *visit, 409, "a.team", "a.team." + std::string(word(set.error())),
                     "/account/team", "a.back");
}

Answer remove_member(AccountContext& context, VisitPtr visit) {
  const auto gone = co_await context.desks.teams.remove(visit->account(), acting(*visit),
                                                        number(visit->field("person")));
  if (gone) co_return done(*visit, "/account/team", "removed");
  co_return say_only(context, *visit, 409, "a.team", "a.team." + std::string(word(gone.error())),
                     "/account/team", "a.back");
}

Answer keys_page(AccountContext& context, VisitPtr visit) {
  KeyTrouble none;  // named: g++ 12 destroys an aggregate twice that is made inside a co_await
  auto screen = co_await keys_screen(context, visit, {}, std::move(none));
  co_return show(context, *visit, screen);
}

Answer create_key(AccountContext& context, VisitPtr visit) {
  const auto name = visit->field("name"), networks = visit->field("networks");
  accounts::Scopes scopes = 0;
  for (const auto& [scope, key] : kScopes) {
    const auto bit = static_cast<accounts::Scopes>(scope);
    if (!visit->field("may_" + accounts::scopes_text(bit)).empty()) scopes |= bit;
  }
  const auto expires = base::parse_iso(visit->field("expires"));
  const auto account = visit->account();
  KeyTrouble trouble;
  std::string made;
  if (scopes == 0 || name.empty()) trouble.name = visit->say("a.key.name");
  if (!visit->field("expires").empty() && !expires) trouble.expires = visit->say("a.key.expiry");
  const auto maker = visit->person();
  auto work = [&] {
    return context.keys.create_key(account, name, scopes, expires, networks, maker);
  };
  if (!trouble.is_any()) {
    auto key = co_await elsewhere(work);
    if (key) {
      made = key.value().text;
    } else if (key.error() == accounts::AccountError::ExpiryInvalid) {
      trouble.expires = visit->say("a.key.expiry");
    } else if (key.error() == accounts::AccountError::NetworksInvalid) {
      trouble.networks = visit->say("a.key.networks");
    } else {
      trouble.name = visit->say("a.not_right");
    }
  }
  // Shown this once, in the answer itself: never in an address.
  const int status = trouble.is_any() ? 422 : 200;
  auto screen = co_await keys_screen(context, visit, std::move(made), std::move(trouble));
  co_return show(context, *visit, screen, status);
}

Answer revoke_key(AccountContext& context, VisitPtr visit) {
  const auto account = visit->account(), key = number(visit->field("key"));
  auto work = [&context, account, key] { return context.keys.revoke_key(account, key); };
  co_await elsewhere(work);
  co_return done(*visit, "/account/keys", "removed");
}

}  // namespace pages::account
