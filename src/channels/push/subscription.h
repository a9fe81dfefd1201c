// A browser's consent to be pushed to, as it gives it (W3C Push API): where its push service takes
// messages, and the keys that only this browser can open them with. A Subscription in hand can be
// encrypted to. Personal data: its endpoint tells one browser from all others.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/key.h"

namespace channels::push {

enum class SubscriptionError : std::uint8_t {
  Unreadable,  // not {"endpoint":..., "keys":{"p256dh":..., "auth":...}}
  Endpoint,    // not an https address
  Keys,        // not a point of P-256, or not a secret of 16 bytes
};
std::string_view describe(SubscriptionError error);

class Subscription {
 public:
  // What PushSubscription.toJSON() of a browser gives.
  static base::Result<Subscription, SubscriptionError> parse(std::string_view json);

  const std::string& endpoint() const { return endpoint_; }
  const crypto::PublicKey& key() const { return key_; }
  const std::string& secret() const { return secret_; }  // `auth`, 16 bytes
  // The service that takes the messages: "https://push.example.com".
  std::string origin() const;
  // Endpoint and keys in one order, nothing else: two are the same when this is.
  std::string json() const;

 private:
  Subscription(std::string endpoint, crypto::PublicKey key, std::string secret)
      : endpoint_(std::move(endpoint)), key_(std::move(key)), secret_(std::move(secret)) {}
  std::string endpoint_;
  crypto::PublicKey key_;
  std::string secret_;
};

}  // namespace channels::push
