#include <fmt/format.h>
#include <simdjson.h>

#include "api/own/rooms.h"
#include "base/time.h"

namespace api::own {
namespace {

using base::Failure;
using notify::people::Room, notify::people::Rooms, notify::people::Voice;
using simdjson::dom::element, simdjson::dom::object;

std::optional<object> object_in(std::string_view body) {
  thread_local simdjson::dom::parser parser;
  object found;
  const std::string text(body.empty() ? "{}" : body);
  if (parser.parse(text).get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

std::string read_text(const element& value, std::string_view key, std::string& out) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return fmt::format("\"{}\" must be a text", key);
  out = text;
  return {};
}

std::string read_key(std::string_view key, const element& value, RoomAsked& asked) {
  auto* const to = key == "channel"       ? &asked.channel
                   : key == "address"     ? &asked.draft.address
                   : key == "description" ? &asked.draft.description
                   : key == "language"    ? &asked.draft.language
                                          : nullptr;
  if (to == nullptr)
    return fmt::format("there is no \"{}\": say channel, address, description, language", key);
  return read_text(value, key, to->emplace());
}

std::string read_key(std::string_view key, const element& value, Voice& voice) {
  if (key == "still_days") {
    std::int64_t days = 0;
    if (value.get(days) != simdjson::SUCCESS || days < 0 || days > 1000)
      return "\"still_days\" must be a number of days";
    voice.still_days = static_cast<int>(days);
    return {};
  }
  auto& s = voice.sender;
  auto* const to = key == "name"             ? &s.name
                   : key == "postal_address" ? &s.postal_address
                   : key == "contact"        ? &s.contact
                   : key == "colour"         ? &s.colour
                   : key == "logo"           ? &s.logo
                   : key == "language"       ? &voice.language
                                             : nullptr;
  if (to == nullptr)
    return fmt::format(
        "there is no \"{}\": say name, postal_address, contact, colour, logo, language, still_days",
        key);
  return read_text(value, key, *to);
}

template <class Into>
base::Result<Into, std::string> read_into(std::string_view body, Into into) {
  const auto from = object_in(body);
  if (!from) return Failure{std::string("the body must be a JSON object")};
  for (const auto& [key, value] : *from) {
    if (auto wrong = read_key(key, value, into); !wrong.empty()) return Failure{std::move(wrong)};
  }
  return into;
}

std::string time_or_empty(const std::optional<base::Instant>& at) {
  return at ? base::to_iso_offset(*at) : std::string();
}

}  // namespace

void write_room(base::JsonWriter& json, const Room& room) {
  const auto& r = room.receiver;
  json.begin_object();
  json.key("number").value(r.number).key("channel").value(channels::name(r.channel));
  json.key("description").value_or_null(r.description);
  json.key("language").value_or_null(r.language);
  json.key("created_at").value(base::to_iso_offset(r.created_at));
  json.key("state").value(r.disabled_at ? "disabled" : "active");
  json.key("disabled_at").value_or_null(time_or_empty(r.disabled_at));
  json.key("failures").value(room.lane ? room.lane->failures : 0);
  json.key("last_success_at")
      .value_or_null(room.lane ? time_or_empty(room.lane->succeeded_at) : "");
  json.key("last_outcome").value_or_null(room.lane ? room.lane->code : "");
  json.key("waiting").value(room.waiting);
  json.end_object();
}

void write_voice(base::JsonWriter& json, const Voice& voice, bool is_own) {
  const auto& s = voice.sender;
  json.begin_object();
  json.key("name").value(s.name).key("postal_address").value_or_null(s.postal_address);
  json.key("contact").value_or_null(s.contact).key("colour").value_or_null(s.colour);
  json.key("logo").value_or_null(s.logo).key("language").value(voice.language);
  json.key("still_days").value(voice.still_days).key("is_own").value(is_own);
  json.end_object();
}

void write_test(base::JsonWriter& json, const Rooms::Tested& tested) {
  json.begin_object();
  json.key("outcome").value(channels::name(tested.outcome.kind));
  json.key("code").value(tested.outcome.code);
  json.key("milliseconds").value(static_cast<std::int64_t>(tested.took.count()));
  json.end_object();
}

base::Result<RoomAsked, std::string> read_room(std::string_view body) {
  return read_into(body, RoomAsked());
}

base::Result<Voice, std::string> read_voice(std::string_view body, Voice voice) {
  return read_into(body, std::move(voice));
}

}  // namespace api::own
