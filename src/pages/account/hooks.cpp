// Webhooks: where the shop's own programs are told, how they are doing, what became of what was
// sent, and sending it again.
#include <fmt/format.h>

#include <charconv>

#include "notify/log.h"
#include "notify/queue.h"
#include "notify/signing.h"
#include "pages/account/handlers.h"

namespace pages::account {
namespace {

using notify::Webhook, notify::WebhookError;

constexpr int kMostShown = 40;
constexpr int kMostReplayed = 10'000;
constexpr std::string_view kPage = "/account/webhooks";
constexpr journey::Status kTold[] = {journey::Status::InfoReceived, journey::Status::Transit,
                                     journey::Status::Pickup,       journey::Status::Delivered,
                                     journey::Status::Undelivered,  journey::Status::Exception,
                                     journey::Status::Expired,      journey::Status::NotFound};

std::string_view word(WebhookError why) {
  switch (why) {
    case WebhookError::UrlInvalid:
      return "a.hook.url";
    case WebhookError::UrlPrivate:
      return "a.hook.private";
    case WebhookError::TooMany:
      return "a.hook.many";
    case WebhookError::DescriptionTooLong:
      return "a.hook.long";
    case WebhookError::UnknownAccount:
    case WebhookError::UnknownWebhook:
    case WebhookError::StatusUnknown:
    case WebhookError::VersionUnknown:
      return "a.not_right";
  }
  return "a.not_right";
}

// A webhook with how it is doing.
struct Doing {
  Webhook webhook;
  std::optional<notify::LaneState> lane;
  std::int64_t waiting = 0;
};

Doing doing(store::Tx& tx, Webhook webhook) {
  Doing one{std::move(webhook), {}, 0};
  one.lane = notify::lane_state(tx, one.webhook.lane());
  one.waiting = notify::waiting_in(tx, one.webhook.lane());
  return one;
}

std::string path_of(std::int64_t id) { return fmt::format("{}/{}", kPage, id); }

std::int64_t id_in(std::string_view text) {
  std::int64_t id = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), id);
  return wrong == std::errc() && end == text.data() + text.size() ? id : 0;
}

// What is told: words of the statuses, in the visitor's language.
std::string told_words(const Visit& visit, notify::Statuses statuses) {
  if (statuses == 0) return visit.say("a.hook_all");
  std::string out;
  for (const auto name : notify::status_names(statuses))
    out += (out.empty() ? "" : ", ") + visit.say(fmt::format("status.{}", name));
  return out;
}

Item item_of(const Visit& visit, const Doing& one) {
  const auto& hook = one.webhook;
  Item item{hook.description.empty() ? notify::host_of(hook.url) : hook.description};
  const bool is_paused = one.lane && one.lane->paused_at;
  const bool is_failing = one.lane && one.lane->failures > 0;
  item.badge = visit.say(hook.disabled_at || is_paused ? "a.hook_off"
                         : is_failing                  ? "a.hook_failing"
                                                       : "a.hook_on");
  item.tone = hook.disabled_at || is_paused ? "warn" : is_failing ? "bad" : "good";
  item.href = path_of(hook.webhook_id);
  item.lines = {hook.url, told_words(visit, hook.statuses)};
  if (one.lane && one.lane->succeeded_at)
    item.lines.push_back(
        visit.words->get("a.hook_last", {{"when", moment(visit, *one.lane->succeeded_at)}}));
  if (is_failing && !one.lane->code.empty())
    item.lines.push_back(visit.words->get("a.hook_code", {{"code", one.lane->code}}));
  if (one.waiting > 0)
    item.lines.push_back(
        visit.words->get("a.hook_waiting", {{"count", std::to_string(one.waiting)}}));
  return item;
}

Card add_card(const Visit& visit, std::string error) {
  Card card{"new", visit.say("a.hook_add")};
  auto url = field(visit, "url", "a.hook_url", "url", "off");
  url.hint = visit.say("a.hook_url_hint");
  url.error = std::move(error);
  auto what = field(visit, "description", "a.key_name", "text", "off");
  what.is_required = false;
  ScreenForm form{"/account/webhooks", visit.say("a.hook_add"), {url, what}};
  form.group = visit.say("a.hook_told");
  for (const auto status : kTold) {
    const std::string name(journey::name(status));
    Field tick{"on_" + name, visit.say("status." + name), "checkbox"};
    tick.is_required = false;
    tick.is_checked = !visit.field(tick.name).empty();
    form.ticks.push_back(tick);
  }
  form.group_hint = visit.say("a.hook_told_hint");
  card.forms = {form};
  return card;
}

