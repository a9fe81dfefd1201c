#include "channels/push/push.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "channels/call.h"
#include "channels/push/encryption.h"
#include "channels/push/subscription.h"

namespace channels::push {
namespace {

constexpr std::chrono::seconds kLongestLife{28 * 24 * 3600};  // what push services keep at most
// Characters: with the escapes of JSON and four bytes each it fits still.
constexpr std::size_t kMostTitle = 120, kMostText = 600, kMostLink = 700, kMostTopic = 32;

std::string payload_of(const Notice& notice) {
  base::JsonWriter json;
  json.begin_object();
  json.key("title").value(shortened(notice.title, kMostTitle));
  json.key("body").value(shortened(notice.text, kMostText));
  json.key("link").value(notice.link.size() > kMostLink ? std::string() : notice.link);
  json.key("tag").value(notice.topic);
  json.key("language").value(notice.language).end_object();
  return std::move(json).text();
}

std::string_view urgency_of(Urgency urgency) {
  switch (urgency) {
    case Urgency::Low:
      return "low";
    case Urgency::High:
      return "high";
    case Urgency::Normal:
      break;
  }
  return "normal";
}

bool is_topic(std::string_view text) {
  return !text.empty() && text.size() <= kMostTopic &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return base::is_letter(c) || base::is_digit(c) || c == '-' || c == '_';
         });
}

}  // namespace

base::Task<Outcome> WebPush::send(std::string address, Notice notice) {
  if (!options_.vapid) co_return Outcome{Outcome::Kind::NotSetUp, "push not set up", {}, {}};
  const auto subscription = Subscription::parse(address);
  if (!subscription) co_return Outcome{Outcome::Kind::Gone, "push not a subscription", {}, {}};
  const auto payload = payload_of(notice);
  if (payload.size() > kMostPlain)
    co_return Outcome{Outcome::Kind::Refused, "push too long", {}, {}};
  const auto life = std::clamp(notice.useful, std::chrono::seconds(0), kLongestLife);

  http::Call call;
  call.method = "POST";
  call.url = subscription->endpoint();
  call.headers = {
      {"Authorization", options_.vapid->authorization(subscription->origin(), clock_.now())},
      {"TTL", std::to_string(life.count())},
      {"Urgency", std::string(urgency_of(notice.urgency))},
      {"Content-Encoding", "aes128gcm"},
      {"Content-Type", "application/octet-stream"}};
  if (is_topic(notice.topic)) call.headers.emplace_back("Topic", notice.topic);
  call.body = encrypt(*subscription, payload);
  call.may_be_private = options_.may_be_private;
  co_return co_await deliver(client_, std::move(call), read_status);
}

}  // namespace channels::push
