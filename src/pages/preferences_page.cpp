#include "pages/preferences_page.h"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "consent/suppression.h"
#include "messages/message.h"
#include "notify/people/voice.h"
#include "pages/preferences_zones.h"
#include "pages/view.h"

namespace pages {
namespace {

using base::Task;
using channels::Channel;
using consent::Cell, consent::Door, consent::Matrix, consent::Preferences;
using http::Request, http::Response;
using journey::Trigger;

Response page(int status, std::string body) {
  auto response = http::html(status, std::move(body));
  auto& headers = response.headers;
  headers.emplace_back("Content-Security-Policy",
                       "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
                       "form-action 'self'; frame-ancestors 'none'");
  headers.emplace_back("Referrer-Policy", "no-referrer");
  headers.emplace_back("X-Robots-Tag", "noindex, nofollow");
  headers.emplace_back("Cache-Control", "no-store");
  headers.emplace_back("Vary", "Accept-Language");
  return response;
}

std::string query_value(const Request& request, std::string_view key) {
  std::string found;
  for (auto& [name, value] : http::parse_query(request.query(), http::Plus::IsSpace)) {
    if (name == key) found = std::move(value);
  }
  return found;
}

bool has_query(const Request& request, std::string_view key) {
  for (const auto& [name, value] : http::parse_query(request.query(), http::Plus::IsSpace)) {
    if (name == key) return true;
  }
  return false;
}

// Chosen on the page, else what they get messages in, else the browser's.
const Words& words_of(const Request& request, const std::string& language) {
  const auto chosen = query_value(request, "lang");
  return Words::choose(chosen.empty() ? language : chosen, request.header("Accept-Language"));
}

Done done_of(const Request& request) {
  const auto done = query_value(request, "done");
  if (done == "saved") return Done::Saved;
  if (done == "stopped") return Done::Stopped;
  if (done == "resumed") return Done::Resumed;
  return Done::Nothing;
}

Wishes wishes_of(store::Tx& tx, const PreferencesContext& context, const Door& door) {
  Wishes wishes;
  notify::people::Voice otherwise;
  otherwise.sender.name = context.shop;
  wishes.shop = notify::people::voice_of(tx, door.account_id, otherwise).sender.name;
  wishes.offered = consent::shop_matrix(tx, door.account_id, base::Id());
  wishes.preferences = consent::preferences_of(tx, door.account_id, door.person);
  // What the shop says for all, until the reader says otherwise.
  const auto manners = consent::account_manners(tx, door.account_id);
  auto& said = wishes.preferences;
  if (!said.quiet) said.quiet = manners.quiet;
  if (said.pace == consent::Pace::Unsaid) said.pace = manners.pace;
  if (said.quiet && said.quiet->from == said.quiet->until) said.quiet.reset();
  wishes.channel = door.channel;
  for (const auto& who : std::set{door.person, door.address}) {
    for (const auto& one : consent::suppressions_of(tx, door.account_id, who)) {
      if (one.until && *one.until <= context.clock.now()) continue;
      wishes.is_stopped |= !one.channel;
      wishes.is_channel_stopped |= one.channel == door.channel;
      wishes.is_erased |= one.why == consent::Why::Erased;
    }
  }
  return wishes;
}

void suppress(store::Tx& tx, const Door& door, std::optional<Channel> channel, base::Instant now) {
  for (const auto& who : std::set{door.person, door.address}) {
    consent::suppress(tx, door.account_id, who,
                      {channel, consent::Why::Unsubscribed, now, std::nullopt});
  }
}

void resume(store::Tx& tx, const Door& door) {
  for (const auto& who : std::set{door.person, door.address}) {
    consent::release(tx, door.account_id, who, std::nullopt);
    consent::release(tx, door.account_id, who, door.channel);
  }
}

// The word for the page that follows.
std::string_view act(store::Tx& tx, const PreferencesContext& context, const Door& door,
                     const PostedForm& form) {
  const auto now = context.clock.now();
  switch (form.does) {
    case PostedForm::Does::Save:
      consent::set_preferences(tx, door.account_id, door.person, form.preferences, now);
      return "saved";
    case PostedForm::Does::Stop:
      suppress(tx, door, std::nullopt, now);
      return "stopped";
    case PostedForm::Does::Resume:
      resume(tx, door);
      return "resumed";
    case PostedForm::Does::OneClick:
      suppress(tx, door, door.channel, now);
      return "stopped";
    case PostedForm::Does::Nothing:
      break;
  }
  return {};
}

Task<Response> show(PreferencesContext& context, Request request) {
  const auto door = consent::read_door(context.vault, request.parameter("token"));
  if (!door) co_return page(404, render_nothing({words_of(request, {})}));
  auto work = [&](store::Tx& tx) { return wishes_of(tx, context, *door); };
  const auto wishes = co_await context.database.read(work);
  co_return page(
      200, render_preferences(wishes, request.path(), done_of(request), has_query(request, "stop"),
                              words_of(request, wishes.preferences.language)));
}

Task<Response> change(PreferencesContext& context, Request request) {
  const auto door = consent::read_door(context.vault, request.parameter("token"));
  if (!door) co_return page(404, render_nothing({words_of(request, {})}));
  PostedForm form;
  std::string_view done;
  auto work = [&](store::Tx& tx) {
    form = read_posted(request.header("Content-Type"), request.body(),
                       consent::shop_matrix(tx, door->account_id, base::Id()));
    done = act(tx, context, *door, form);
  };
  co_await context.database.write(work);
  if (form.does == PostedForm::Does::OneClick) co_return http::text(200, "unsubscribed\n");
  auto response = page(done.empty() ? 400 : 303, {});
  std::string to(request.path());
  to += "?done=";
  to += done;
  const auto language = query_value(request, "lang");
  if (const auto* words = Words::find(language)) to += fmt::format("&lang={}", words->language());
  if (!done.empty()) response.headers.emplace_back("Location", std::move(to));
  co_return response;
}

// ---- Forms

std::optional<int> hour_of(std::string_view text) {
  int hour = -1;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), hour);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size() || hour < 0 || hour > 23)
    return std::nullopt;
  return hour;
}

