#include "api/own/webhooks.h"

#include "api/own/door.h"
#include "api/own/webhook_json.h"
#include "base/time.h"

namespace api::own {
namespace {

using accounts::Caller, accounts::Scope;
using Answer = base::Task<http::Response>;
using notify::Webhook, notify::WebhookError;

constexpr int kMostListed = 200;
constexpr int kMostReplayed = 10'000;
http::Response refusal(WebhookError why) {
  const int status = why == WebhookError::UnknownWebhook ? 404
                     : why == WebhookError::TooMany      ? 409
                                                         : 422;
  return error(status, describe(why));
}

std::int64_t id_of(const http::Request& request) { return number_in(request, "id"); }

using Call = Answer (*)(WebhookContext&, Caller, http::Request);

Answer guard(WebhookContext& context, Scope scope, Call call, http::Request request) {
  const auto caller = co_await admit(context.accounts, context.limiter, scope, request);
  if (!caller) co_return caller.error();
  co_return co_await call(context, *caller, std::move(request));
}

// A webhook with how it is doing.
struct Shown {
  Webhook webhook;
  std::optional<notify::LaneState> lane;
  std::int64_t waiting = 0;
};

Shown shown(store::Tx& tx, Webhook webhook) {
  Shown s{std::move(webhook), {}, 0};
  s.lane = lane_state(tx, s.webhook.lane());
  s.waiting = waiting_in(tx, s.webhook.lane());
  return s;
}

http::Response answer(int status, const Shown& s, std::string_view secret = {}) {
  base::JsonWriter json;
  write_webhook(json, s.webhook, s.lane, s.waiting, secret);
  return http::json(status, std::move(json).text());
}

Answer list(WebhookContext& context, Caller caller, http::Request) {
  auto work = [&](store::Tx& tx) {
    std::vector<Shown> all;
    for (auto& webhook : notify::Webhooks::list(tx, caller.account_id)) {
      all.push_back(shown(tx, std::move(webhook)));
    }
    return all;
  };
  const auto all = co_await context.database.read(work);
  base::JsonWriter json;
  json.begin_object().key("webhooks").begin_array();
  for (const auto& s : all) write_webhook(json, s.webhook, s.lane, s.waiting);
  json.end_array().end_object();
  co_return http::json(200, std::move(json).text());
}

Answer get(WebhookContext& context, Caller caller, http::Request request) {
  const auto id = id_of(request);
  auto work = [&](store::Tx& tx) -> std::optional<Shown> {
    auto webhook = notify::Webhooks::find(tx, caller.account_id, id);
    if (!webhook) return std::nullopt;
    return shown(tx, std::move(*webhook));
  };
  const auto found = co_await context.database.read(work);
  co_return found ? answer(200, *found) : refusal(WebhookError::UnknownWebhook);
}

Answer add(WebhookContext& context, Caller caller, http::Request request) {
  const auto draft = read_draft(request.body());
  if (!draft) co_return error(422, draft.error());
  auto work = [&](store::Tx& tx) { return context.webhooks.add(tx, caller.account_id, *draft); };
  const auto made = co_await context.database.write(work);
  if (!made) co_return refusal(made.error());
  co_return answer(201, {made->webhook, {}, 0}, made->secret);
}

Answer update(WebhookContext& context, Caller caller, http::Request request) {
  const auto draft = read_draft(request.body());
  if (!draft) co_return error(422, draft.error());
  const auto id = id_of(request);
  auto work = [&](store::Tx& tx) -> base::Result<Shown, WebhookError> {
    auto changed = context.webhooks.update(tx, caller.account_id, id, *draft);
    if (!changed) return base::Failure{changed.error()};
    return shown(tx, *changed);
  };
  const auto changed = co_await context.database.write(work);
  co_return changed ? answer(200, *changed) : refusal(changed.error());
}

Answer remove(WebhookContext& context, Caller caller, http::Request request) {
  const auto id = id_of(request);
  auto work = [&](store::Tx& tx) { return context.webhooks.remove(tx, caller.account_id, id); };
  const auto subject = co_await context.database.write(work);
  if (!subject) co_return refusal(subject.error());
  // The secrets' key; on a reading thread, because it waits for the key store's disk.
  auto forget = [&](store::Tx&) {
    const personal::SubjectId subjects[] = {*subject};
    context.vault.forget(caller.account_id, subjects);
  };
  co_await context.database.read(forget);
  co_return done();
}

Answer rotate(WebhookContext& context, Caller caller, http::Request request) {
  const auto id = id_of(request);
  const bool ends_old = read_flag(request.body(), "end_old_at_once");
  auto work = [&](store::Tx& tx) {
    return context.webhooks.rotate(tx, caller.account_id, id, ends_old);
  };
  const auto made = co_await context.database.write(work);
  if (!made) co_return refusal(made.error());
  co_return answer(200, {made->webhook, {}, 0}, made->secret);
}

Answer test(WebhookContext& context, Caller caller, http::Request request) {
  struct Needed {
    Webhook webhook;
    std::vector<std::string> secrets;
    std::string email;
  };
  const auto id = id_of(request);
  auto work = [&](store::Tx& tx) -> std::optional<Needed> {
    auto webhook = notify::Webhooks::find(tx, caller.account_id, id);
    if (!webhook) return std::nullopt;
    personal::Access<personal::Purpose::ServeController> access(
        context.ledger, caller.actor(), caller.account_id, "own.webhooks.test");
    Needed needed{*webhook, context.webhooks.secrets(tx, *webhook, access), {}};
    if (webhook->version != notify::BodyVersion::V4)
      needed.email = context.email_of(tx, caller.account_id);
    return needed;
  };
  auto needed = co_await context.database.read(work);
  if (!needed) co_return refusal(WebhookError::UnknownWebhook);
  const auto tested = co_await context.sender.test(
      std::move(needed->webhook), std::move(needed->secrets), std::move(needed->email));
  base::JsonWriter json;
  json.begin_object();
  json.key("accepted").value(tested.outcome.kind == channels::Outcome::Kind::Accepted);
  json.key("outcome").value(tested.outcome.code);
  json.key("id").value(tested.id);
  json.key("milliseconds").value(tested.took.count() / 1000);
  json.end_object();
  co_return http::json(200, std::move(json).text());
}

template <class F>
Answer change(WebhookContext& context, F work) {
  const base::Outcome<WebhookError> outcome = co_await context.database.write(work);
  if (!outcome) co_return refusal(outcome.error());
  if (context.hurry) context.hurry();
  co_return done();
}

Answer pause(WebhookContext& context, Caller caller, http::Request request) {
  const auto id = id_of(request);
  return change(context, [&context, caller, id](store::Tx& tx) {
    return context.webhooks.disable(tx, caller.account_id, id, "by hand");
  });
}

Answer resume(WebhookContext& context, Caller caller, http::Request request) {
  const auto id = id_of(request);
  return change(context, [&context, caller, id](store::Tx& tx) {
    return context.webhooks.enable(tx, caller.account_id, id);
  });
}

// ---- Deliveries

std::optional<notify::End> end_of(std::string_view word) {
  for (const auto end : {notify::End::Delivered, notify::End::Dead, notify::End::Dropped}) {
    if (notify::name(end) == word) return end;
  }
  return std::nullopt;
}

Answer deliveries(WebhookContext& context, Caller caller, http::Request request) {
  notify::Which which;
  which.account_id = caller.account_id;
  which.channel = channels::Channel::Webhook;
  which.lane = id_of(request);
  for (const auto& [name, value] : http::parse_query(request.query(), http::Plus::IsSpace)) {
    if (name == "end")
      which.end = end_of(value);
    else if (name == "from")
      which.from = base::parse_iso(value);
    else if (name == "until")
      which.until = base::parse_iso(value);
  }
  struct Found {
    std::vector<notify::Settled> settled;
    std::vector<notify::Delivery> waiting;
  };
  auto work = [&](store::Tx& tx) {
    return Found{find(tx, which, kMostListed),
                 notify::waiting(tx, {caller.account_id, channels::Channel::Webhook, *which.lane},
                                 kMostListed)};
  };
  const auto found = co_await context.database.read(work);
  base::JsonWriter json;
  json.begin_object().key("waiting").begin_array();
  for (const auto& d : found.waiting) write_waiting(json, d);
  json.end_array().key("settled").begin_array();
  for (const auto& s : found.settled) write_settled(json, s);
  json.end_array().end_object();
  co_return http::json(200, std::move(json).text());
}

Answer replay(WebhookContext& context, Caller caller, http::Request request) {
  auto asked = read_replay(request.body());
  if (!asked) co_return error(422, asked.error());
  const auto now = context.clock.now();
  const auto id = id_of(request);
  auto work = [&](store::Tx& tx) {
    auto which = asked->which;
    which.account_id = caller.account_id;
    which.channel = channels::Channel::Webhook;
    which.lane = id;
    if (asked->ids.empty()) return notify::replay(tx, which, now, kMostReplayed);
    std::int64_t count = 0;
    which.end.reset();
    for (const auto& one : asked->ids) {
      which.id = one;
      count += notify::replay(tx, which, now, 1);
    }
    return count;
  };
  const auto count = co_await context.database.write(work);
  if (context.hurry) context.hurry();
  base::JsonWriter json;
  json.begin_object().key("replayed").value(count).end_object();
  co_return http::json(200, std::move(json).text());
}

}  // namespace

void add_webhook_routes(http::Router& router, WebhookContext& context) {
  const auto add_route = [&](std::string_view method, std::string_view pattern, Scope scope,
                             Call call) {
    router.add(method, pattern, [&context, scope, call](http::Request request) {
      return guard(context, scope, call, std::move(request));
    });
  };
  add_route("GET", "/own/webhooks", Scope::Read, list);
  add_route("POST", "/own/webhooks", Scope::Write, add);
  add_route("GET", "/own/webhooks/{id}", Scope::Read, get);
  add_route("PUT", "/own/webhooks/{id}", Scope::Write, update);
  add_route("DELETE", "/own/webhooks/{id}", Scope::Write, remove);
  add_route("POST", "/own/webhooks/{id}/secret", Scope::Write, rotate);
  add_route("POST", "/own/webhooks/{id}/test", Scope::Write, test);
  add_route("POST", "/own/webhooks/{id}/pause", Scope::Write, pause);
  add_route("POST", "/own/webhooks/{id}/resume", Scope::Write, resume);
  add_route("GET", "/own/webhooks/{id}/deliveries", Scope::Read, deliveries);
  add_route("POST", "/own/webhooks/{id}/replay", Scope::Write, replay);
}

}  // namespace api::own