Answer listed(AccountContext& context, VisitPtr visit, std::string error, int status) {
  const auto account = visit->account();
  auto work = [account](store::Tx& tx) {
    std::vector<Doing> all;
    for (auto& hook : notify::Webhooks::list(tx, account))
      all.push_back(doing(tx, std::move(hook)));
    return all;
  };
  const auto all = co_await context.database.read(work);
  Screen screen{visit->say("a.hooks"), visit->say("a.hooks_lead")};
  screen.current = kPage;
  Card list{"hooks"};
  for (const auto& one : all) list.items.push_back(item_of(*visit, one));
  if (list.items.empty()) list.texts = {visit->say("a.hook_none")};
  screen.cards = {list, add_card(*visit, std::move(error))};
  co_return show(context, *visit, screen, status);
}

Screen secret_screen(const Visit& visit, const notify::Webhooks::New& made,
                     std::string_view text_key) {
  Screen screen{visit.say("a.hook_secret"), visit.say("a.hook_secret_text")};
  screen.is_narrow = true;
  screen.current = kPage;
  Card card{"secret"};
  card.codes = {notify::standard_secret(made.secret), made.secret};
  card.texts = {visit.say("a.hook_secret_two")};
  if (!text_key.empty()) card.texts.push_back(visit.say(text_key));
  card.links = {{path_of(made.webhook.webhook_id), visit.say("a.codes_kept")}};
  screen.cards = {card};
  return screen;
}

std::string_view end_key(notify::End end) {
  switch (end) {
    case notify::End::Delivered:
      return "a.hook_end.delivered";
    case notify::End::Dead:
      return "a.hook_end.dead";
    case notify::End::Dropped:
      return "a.hook_end.dropped";
  }
  return "a.hook_end.dropped";
}

ScreenForm act(const Visit& visit, std::string_view what, std::string_view words_key,
               std::int64_t id, std::string tone = "quiet") {
  ScreenForm form{fmt::format("{}/{}", kPage, what), visit.say(words_key)};
  form.hidden = {{"webhook", std::to_string(id)}};
  form.tone = std::move(tone);
  return form;
}

Item settled_item(const Visit& visit, const notify::Settled& one, std::int64_t hook) {
  Item item{moment(visit, one.at), visit.say(end_key(one.end))};
  item.tone = one.end == notify::End::Delivered ? "good"
              : one.end == notify::End::Dead    ? "bad"
                                                : "calm";
  item.lines = {fmt::format("{} · {}", one.code, notify::message_id(one.delivery.id))};
  auto again = act(visit, "replay", "a.hook_replay", hook);
  again.hidden.emplace_back("message", notify::message_id(one.delivery.id));
  again.name = again.submit + ": " + item.title;
  item.forms = {again};
  return item;
}

struct Seen {
  Doing one;
  std::vector<notify::Settled> settled;
  std::int64_t dead = 0;
};

std::optional<Seen> look(store::Tx& tx, std::int64_t account, std::int64_t id) {
  auto hook = notify::Webhooks::find(tx, account, id);
  if (!hook) return std::nullopt;
  Seen seen{doing(tx, std::move(*hook)), {}, 0};
  notify::Which which;
  which.account_id = account;
  which.channel = channels::Channel::Webhook;
  which.lane = id;
  seen.settled = notify::find(tx, which, kMostShown);
  which.end = notify::End::Dead;
  seen.dead = notify::count(tx, which);
  return seen;
}