bool is_language(std::string_view language) {
  for (const auto one : messages::languages()) {
    if (one == language) return true;
  }
  return false;
}

// What stands on the page (`ways`) is answered: ticked is On, not ticked is Off. Where that says no
// more than the shop's own word, nothing is kept.
void read_matrix(const std::set<std::string, std::less<>>& ways,
                 const std::set<std::string, std::less<>>& ticked, const Matrix& offered,
                 Matrix& wanted) {
  for (const auto channel : {Channel::Email, Channel::Sms, Channel::Push}) {
    if (!ways.contains(channels::name(channel))) continue;
    for (std::size_t t = 0; t < journey::kTriggerNames.size(); ++t) {
      const auto trigger = static_cast<Trigger>(t);
      const auto shop = offered.at(trigger, channel);
      if (shop == Cell::Off || shop == Cell::Unsaid) continue;
      const bool is_ticked =
          ticked.contains(fmt::format("{}.{}", channels::name(channel), journey::kTriggerNames[t]));
      if (is_ticked == (shop == Cell::On)) continue;
      wanted.set(trigger, channel, is_ticked ? Cell::On : Cell::Off);
    }
  }
}

}  // namespace

PostedForm read_posted(std::string_view content_type, std::string_view body,
                       const Matrix& offered) {
  PostedForm form;
  if (content_type.starts_with("multipart/form-data")) {
    const auto name = body.find("name=\"List-Unsubscribe\"");
    if (name != std::string_view::npos && body.find("One-Click", name) != std::string_view::npos)
      form.does = PostedForm::Does::OneClick;
    return form;
  }
  std::set<std::string, std::less<>> ways, ticked;
  std::optional<int> from, until;
  for (const auto& [name, value] : http::parse_query(body, http::Plus::IsSpace)) {
    if (name == "List-Unsubscribe" && value == "One-Click")
      form.does = PostedForm::Does::OneClick;
    else if (name == "do")
      form.does = value == "save"     ? PostedForm::Does::Save
                  : value == "stop"   ? PostedForm::Does::Stop
                  : value == "resume" ? PostedForm::Does::Resume
                                      : PostedForm::Does::Nothing;
    else if (name == "way")
      ways.insert(value);
    else if (name == "tell")
      ticked.insert(value);
    else if (name == "language" && is_language(value))
      form.preferences.language = value;
    else if (name == "zone" && consent::is_zone(value))
      form.preferences.zone = value;
    else if (name == "quiet_from")
      from = hour_of(value);
    else if (name == "quiet_until")
      until = hour_of(value);
    else if (name == "daily")
      form.preferences.pace = value == "1" ? consent::Pace::Daily : consent::Pace::AtOnce;
  }
  // What the reader says stands, also that they want no quiet hours.
  if (from && until && *from != *until)
    form.preferences.quiet = consent::QuietHours{*from * 60, *until * 60};
  else
    form.preferences.quiet = consent::QuietHours{};
  read_matrix(ways, ticked, offered, form.preferences.wanted);
  return form;
}

void add_preference_routes(http::Router& router, PreferencesContext& context) {
  router.add("GET", "/n/{token}",
             [&context](Request request) { return show(context, std::move(request)); });
  router.add("POST", "/n/{token}",
             [&context](Request request) { return change(context, std::move(request)); });
  router.errors_below("/n", [](int status, const Request* request) {
    return page(status,
                render_nothing({request != nullptr ? words_of(*request, {}) : *Words::find("en")}));
  });
}

}  // namespace pages
