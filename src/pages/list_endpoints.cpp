#include "pages/list_endpoints.h"

#include <fmt/format.h>

#include "pages/account/desk.h"
#include "pages/account/screen.h"
#include "pages/visit.h"

namespace pages {
namespace {

using base::Task;
using http::Request, http::Response;
using outreach::Joining, outreach::ListDoor;

// A sentence with the list's and the shop's names in it.
std::string say(const Words& words, std::string_view key, const Joining::Seen& seen) {
  return words.get(key, {{"list", seen.list}, {"shop", seen.shop}});
}

// What the reader says yes to, word for word: it stands beside the button and in their record.
std::string yes_words(const Words& words, const Joining::Seen& seen) {
  return say(words, "list.yes.words", seen);
}

Response show(const Request& request, Screen screen, int status = 200) {
  auto frame = frame_of(request, http::the_register());
  screen.is_narrow = true;
  return page(status, render_screen(screen, {frame}), request, http::the_register(),
              Forms::OwnSite);
}

// A page of two sentences.
Response tell(const Request& request, std::string_view key, const Joining::Seen& seen = {},
              int status = 200) {
  const auto& words = words_of(request);
  return show(request,
              {say(words, fmt::format("{}.title", key), seen),
               say(words, fmt::format("{}.text", key), seen)},
              status);
}
Response gone(const Request& request) { return tell(request, "list.over", {}, 404); }

std::string action_of(const Request& request) {
  const auto lang = query_value(request, "lang");
  std::string path(request.path());
  if (Words::find(lang) != nullptr) path += "?lang=" + lang;
  return path;
}

std::optional<ListDoor> door_of(const ListContext& context, const Request& request,
                                bool of_a_reader) {
  auto door = outreach::read_door(context.vault, request.parameter("token"));
  if (door && door->person.is_nobody() == of_a_reader) return std::nullopt;
  return door;
}

Task<std::optional<Joining::Seen>> see(ListContext& context, ListDoor door) {
  auto work = [&](store::Tx& tx) { return context.joining.see(tx, door); };
  co_return co_await context.database.read(work);
}

Response joining_form(const Request& request, const Joining::Seen& seen, bool is_wrong) {
  const auto& words = words_of(request);
  Screen screen{say(words, "list.join.title", seen), say(words, "list.join.text", seen)};
  ScreenForm form{action_of(request), std::string(words.get("list.join.do"))};
  Field address{"address", std::string(words.get("list.join.address")), "email"};
  address.autocomplete = "email";
  address.hint = words.get("list.join.terms");
  if (is_wrong) {
    address.value = value_of(form_of(request), "address");
    address.error = words.get("list.join.wrong");
  }
  form.fields = {address};
  Card card{"join"};
  card.forms = {form};
  screen.cards = {card};
  return show(request, screen, is_wrong ? 422 : 200);
}

Task<Response> join_page(ListContext& context, Request request) {
  const auto door = door_of(context, request, false);
  if (!door) co_return gone(request);
  const auto seen = co_await see(context, *door);
  co_return seen ? joining_form(request, *seen, false) : gone(request);
}

Task<Response> join(ListContext& context, Request request) {
  const auto door = door_of(context, request, false);
  if (!door) co_return gone(request);
  if (!is_from_own_site(request)) co_return go(action_of(request));
  const auto form = form_of(request);
  std::optional<Joining::Seen> seen;
  bool is_address = false;
  auto work = [&](store::Tx& tx) {
    seen = context.joining.see(tx, *door);
    is_address = seen && context.joining.ask(tx, *door, value_of(form, "address"),
                                             words_of(request).language());
  };
  co_await context.database.write(work);
  if (!seen) co_return gone(request);
  if (!is_address) co_return joining_form(request, *seen, true);
  co_return tell(request, "list.asked", *seen);
}

Task<Response> yes_page(ListContext& context, Request request) {
  std::optional<Joining::Seen> seen;
  auto work = [&](store::Tx& tx) {
    const auto door = context.joining.find(tx, request.parameter("token"));
    if (door) seen = context.joining.see(tx, *door);
  };
  co_await context.database.read(work);
  if (!seen) co_return gone(request);
  const auto& words = words_of(request);
  Screen screen{say(words, "list.yes.title", *seen), yes_words(words, *seen)};
  Card card{"yes"};
  card.forms = {{action_of(request), std::string(words.get("list.yes.do"))}};
  screen.cards = {card};
  co_return show(request, screen);
}

Task<Response> say_yes(ListContext& context, Request request) {
  if (!is_from_own_site(request)) co_return go(action_of(request));
  const auto& words = words_of(request);
  std::optional<Joining::Seen> seen;
  auto work = [&](store::Tx& tx) {
    const auto token = request.parameter("token");
    const auto door = context.joining.find(tx, token);
    if (door) seen = context.joining.see(tx, *door);
    if (seen) context.joining.confirm(tx, token, yes_words(words, *seen), words.language());
  };
  co_await context.database.write(work);
  if (!seen) co_return gone(request);
  co_return tell(request, "list.done", *seen);
}

Task<Response> leave_page(ListContext& context, Request request) {
  const auto door = door_of(context, request, true);
  if (!door) co_return gone(request);
  const auto seen = co_await see(context, *door);
  if (!seen) co_return tell(request, "list.left");
  const auto& words = words_of(request);
  Screen screen{say(words, "list.leave.title", *seen), say(words, "list.leave.text", *seen)};
  Card card{"leave"};
  ScreenForm one{action_of(request), std::string(words.get("list.leave.do"))};
  ScreenForm all{action_of(request), say(words, "list.leave.all", *seen)};
  all.hidden = {{"what", "shop"}};
  all.tone = "quiet";
  card.row = {one, all};
  screen.cards = {card};
  co_return show(request, screen);
}

// From wherever it comes: a mail program's one click has no page of ours behind it, and nobody can
// make one without the reader's own door.
Task<Response> leave(ListContext& context, Request request) {
  const auto door = door_of(context, request, true);
  if (!door) co_return gone(request);
  const auto form = form_of(request);
  const auto what =
      value_of(form, "what") == "shop" ? Joining::Leaving::Shop : Joining::Leaving::List;
  auto work = [&context, door, what] {
    context.joining.leave(*door, what);
    return true;
  };
  co_await elsewhere(work);
  if (!value_of(form, "List-Unsubscribe").empty()) co_return http::text(200, "unsubscribed\n");
  co_return tell(request, "list.left");
}

using Handler = Task<Response> (*)(ListContext&, Request);

}  // namespace

void add_list_routes(http::Router& router, ListContext& context) {
  struct Route {
    const char *method, *pattern;
    Handler handler;
  };
  constexpr Route kRoutes[] = {
      {"GET", "/lists/yes/{token}", yes_page},     {"POST", "/lists/yes/{token}", say_yes},
      {"GET", "/lists/{token}", join_page},        {"POST", "/lists/{token}", join},
      {"GET", "/lists/{token}/leave", leave_page}, {"POST", "/lists/{token}/leave", leave}};
  for (const auto& route : kRoutes) {
    router.add(route.method, route.pattern, [&context, handler = route.handler](Request request) {
      return handler(context, std::move(request));
    });
  }
}

}  // namespace pages
