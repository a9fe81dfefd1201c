// Webhooks and their deliveries as JSON, and what may be said about one, read. For this folder and
// the command line.
#pragma once
#include "base/json_writer.h"
#include "notify/log.h"
#include "notify/queue.h"
#include "notify/signing.h"
#include "notify/webhooks.h"

namespace api::own {

// `lane`: how it is doing; nothing before its first delivery. `secret`: shown once, else empty.
void write_webhook(base::JsonWriter& json, const notify::Webhook& webhook,
                   const std::optional<notify::LaneState>& lane, std::int64_t waiting,
                   std::string_view secret = {});
void write_settled(base::JsonWriter& json, const notify::Settled& settled);
void write_waiting(base::JsonWriter& json, const notify::Delivery& delivery);

// {"url", "description", "version", "statuses": [..]}; a sentence when something is wrong.
base::Result<notify::WebhookDraft, std::string> read_draft(std::string_view body);

// {"ids": [..]}, or any of {"end", "from", "until"}; which deliveries are meant.
struct Replay {
  std::vector<std::string> ids;  // 16 bytes each
  notify::Which which;
};
base::Result<Replay, std::string> read_replay(std::string_view body);
// "true" only when the body says so.
bool read_flag(std::string_view body, std::string_view name);

}  // namespace api::own