Card state_card(const Visit& visit, const Seen& seen) {
  const auto id = seen.one.webhook.webhook_id;
  Card card{"state"};
  auto item = item_of(visit, seen.one);
  item.href.clear();
  card.items = {item};
  const bool is_off = seen.one.webhook.disabled_at || (seen.one.lane && seen.one.lane->paused_at);
  auto end_now = field(visit, "end_old", "a.hook_end_old", "checkbox");
  end_now.is_required = false;
  auto rotate = act(visit, "secret", "a.hook_rotate", id);
  rotate.fields = {end_now};
  card.row = {
      act(visit, "test", "a.hook_test", id, ""),
      act(visit, is_off ? "resume" : "pause", is_off ? "a.hook_resume" : "a.hook_pause", id)};
  card.forms = {rotate};
  if (seen.one.webhook.overlap_until)
    card.texts.push_back(visit.words->get(
        "a.hook_overlap", {{"when", moment(visit, *seen.one.webhook.overlap_until)}}));
  return card;
}

Screen hook_screen(const Visit& visit, const Seen& seen) {
  Screen screen{notify::host_of(seen.one.webhook.url)};
  screen.current = kPage;
  screen.back = {std::string(kPage), visit.say("a.hooks")};
  Card log{"deliveries", visit.say("a.hook_deliveries")};
  for (const auto& one : seen.settled)
    log.items.push_back(settled_item(visit, one, seen.one.webhook.webhook_id));
  if (log.items.empty()) log.texts = {visit.say("a.hook_no_deliveries")};
  if (seen.dead > 0) {
    log.texts.push_back(visit.words->get("a.hook_dead", {{"count", std::to_string(seen.dead)}}));
    log.forms = {act(visit, "replay", "a.hook_replay_dead", seen.one.webhook.webhook_id)};
  }
  auto remove = act(visit, "remove", "a.hook_remove", seen.one.webhook.webhook_id, "bad");
  remove.fields = {field(visit, "sure", "a.delete_sure", "checkbox")};
  Card leave{"remove", visit.say("a.hook_remove"), {visit.say("a.hook_remove_text")}};
  leave.forms = {remove};
  screen.cards = {state_card(visit, seen), log, leave};
  return screen;
}

Answer unknown(AccountContext& context, VisitPtr visit) {
  co_return say_only(context, *visit, 404, "a.hooks", "a.hook_unknown", kPage, "a.hooks");
}

template <class F>
Answer change(AccountContext& context, VisitPtr visit, F work, std::string_view said) {
  const base::Outcome<WebhookError> outcome = co_await context.database.write(work);
  if (!outcome) co_return co_await unknown(context, visit);
  if (context.hooks->hurry) context.hooks->hurry();
  co_return done(*visit, path_of(id_in(visit->field("webhook"))), said);
}

}  // namespace

Answer hooks_page(AccountContext& context, VisitPtr visit) {
  co_return co_await listed(context, visit, {}, 200);
}

Answer hook_page(AccountContext& context, VisitPtr visit) {
  const auto account = visit->account(), id = id_in(visit->request.parameter("id"));
  auto work = [account, id](store::Tx& tx) { return look(tx, account, id); };
  const auto seen = co_await context.database.read(work);
  if (!seen) co_return co_await unknown(context, visit);
  co_return show(context, *visit, hook_screen(*visit, *seen));
}

Answer add_hook(AccountContext& context, VisitPtr visit) {
  notify::WebhookDraft draft;
  draft.url = visit->field("url");
  draft.description = visit->field("description");
  std::string told;
  for (const auto status : kTold) {
    const std::string name(journey::name(status));
    if (!visit->field("on_" + name).empty()) told += (told.empty() ? "" : ",") + name;
  }
  draft.statuses = notify::parse_statuses(told.empty() ? "all" : told);
  const auto account = visit->account();
  auto work = [&](store::Tx& tx) { return context.hooks->webhooks.add(tx, account, draft); };
  const auto made = co_await context.database.write(work);
  if (!made) {
    auto error = visit->say(word(made.error()));
    co_return co_await listed(context, visit, std::move(error), 422);
  }
  co_return show(context, *visit, secret_screen(*visit, *made, {}));
}

