#include "notify/webhook_sender.h"

#include <fmt/format.h>

#include <charconv>

#include "base/log.h"
#include "notify/queue.h"
#include "notify/sample.h"
#include "notify/signing.h"
#include "personal/restrictions.h"

namespace notify {
namespace {

using channels::Outcome;

// A receiver's answer is not read, only its status; one that goes on talking is cut off.
constexpr std::size_t kMostBytes = 256 << 10;
// How long a shipment whose person has restricted its processing is left alone before it is looked
// at again.
constexpr std::chrono::hours kRestrictedAgain{6};

std::optional<std::chrono::seconds> seconds_in(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || seconds < 0) {
    return std::nullopt;
  }
  return std::chrono::seconds(seconds);
}

// It wants nothing any more: the webhook is switched off, and the message waits with the others for
// whoever switches it on again.
constexpr std::string_view kGone = "http 410";

Outcome outcome_of(const http::Reply& reply) {
  Outcome outcome;
  outcome.code = fmt::format("http {}", reply.status);
  if (reply.status >= 200 && reply.status < 300) return outcome;
  outcome.kind = Outcome::Kind::Later;
  if (reply.status == 429 || reply.status == 503) {
    outcome.retry_after = seconds_in(reply.header("retry-after"));
  }
  return outcome;
}

// Versions 3 and 2 put their signature into the body.
void write_v3_signature(base::JsonWriter& json, std::int64_t timestamp, const std::string& email) {
  const auto signature = old_signature(email, timestamp);
  json.key("verifyInfo").begin_object();
  json.key("timeStr").value(timestamp).key("signature").value(signature).end_object();
  json.key("verify").begin_object();
  json.key("timestamp").value(timestamp).key("signature").value(signature);
  json.key("usertag").value("").end_object();
}

}  // namespace

struct WebhookSender::Post final : Message {
  std::string url, body;
  std::vector<std::string> secrets;
};

Sender::Manner WebhookSender::manner() const {
  Manner manner;
  manner.marks_first = false;  // the receiver knows a repeated message by its id
  manner.at_once = options_.at_once;
  manner.first_pause = options_.first_pause;
  return manner;
}

std::int64_t WebhookSender::timestamp() const {
  return base::to_micros(parts_.real.now()) / 1'000'000;
}

std::string WebhookSender::body_of(const shipments::Shipment& shipment, const Webhook& webhook,
                                   const std::string& email, ControllerAccess& access) const {
  base::JsonWriter json(8 << 10);
  json.begin_object();
  if (webhook.version == BodyVersion::V2) {
    json.key("meta").begin_object();
    json.key("code").value(200).key("type").value("Success").key("message").value("Success");
    json.end_object();
  } else {
    json.key("code").value(200).key("message").value("Request response is successful");
  }
  json.key("data");
  parts_.write_tracking(json, shipment, webhook.version, access);
  if (webhook.version == BodyVersion::V2) {
    const auto time = timestamp();
    json.key("verifyInfo").begin_object().key("timeStr").value(time);
    json.key("signature").value(old_signature(email, time)).end_object();
  } else if (webhook.version == BodyVersion::V3) {
    write_v3_signature(json, timestamp(), email);
  }
  json.end_object();
  return std::move(json).text();
}

// A correction comes with the parcel as it is now, so that the old value can be replaced at once;
// an erasure and a restriction name it, and nothing else.
Prepared WebhookSender::prepare_subject(store::Tx& tx, const Delivery& delivery, const Post& like,
                                        const Webhook& webhook, ControllerAccess& access) {
  Prepared prepared;
  const auto& wanted = delivery.wanted;
  const auto news = parts_.subject_news
                        ? parts_.subject_news(tx, webhook.account_id, wanted.receiver)
                        : std::nullopt;
  if (!news) return prepared;
  std::optional<shipments::Shipment> shipment;
  if (wanted.occasion == "subject.rectified") {
    shipment = parts_.repository.find(tx, webhook.account_id, wanted.shipment);
    const auto subject = shipment ? shipment->head.subject : 0;
    if (subject != 0 && personal::Restrictions::reason(tx, webhook.account_id, subject))
      shipment.reset();
  }
  auto post = std::make_unique<Post>(like);
  base::JsonWriter json(4 << 10);
  json.begin_object();
  json.key("code").value(200).key("message").value(wanted.occasion);
  json.key("event").value(wanted.occasion);
  json.key("subject").raw(*news);
  json.key("data");
  if (shipment) {
    parts_.write_tracking(json, *shipment, webhook.version, access);
  } else {
    json.begin_object().key("id").value(wanted.shipment.hex()).end_object();
  }
  json.end_object();
  post->body = std::move(json).text();
  prepared.what = Prepared::What::Send;
  prepared.message = std::move(post);
  return prepared;
}

