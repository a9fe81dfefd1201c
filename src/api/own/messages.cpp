#include "api/own/messages.h"

#include "api/own/door.h"
#include "api/own/message_json.h"

namespace api::own {
namespace {

using accounts::Caller, accounts::Scope;
using Answer = base::Task<http::Response>;
using notify::people::Desk, notify::people::DeskError, notify::people::Wording;

using Call = Answer (*)(MessagesContext&, Caller, http::Request);

Answer guard(MessagesContext& context, Scope scope, Call call, http::Request request) {
  const auto caller = co_await admit(context.accounts, context.limiter, scope, request);
  if (!caller) co_return caller.error();
  co_return co_await call(context, *caller, std::move(request));
}

http::Response refusal(DeskError why) {
  const bool is_unknown = why == DeskError::UnknownShipment || why == DeskError::UnknownRecipient;
  return error(is_unknown ? 404 : why == DeskError::TooMany ? 409 : 422, describe(why));
}

base::Id shipment_in(const http::Request& request) {
  return base::Id::parse(request.parameter("id")).value_or(base::Id());
}

http::Response findings(int status, const std::vector<messages::Finding>& all) {
  base::JsonWriter json;
  json.begin_object().key("error").begin_object();
  json.key("status").value(status).key("message").value("The words cannot be used.");
  json.key("findings");
  write_findings(json, all);
  json.end_object().end_object();
  return http::json(status, std::move(json).text());
}

// ---- What is told

http::Response settings_answer(const notify::people::Says& says, const consent::Matrix& counts) {
  base::JsonWriter json;
  json.begin_object();
  write_says(json, says);
  json.key("counts");
  write_matrix(json, counts);
  json.end_object();
  return http::json(200, std::move(json).text());
}

Answer settings(MessagesContext& context, Caller caller, http::Request) {
  consent::Matrix counts;
  auto work = [&](store::Tx& tx) {
    counts = consent::shop_matrix(tx, caller.account_id, base::Id());
    return Desk::settings(tx, caller.account_id);
  };
  const auto says = co_await context.database.read(work);
  co_return settings_answer(says, counts);
}

Answer set_settings(MessagesContext& context, Caller caller, http::Request request) {
  const auto says = read_says(request.body());
  if (!says) co_return error(422, says.error());
  consent::Matrix counts;
  auto work = [&](store::Tx& tx) {
    Desk(context.tools).set_settings(tx, caller.account_id, *says);
    counts = consent::shop_matrix(tx, caller.account_id, base::Id());
  };
  co_await context.database.write(work);
  co_return settings_answer(*says, counts);
}

Answer of_shipment(MessagesContext& context, Caller caller, http::Request request) {
  const auto id = shipment_in(request);
  consent::Matrix counts;
  auto work = [&](store::Tx& tx) {
    counts = consent::shop_matrix(tx, caller.account_id, id);
    return Desk(context.tools).of_shipment(tx, caller.account_id, id);
  };
  const auto said = co_await context.database.read(work);
  if (!said) co_return refusal(DeskError::UnknownShipment);
  co_return settings_answer({*said, {}}, counts);
}

Answer set_of_shipment(MessagesContext& context, Caller caller, http::Request request) {
  const auto matrix = read_shipment_matrix(request.body());
  if (!matrix) co_return error(422, matrix.error());
  const auto id = shipment_in(request);
  auto work = [&](store::Tx& tx) {
    return Desk(context.tools).set_of_shipment(tx, caller.account_id, id, *matrix);
  };
  const bool is_there = co_await context.database.write(work);
  co_return is_there ? done() : refusal(DeskError::UnknownShipment);
}

// ---- Recipients

Answer recipients(MessagesContext& context, Caller caller, http::Request request) {
  const auto id = shipment_in(request);
  auto work = [&](store::Tx& tx) {
    return Desk(context.tools).recipients(tx, caller.account_id, id, caller.actor());
  };
  const auto all = co_await context.database.read(work);
  if (!all) co_return refusal(all.error());
  base::JsonWriter json;
  json.begin_object().key("recipients").begin_array();
  for (const auto& one : *all) write_recipient(json, one);
  json.end_array().end_object();
  co_return http::json(200, std::move(json).text());
}

Answer add_recipient(MessagesContext& context, Caller caller, http::Request request) {
  const auto draft = read_recipient(request.body());
  if (!draft) co_return error(422, draft.error());
  const auto id = shipment_in(request);
  auto work = [&](store::Tx& tx) {
    return Desk(context.tools).add(tx, caller.account_id, id, *draft);
  };
  const auto number = co_await context.database.write(work);
  if (!number) co_return refusal(number.error());
  base::JsonWriter json;
  json.begin_object().key("number").value(*number).end_object();
  co_return http::json(201, std::move(json).text());
}

Answer change_recipient(MessagesContext& context, Caller caller, http::Request request) {
  const auto draft = read_recipient(request.body());
  if (!draft) co_return error(422, draft.error());
  const auto id = shipment_in(request);
  const auto number = static_cast<int>(number_in(request, "number"));
  auto work = [&](store::Tx& tx) {
    return Desk(context.tools).change(tx, caller.account_id, id, number, *draft, caller.actor());
  };
  const auto changed = co_await context.database.write(work);
  co_return changed ? done() : refusal(changed.error());
}

Answer remove_recipient(MessagesContext& context, Caller caller, http::Request request) {
  const auto id = shipment_in(request);
  const auto number = static_cast<int>(number_in(request, "number"));
  const auto account_id = caller.account_id;
  auto& people = context.tools.recipients;
  auto take = [&](store::Tx& tx) { return people.take(tx, account_id, id, number); };
  const auto subject = co_await context.database.write(take);
  if (!subject) co_return refusal(DeskError::UnknownRecipient);
  // The key; on a reading thread, because it waits for the key store's disk.
  auto forget = [&](store::Tx&) { people.forget(account_id, *subject); };
  co_await context.database.read(forget);
  co_return done();
}

// ---- A shop's own words

Answer templates(MessagesContext& context, Caller caller, http::Request) {
  auto work = [&](store::Tx& tx) { return Wording::in_force(tx, caller.account_id); };
  const auto all = co_await context.database.read(work);
  base::JsonWriter json;
  json.begin_object().key("templates").begin_array();
  for (const auto& one : all) write_edition(json, one);
  json.end_array().end_object();
  co_return http::json(200, std::move(json).text());
}

constexpr std::string_view kNoTrigger = "There is no such trigger.";

Answer editions(MessagesContext& context, Caller caller, http::Request request) {
  const auto trigger = journey::find_trigger(request.parameter("trigger"));
  if (!trigger) co_return error(404, kNoTrigger);
  const std::string language(request.parameter("language"));
  auto work = [&](store::Tx& tx) {
    return Wording::editions(tx, caller.account_id, *trigger, language);
  };
  const auto all = co_await context.database.read(work);
  base::JsonWriter json;
  json.begin_object().key("editions").begin_array();
  for (const auto& one : all) write_edition(json, one);
  json.end_array().end_object();
  co_return http::json(200, std::move(json).text());
}

Answer save_template(MessagesContext& context, Caller caller, http::Request request) {
  const auto trigger = journey::find_trigger(request.parameter("trigger"));
  if (!trigger) co_return error(404, kNoTrigger);
  const auto blocks = read_blocks(request.body());
  if (!blocks) co_return error(422, blocks.error());
  const std::string language(request.parameter("language"));
  auto work = [&](store::Tx& tx) {
    return context.wording.save(tx, caller.account_id, *trigger, language, *blocks,
                                context.tools.clock.now());
  };
  const auto saved = co_await context.database.write(work);
  if (!saved) co_return findings(422, saved.error());
  base::JsonWriter json;
  write_edition(json, *saved);
  co_return http::json(200, std::move(json).text());
}

Answer withdraw_template(MessagesContext& context, Caller caller, http::Request request) {
  const auto trigger = journey::find_trigger(request.parameter("trigger"));
  if (!trigger) co_return error(404, kNoTrigger);
  const std::string language(request.parameter("language"));
  auto work = [&](store::Tx& tx) {
    return Wording::withdraw(tx, caller.account_id, *trigger, language, context.tools.clock.now());
  };
  const bool was_there = co_await context.database.write(work);
  co_return was_there ? done() : error(404, "The house's words stand there already.");
}

Answer preview(MessagesContext& context, Caller caller, http::Request request) {
  const auto asked = read_preview(request.body());
  if (!asked) co_return error(422, asked.error());
  const auto trigger = journey::find_trigger(asked->trigger).value();
  auto work = [&](store::Tx& tx) {
    return Desk(context.tools)
        .preview(tx, caller.account_id, trigger, asked->language, asked->shipment, asked->blocks,
                 caller.actor());
  };
  const auto written = co_await context.database.read(work);
  if (!written && written.error().empty()) co_return refusal(DeskError::UnknownShipment);
  if (!written) co_return findings(422, written.error());
  base::JsonWriter json;
  write_message(json, *written);
  co_return http::json(200, std::move(json).text());
}

Answer spent(MessagesContext& context, Caller caller, http::Request) {
  using namespace notify::people;
  const auto now = context.tools.clock.now();
  struct Both {
    SmsSpent today, month;
  };
  auto work = [&](store::Tx& tx) {
    const auto next = day_of(now) + 1;
    return Both{sms_spent(tx, caller.account_id, day_of(now), next),
                sms_spent(tx, caller.account_id, month_of(now), next)};
  };
  const auto both = co_await context.database.read(work);
  base::JsonWriter json;
  json.begin_object().key("today");
  write_spent(json, both.today);
  json.key("this_month");
  write_spent(json, both.month);
  json.end_object();
  co_return http::json(200, std::move(json).text());
}

}  // namespace

void add_message_routes(http::Router& router, MessagesContext& context) {
  const auto add = [&](std::string_view method, std::string_view pattern, Scope scope, Call call) {
    router.add(method, pattern, [&context, scope, call](http::Request request) {
      return guard(context, scope, call, std::move(request));
    });
  };
  add("GET", "/own/messages/settings", Scope::Read, settings);
  add("PUT", "/own/messages/settings", Scope::Write, set_settings);
  add("GET", "/own/messages/spent", Scope::Read, spent);
  add("GET", "/own/messages/templates", Scope::Read, templates);
  add("GET", "/own/messages/templates/{trigger}/{language}", Scope::Read, editions);
  add("PUT", "/own/messages/templates/{trigger}/{language}", Scope::Write, save_template);
  add("DELETE", "/own/messages/templates/{trigger}/{language}", Scope::Write, withdraw_template);
  add("POST", "/own/messages/preview", Scope::Read, preview);
  add("GET", "/own/shipments/{id}/messages", Scope::Read, of_shipment);
  add("PUT", "/own/shipments/{id}/messages", Scope::Write, set_of_shipment);
  add("GET", "/own/shipments/{id}/recipients", Scope::Read, recipients);
  add("POST", "/own/shipments/{id}/recipients", Scope::Write, add_recipient);
  add("PUT", "/own/shipments/{id}/recipients/{number}", Scope::Write, change_recipient);
  add("DELETE", "/own/shipments/{id}/recipients/{number}", Scope::Write, remove_recipient);
}

}  // namespace api::own
