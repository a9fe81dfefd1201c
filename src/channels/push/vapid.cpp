#include "channels/push/vapid.h"

#include "base/json_writer.h"
#include "channels/address.h"
#include "crypto/base64.h"
#include "crypto/jws.h"

namespace channels::push {
namespace {

constexpr std::chrono::hours kGoodFor{12};

}  // namespace

base::Result<Vapid, std::string> Vapid::create(std::string_view key, std::string subject) {
  using crypto::KeyKind, crypto::PrivateKey;
  const bool is_address =
      (subject.starts_with("mailto:") && subject.find('@') != std::string::npos) ||
      is_web_address(subject, Scheme::HttpsOnly);
  if (!is_address)
    return base::Failure{
        std::string("web push needs an address to be told of trouble at: mailto:ops@example.com")};
  const auto bytes = crypto::from_base64url(key);
  auto read = bytes ? PrivateKey::from_raw(KeyKind::P256, *bytes) : PrivateKey::from_pem(key);
  if (!read || read->kind() != KeyKind::P256)
    return base::Failure{
        std::string("web push needs a private key of P-256, as PEM or as 32 bytes in base64url")};
  return Vapid(std::move(*read), std::move(subject));
}

std::string Vapid::public_key() const { return crypto::to_base64url(key_.public_key().raw()); }

std::string Vapid::authorization(std::string_view origin, base::Instant now) const {
  base::JsonWriter claims;
  claims.begin_object().key("aud").value(origin);
  claims.key("exp").value(base::to_micros(now + kGoodFor) / 1'000'000);
  claims.key("sub").value(subject_).end_object();
  return "vapid t=" + crypto::sign_jws(key_, claims.text()) + ", k=" + public_key();
}

}  // namespace channels::push