Prepared WebhookSender::prepare_one(store::Tx& tx, const Delivery& delivery, const Post& like,
                                    const Webhook& webhook, const std::string& email,
                                    ControllerAccess& access) {
  Prepared prepared;
  const auto account = webhook.account_id;
  const auto row = parts_.repository.find_row(tx, account, delivery.wanted.shipment);
  if (!row) return prepared;
  const auto subject = row->head.subject;
  if (subject != 0 && personal::Restrictions::reason(tx, account, subject)) {
    prepared.what = Prepared::What::Later;
    prepared.why = "restricted";
    prepared.until = parts_.clock.now() + kRestrictedAgain;
    return prepared;
  }
  // Whose key is gone has been forgotten, though the row may still lie there for a moment.
  const auto envelope = parts_.repository.unseal_envelope(*row);
  if (!envelope) {
    if (envelope.error() != personal::VaultError::NoKey) {
      prepared.why = "damaged";
      base::log(base::Level::Error, "webhook.damaged",
                {{"account", account}, {"shipment", row->head.id.hex()}});
    }
    return prepared;
  }
  auto post = std::make_unique<Post>(like);
  const shipments::Shipment shipment{row->head, shipments::Body::from(*envelope)};
  post->body = body_of(shipment, webhook, email, access);
  prepared.what = Prepared::What::Send;
  prepared.message = std::move(post);
  return prepared;
}

std::vector<Prepared> WebhookSender::prepare(store::Tx& tx, std::span<const Delivery> deliveries) {
  std::vector<Prepared> all(deliveries.size());
  if (deliveries.empty()) return all;
  const auto& lane = deliveries.front().wanted.lane;
  const auto webhook = Webhooks::find(tx, lane.account_id, lane.number);
  if (!webhook) {
    for (auto& one : all) one.why = "webhook removed";
    return all;
  }
  ControllerAccess access(parts_.ledger, {}, lane.account_id, "webhook.send");
  Post like;
  like.url = webhook->url;
  like.secrets = parts_.webhooks.secrets(tx, *webhook, access);
  if (like.secrets.empty()) return all;
  const auto email =
      webhook->version == BodyVersion::V4 ? std::string() : parts_.email_of(tx, lane.account_id);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool is_subject = deliveries[i].wanted.occasion.starts_with(kSubjectOccasion);
    all[i] = is_subject ? prepare_subject(tx, deliveries[i], like, *webhook, access)
                        : prepare_one(tx, deliveries[i], like, *webhook, email, access);
  }
  return all;
}

base::Task<Outcome> WebhookSender::post(const Post& post, std::string id) {
  http::Call call;
  call.method = "POST";
  call.url = post.url;
  call.headers = signature_headers(post.secrets, id, timestamp(), post.body);
  call.headers.emplace_back("Content-Type", "application/json");
  call.body = post.body;
  call.deadline = options_.deadline;
  call.most_bytes = kMostBytes;
  call.may_be_private = options_.may_be_private;
  if (is_own_address(post.url, options_.own_port)) {
    co_return Outcome{
        Outcome::Kind::Later, std::string(http::name(http::CallError::Refused)), {}, {}};
  }
  const auto reply = co_await parts_.client.call(std::move(call));
  if (reply) co_return outcome_of(*reply);
  Outcome outcome;
  outcome.kind = Outcome::Kind::Later;
  outcome.code = http::name(reply.error());
  co_return outcome;
}

base::Task<Outcome> WebhookSender::send(const Delivery& delivery, Message& message) {
  return post(static_cast<Post&>(message), message_id(delivery.id));
}

void WebhookSender::settled(store::Tx& tx, const Delivery& delivery, const Outcome& outcome, bool) {
  if (outcome.kind == Outcome::Kind::Accepted) return;
  const auto& lane = delivery.wanted.lane;
  const auto now = parts_.clock.now();
  const auto state = lane_state(tx, lane);
  const auto since = state && state->failing_since ? *state->failing_since : now;
  if (outcome.code != kGone && now - since < kFailingTooLong) return;
  auto webhook = Webhooks::find(tx, lane.account_id, lane.number);
  if (!webhook || webhook->disabled_at) return;
  if (!parts_.webhooks.disable(tx, lane.account_id, lane.number, outcome.code)) return;
  webhook->disabled_code = outcome.code;
  if (parts_.on_disabled) parts_.on_disabled(tx, *webhook, since);
}

base::Task<WebhookSender::Tested> WebhookSender::test(Webhook webhook,
                                                      std::vector<std::string> secrets,
                                                      std::string email) {
  Post made;
  made.url = webhook.url;
  made.secrets = std::move(secrets);
  {
    ControllerAccess access(parts_.ledger, {}, webhook.account_id, "webhook.test");
    const auto shipment = sample_shipment(webhook.account_id, parts_.clock.now());
    made.body = body_of(shipment, webhook, email, access);
  }
  Tested tested;
  tested.id = message_id(base::Id::make(parts_.clock.now()).bytes());
  const auto begin = std::chrono::steady_clock::now();
  tested.outcome = co_await post(made, tested.id);
  tested.took = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begin);
  co_return tested;
}

}  // namespace notify
