#include "api/own/webhook_json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "base/time.h"

namespace api::own {
namespace {

using base::Failure;
using simdjson::dom::element;

simdjson::dom::parser& parser() {
  thread_local simdjson::dom::parser instance;
  return instance;
}

// The object in a body; nothing when it is none. An empty body is an empty object.
std::optional<simdjson::dom::object> object_in(std::string_view body) {
  simdjson::dom::object object;
  const std::string text(body.empty() ? "{}" : body);
  if (parser().parse(text).get(object) != simdjson::SUCCESS) return std::nullopt;
  return object;
}

std::string time_or_empty(const std::optional<base::Instant>& at) {
  return at ? base::to_iso_offset(*at) : std::string();
}

std::string read_statuses(const element& value, notify::WebhookDraft& draft) {
  simdjson::dom::array list;
  std::string words;
  if (value.get(list) == simdjson::SUCCESS) {
    for (const auto item : list) {
      std::string_view word;
      if (item.get(word) != simdjson::SUCCESS) return "\"statuses\" must be a list of words";
      words.append(words.empty() ? "" : ",").append(word);
    }
  } else {
    return "\"statuses\" must be a list of words";
  }
  draft.statuses = notify::parse_statuses(words);
  if (!draft.statuses) return std::string(describe(notify::WebhookError::StatusUnknown));
  return {};
}

std::string read_version(const element& value, notify::WebhookDraft& draft) {
  std::int64_t number = 0;
  std::string_view word;
  if (value.get(word) == simdjson::SUCCESS && word.size() == 2 &&
      (word[0] == 'V' || word[0] == 'v'))
    number = word[1] - '0';
  else if (value.get(number) != simdjson::SUCCESS)
    number = 0;
  if (number < 2 || number > 4) return std::string(describe(notify::WebhookError::VersionUnknown));
  draft.version = static_cast<notify::BodyVersion>(number);
  return {};
}

std::string read_text(const element& value, std::string_view name,
                      std::optional<std::string>& out) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return fmt::format("\"{}\" must be a text", name);
  out = std::string(text);
  return {};
}

std::string read_instant(const element& value, std::string_view name,
                         std::optional<base::Instant>& out) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) out = base::parse_iso(text);
  return out ? std::string()
             : fmt::format("\"{}\" must be a time such as 2026-03-20T14:00:00Z", name);
}

std::string read_ids(const element& value, std::vector<std::string>& ids) {
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS || list.size() > 1000)
    return "\"ids\" must be a list of at most 1000 message ids";
  for (const auto item : list) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) return "a message id is a text";
    auto id = notify::parse_message_id(text);
    if (!id) return "a message id is msg_ and 32 hexadecimal digits";
    ids.push_back(std::move(*id));
  }
  return {};
}

std::string read_end(const element& value, std::optional<notify::End>& out) {
  std::string_view word;
  if (value.get(word) != simdjson::SUCCESS) word = {};
  out.reset();
  if (word == "delivered") out = notify::End::Delivered;
  if (word == "dead") out = notify::End::Dead;
  return out || word == "all" ? std::string() : "\"end\" is dead, delivered or all";
}

}  // namespace

void write_webhook(base::JsonWriter& json, const notify::Webhook& w,
                   const std::optional<notify::LaneState>& lane, std::int64_t waiting,
                   std::string_view secret) {
  json.begin_object();
  json.key("id").value(w.webhook_id);
  json.key("url").value(w.url);
  json.key("description").value_or_null(w.description);
  json.key("version").value(fmt::format("V{}", static_cast<int>(w.version)));
  json.key("statuses").begin_array();
  for (const auto word : notify::status_names(w.statuses)) json.value(word);
  json.end_array();
  json.key("created_at").value(base::to_iso_offset(w.created_at));
  json.key("updated_at").value(base::to_iso_offset(w.updated_at));
  const bool is_paused = lane && lane->paused_at;
  json.key("state").value(w.disabled_at ? "disabled" : is_paused ? "paused" : "active");
  json.key("disabled_because").value_or_null(w.disabled_code);
  json.key("failures").value(lane ? lane->failures : 0);
  json.key("failing_since").value_or_null(lane ? time_or_empty(lane->failing_since) : "");
  json.key("last_success_at").value_or_null(lane ? time_or_empty(lane->succeeded_at) : "");
  json.key("last_outcome").value_or_null(lane ? lane->code : "");
  json.key("waiting").value(waiting);
  json.key("two_secrets_until").value_or_null(time_or_empty(w.overlap_until));
  if (!secret.empty()) {
    json.key("secret").value(secret);
    json.key("standard_secret").value(notify::standard_secret(secret));
  }
  json.end_object();
}

void write_settled(base::JsonWriter& json, const notify::Settled& s) {
  const auto& w = s.delivery.wanted;
  json.begin_object();
  json.key("id").value(notify::message_id(s.delivery.id));
  json.key("tracking_id").value(w.shipment.hex());
  json.key("occasion").value(w.occasion);
  json.key("end").value(name(s.end));
  json.key("outcome").value(s.code);
  json.key("attempts").value(s.attempts);
  json.key("happened_at").value(base::to_iso_offset(w.created_at));
  json.key("settled_at").value(base::to_iso_offset(s.at));
  json.key("milliseconds").value(s.took.count() / 1000);
  json.end_object();
}

void write_waiting(base::JsonWriter& json, const notify::Delivery& d) {
  json.begin_object();
  json.key("id").value(notify::message_id(d.id));
  json.key("tracking_id").value(d.wanted.shipment.hex());
  json.key("occasion").value(d.wanted.occasion);
  json.key("attempts").value(d.attempt - 1);
  json.key("happened_at").value(base::to_iso_offset(d.wanted.created_at));
  json.key("due_at").value(base::to_iso_offset(d.wanted.not_before));
  json.end_object();
}

base::Result<notify::WebhookDraft, std::string> read_draft(std::string_view body) {
  notify::WebhookDraft draft;
  const auto object = object_in(body);
  if (!object) return Failure{std::string("the body must be a JSON object")};
  for (const auto& [key, value] : *object) {
    std::string wrong;
    if (value.is_null()) continue;
    if (key == "url")
      wrong = read_text(value, key, draft.url);
    else if (key == "description")
      wrong = read_text(value, key, draft.description);
    else if (key == "version")
      wrong = read_version(value, draft);
    else if (key == "statuses")
      wrong = read_statuses(value, draft);
    else
      wrong =
          fmt::format("there is no \"{}\": a webhook has url, description, version, statuses", key);
    if (!wrong.empty()) return Failure{std::move(wrong)};
  }
  return draft;
}

base::Result<Replay, std::string> read_replay(std::string_view body) {
  Replay replay;
  replay.which.end = notify::End::Dead;
  const auto object = object_in(body);
  if (!object) return Failure{std::string("the body must be a JSON object")};
  for (const auto& [key, value] : *object) {
    std::string wrong;
    if (key == "ids")
      wrong = read_ids(value, replay.ids);
    else if (key == "from")
      wrong = read_instant(value, key, replay.which.from);
    else if (key == "until")
      wrong = read_instant(value, key, replay.which.until);
    else if (key == "end")
      wrong = read_end(value, replay.which.end);
    else
      wrong = "say \"ids\", or any of \"from\", \"until\" and \"end\" (dead, delivered, all)";
    if (!wrong.empty()) return Failure{std::move(wrong)};
  }
  return replay;
}

bool read_flag(std::string_view body, std::string_view name) {
  const auto object = object_in(body);
  bool value = false;
  return object && (*object)[name].get(value) == simdjson::SUCCESS && value;
}

}  // namespace api::own
