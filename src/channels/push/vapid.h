// Who pushes, told to the push service (VAPID, RFC 8292): one key pair of P-256 for the instance.
// Browsers bind their subscriptions to its public half, so that a new key means new subscriptions.
//
// Safe from any thread.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/key.h"

namespace channels::push {

class Vapid {
 public:
  // The key as PEM, or as the 32 bytes in base64url that other tools make. The subject tells the
  // push service whom to write when something goes wrong: "mailto:ops@example.com", or https.
  // Fails with a sentence for the operator.
  static base::Result<Vapid, std::string> create(std::string_view key, std::string subject);

  // What a browser subscribes with (applicationServerKey), in base64url.
  std::string public_key() const;
  // The value of Authorization for a push service: "https://push.example.com". The token is good
  // for twelve hours, of the 24 that the standard allows.
  std::string authorization(std::string_view origin, base::Instant now) const;

 private:
  Vapid(crypto::PrivateKey key, std::string subject)
      : key_(std::move(key)), subject_(std::move(subject)) {}
  crypto::PrivateKey key_;
  std::string subject_;
};

}  // namespace channels::push
