#include "api/own/rooms.h"

#include "api/own/door.h"

namespace api::own {
namespace {

using accounts::Caller, accounts::Scope;
using Answer = base::Task<http::Response>;
using notify::people::Room, notify::people::RoomError, notify::people::Rooms, notify::people::Voice;

using Call = Answer (*)(RoomsContext&, Caller, http::Request);

Answer guard(RoomsContext& context, Scope scope, Call call, http::Request request) {
  const auto caller = co_await admit(context.accounts, context.limiter, scope, request);
  if (!caller) co_return caller.error();
  co_return co_await call(context, *caller, std::move(request));
}

http::Response refusal(RoomError why) {
  return error(why == RoomError::Unknown   ? 404
               : why == RoomError::TooMany ? 409
                                           : 422,
               describe(why));
}

// ---- Rooms

Answer list(RoomsContext& context, Caller caller, http::Request) {
  auto work = [&](store::Tx& tx) { return context.rooms.list(tx, caller.account_id); };
  const auto all = co_await context.database.read(work);
  base::JsonWriter json;
  json.begin_object().key("rooms").begin_array();
  for (const auto& room : all) write_room(json, room);
  json.end_array().key("channels").begin_array();
  for (const auto way : context.rooms.ways()) {
    json.begin_object().key("channel").value(channels::name(way));
    json.key("address").value(channels::describe_address(way)).end_object();
  }
  json.end_array().end_object();
  co_return http::json(200, std::move(json).text());
}

// As it stands now.
Answer shown(RoomsContext& context, std::int64_t account_id, std::int64_t number, int status) {
  auto work = [&](store::Tx& tx) { return context.rooms.find(tx, account_id, number); };
  const auto room = co_await context.database.read(work);
  if (!room) co_return refusal(RoomError::Unknown);
  base::JsonWriter json;
  write_room(json, *room);
  co_return http::json(status, std::move(json).text());
}

Answer get(RoomsContext& context, Caller caller, http::Request request) {
  co_return co_await shown(context, caller.account_id, number_in(request, "number"), 200);
}

Answer add(RoomsContext& context, Caller caller, http::Request request) {
  const auto asked = read_room(request.body());
  if (!asked) co_return error(422, asked.error());
  auto work = [&](store::Tx& tx) {
    return context.rooms.add(tx, caller.account_id, asked->channel.value_or(""), asked->draft);
  };
  const auto number = co_await context.database.write(work);
  if (!number) co_return refusal(number.error());
  co_return co_await shown(context, caller.account_id, *number, 201);
}

Answer change(RoomsContext& context, Caller caller, http::Request request) {
  const auto asked = read_room(request.body());
  if (!asked) co_return error(422, asked.error());
  if (asked->channel)
    co_return error(422, "the channel of a room stays: add another room and remove this one");
  const auto number = number_in(request, "number");
  auto work = [&](store::Tx& tx) {
    return context.rooms.change(tx, caller.account_id, number, asked->draft);
  };
  const auto changed = co_await context.database.write(work);
  if (!changed) co_return refusal(changed.error());
  co_return co_await shown(context, caller.account_id, number, 200);
}

Answer pause(RoomsContext& context, Caller caller, http::Request request) {
  const auto number = number_in(request, "number");
  auto work = [&](store::Tx& tx) { return context.rooms.disable(tx, caller.account_id, number); };
  const auto outcome = co_await context.database.write(work);
  if (!outcome) co_return refusal(outcome.error());
  co_return co_await shown(context, caller.account_id, number, 200);
}

Answer resume(RoomsContext& context, Caller caller, http::Request request) {
  const auto number = number_in(request, "number");
  auto work = [&](store::Tx& tx) { return context.rooms.enable(tx, caller.account_id, number); };
  const auto outcome = co_await context.database.write(work);
  if (!outcome) co_return refusal(outcome.error());
  co_return co_await shown(context, caller.account_id, number, 200);
}

Answer remove(RoomsContext& context, Caller caller, http::Request request) {
  const auto number = number_in(request, "number");
  auto work = [&](store::Tx& tx) { return context.rooms.remove(tx, caller.account_id, number); };
  const auto subject = co_await context.database.write(work);
  if (!subject) co_return refusal(subject.error());
  // The key; on a reading thread, because it waits for the key store's disk.
  auto forget = [&](store::Tx&) { context.rooms.forget(caller.account_id, *subject); };
  co_await context.database.read(forget);
  co_return done();
}

Answer test(RoomsContext& context, Caller caller, http::Request request) {
  const auto number = number_in(request, "number");
  auto work = [&](store::Tx& tx) { return context.rooms.find(tx, caller.account_id, number); };
  const auto room = co_await context.database.read(work);
  if (!room) co_return refusal(RoomError::Unknown);
  const auto tested =
      co_await context.rooms.test(*room, caller.account_id, caller.actor(), std::string(kTestText));
  base::JsonWriter json;
  write_test(json, tested);
  co_return http::json(200, std::move(json).text());
}

// ---- The voice

http::Response voice_answer(const Voice& voice, bool is_own) {
  base::JsonWriter json;
  write_voice(json, voice, is_own);
  return http::json(200, std::move(json).text());
}

Answer voice(RoomsContext& context, Caller caller, http::Request) {
  Voice found;
  auto work = [&](store::Tx& tx) {
    found = voice_of(tx, caller.account_id, context.voice);
    return notify::people::has_voice(tx, caller.account_id);
  };
  const bool is_own = co_await context.database.read(work);
  co_return voice_answer(found, is_own);
}

Answer set_voice_to(RoomsContext& context, Caller caller, http::Request request) {
  std::string wrong;
  Voice voice;
  auto work = [&](store::Tx& tx) {
    wrong.clear();
    auto said = read_voice(request.body(), voice_of(tx, caller.account_id, context.voice));
    if (!said) {
      wrong = said.error();
      return;
    }
    voice = std::move(*said);
    if (const auto why = wrong_in(voice)) {
      wrong = describe(*why);
      return;
    }
    set_voice(tx, caller.account_id, voice, context.clock.now());
  };
  co_await context.database.write(work);
  co_return wrong.empty() ? voice_answer(voice, true) : error(422, wrong);
}

Answer drop_voice(RoomsContext& context, Caller caller, http::Request) {
  auto work = [&](store::Tx& tx) { return notify::people::forget_voice(tx, caller.account_id); };
  const bool was_there = co_await context.database.write(work);
  co_return was_there ? done() : error(404, "The operator speaks for this account already.");
}

}  // namespace

void add_room_routes(http::Router& router, RoomsContext& context) {
  const auto add_route = [&](std::string_view method, std::string_view pattern, Scope scope,
                             Call call) {
    router.add(method, pattern, [&context, scope, call](http::Request request) {
      return guard(context, scope, call, std::move(request));
    });
  };
  add_route("GET", "/own/rooms", Scope::Read, list);
  add_route("POST", "/own/rooms", Scope::Write, add);
  add_route("GET", "/own/rooms/{number}", Scope::Read, get);
  add_route("PUT", "/own/rooms/{number}", Scope::Write, change);
  add_route("DELETE", "/own/rooms/{number}", Scope::Write, remove);
  add_route("POST", "/own/rooms/{number}/test", Scope::Write, test);
  add_route("POST", "/own/rooms/{number}/pause", Scope::Write, pause);
  add_route("POST", "/own/rooms/{number}/resume", Scope::Write, resume);
  add_route("GET", "/own/voice", Scope::Read, voice);
  add_route("PUT", "/own/voice", Scope::Write, set_voice_to);
  add_route("DELETE", "/own/voice", Scope::Write, drop_voice);
}

}  // namespace api::own
