#include "channels/push/subscription.h"

#include <simdjson.h>

#include "base/json_writer.h"
#include "channels/address.h"
#include "crypto/base64.h"

namespace channels::push {
namespace {

using base::Failure;

constexpr std::size_t kMostBytes = 4096, kSecretBytes = 16;

std::string member(const simdjson::dom::object& object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text)) return {};
  return std::string(text);
}

}  // namespace

std::string_view describe(SubscriptionError error) {
  switch (error) {
    case SubscriptionError::Unreadable:
      return "a push subscription is JSON with an endpoint and keys";
    case SubscriptionError::Endpoint:
      return "the endpoint of a push subscription is an https address";
    case SubscriptionError::Keys:
      return "a push subscription has the keys p256dh and auth";
  }
  return "not a push subscription";
}

base::Result<Subscription, SubscriptionError> Subscription::parse(std::string_view json) {
  simdjson::dom::parser parser(kMostBytes);
  simdjson::dom::object object, keys;
  if (json.size() > kMostBytes || parser.parse(simdjson::padded_string(json)).get(object) ||
      object["keys"].get(keys))
    return Failure{SubscriptionError::Unreadable};
  auto endpoint = member(object, "endpoint");
  // Without TLS only within this machine, where a push service stands in tests; http::Client
  // refuses to go there unless it was told to.
  const bool is_here = endpoint.starts_with("http://127.0.0.1:");
  if (!is_web_address(endpoint, is_here ? Scheme::HttpToo : Scheme::HttpsOnly))
    return Failure{SubscriptionError::Endpoint};
  const auto point = crypto::from_any_base64(member(keys, "p256dh"));
  auto secret = crypto::from_any_base64(member(keys, "auth"));
  if (!point || !secret || secret->size() != kSecretBytes) return Failure{SubscriptionError::Keys};
  auto key = crypto::PublicKey::from_raw(crypto::KeyKind::P256, *point);
  if (!key) return Failure{SubscriptionError::Keys};
  return Subscription(std::move(endpoint), std::move(*key), std::move(*secret));
}

std::string Subscription::origin() const {
  return endpoint_.substr(0, endpoint_.find_first_of("/?", endpoint_.find("://") + 3));
}

std::string Subscription::json() const {
  base::JsonWriter json;
  json.begin_object().key("endpoint").value(endpoint_).key("keys").begin_object();
  json.key("p256dh").value(crypto::to_base64url(key_.raw()));
  json.key("auth").value(crypto::to_base64url(secret_)).end_object().end_object();
  return std::move(json).text();
}

}  // namespace channels::push