Answer test_hook(AccountContext& context, VisitPtr visit) {
  if (context.hooks->sender == nullptr) co_return done(*visit, kPage);
  struct Needed {
    Webhook webhook;
    std::vector<std::string> secrets;
    std::string email;
  };
  const auto account = visit->account(), id = id_in(visit->field("webhook"));
  auto work = [&](store::Tx& tx) -> std::optional<Needed> {
    auto hook = notify::Webhooks::find(tx, account, id);
    if (!hook) return std::nullopt;
    personal::Access<personal::Purpose::ServeController> access(
        context.shop.ledger, visit->who->actor(), account, "pages.webhooks.test");
    Needed needed{*hook, context.hooks->webhooks.secrets(tx, *hook, access), {}};
    if (hook->version != notify::BodyVersion::V4)
      needed.email = context.hooks->email_of(tx, account);
    return needed;
  };
  auto needed = co_await context.database.read(work);
  if (!needed) co_return co_await unknown(context, visit);
  const auto tested = co_await context.hooks->sender->test(
      std::move(needed->webhook), std::move(needed->secrets), std::move(needed->email));
  auto again = [account, id](store::Tx& tx) { return look(tx, account, id); };
  const auto seen = co_await context.database.read(again);
  if (!seen) co_return co_await unknown(context, visit);
  auto screen = hook_screen(*visit, *seen);
  const bool is_taken = tested.outcome.kind == channels::Outcome::Kind::Accepted;
  screen.note = visit->words->get(
      is_taken ? "a.hook_tested" : "a.hook_test_failed",
      {{"code", tested.outcome.code}, {"time", std::to_string(tested.took.count() / 1000)}});
  screen.note_tone = is_taken ? "good" : "bad";
  co_return show(context, *visit, screen);
}

Answer rotate_hook(AccountContext& context, VisitPtr visit) {
  const auto account = visit->account(), id = id_in(visit->field("webhook"));
  const bool ends_old = !visit->field("end_old").empty();
  auto work = [&](store::Tx& tx) {
    return context.hooks->webhooks.rotate(tx, account, id, ends_old);
  };
  const auto made = co_await context.database.write(work);
  if (!made) co_return co_await unknown(context, visit);
  co_return show(context, *visit,
                 secret_screen(*visit, *made, ends_old ? "" : "a.hook_overlap_text"));
}

Answer pause_hook(AccountContext& context, VisitPtr visit) {
  const auto account = visit->account(), id = id_in(visit->field("webhook"));
  auto* const hooks = &context.hooks->webhooks;
  auto work = [hooks, account, id](store::Tx& tx) {
    return hooks->disable(tx, account, id, "by hand");
  };
  co_return co_await change(context, visit, work, "saved");
}

Answer resume_hook(AccountContext& context, VisitPtr visit) {
  const auto account = visit->account(), id = id_in(visit->field("webhook"));
  auto* const hooks = &context.hooks->webhooks;
  auto work = [hooks, account, id](store::Tx& tx) { return hooks->enable(tx, account, id); };
  co_return co_await change(context, visit, work, "saved");
}

Answer remove_hook(AccountContext& context, VisitPtr visit) {
  const auto account = visit->account(), id = id_in(visit->field("webhook"));
  if (visit->field("sure").empty()) co_return done(*visit, path_of(id));
  auto work = [&](store::Tx& tx) { return context.hooks->webhooks.remove(tx, account, id); };
  const auto subject = co_await context.database.write(work);
  if (!subject) co_return co_await unknown(context, visit);
  // The secrets' key; elsewhere, because it waits for the key store's disk.
  auto* const vault = &context.shop.shipments.vault();
  const auto gone = *subject;
  auto forget = [vault, account, gone] {
    const personal::SubjectId subjects[] = {gone};
    vault->forget(account, subjects);
    return true;
  };
  co_await elsewhere(forget);
  co_return done(*visit, kPage, "removed");
}

// One message, or everything that was given up.
Answer replay_hook(AccountContext& context, VisitPtr visit) {
  const auto id = id_in(visit->field("webhook"));
  notify::Which which;
  which.account_id = visit->account();
  which.channel = channels::Channel::Webhook;
  which.lane = id;
  const auto message = visit->field("message");
  if (message.empty()) {
    which.end = notify::End::Dead;
  } else {
    which.id = notify::parse_message_id(message);
    if (!which.id) co_return co_await unknown(context, visit);
  }
  const auto now = context.clock.now();
  auto work = [&](store::Tx& tx) { return notify::replay(tx, which, now, kMostReplayed); };
  co_await context.database.write(work);
  if (context.hooks->hurry) context.hooks->hurry();
  co_return done(*visit, path_of(id), "replayed");
}

}  // namespace pages::account
