// DKIM signatures (RFC 6376; RFC 8301 and 8463 for the algorithms): proof for the receiver that a
// message is its domain's own and unchanged. Required by the large mailbox providers.
//
// relaxed/relaxed, rsa-sha256 with 2048 bits or more, or ed25519-sha256. The headers that a reader
// sees or a mailbox acts on are signed once more than they occur, so that none can be added; the
// body is signed to its end (never l=, which lets anybody append). Two keys make two signatures:
// not every receiver knows Ed25519 yet, so it stands beside RSA and not alone.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/key.h"

namespace channels::email {

// Cheap to copy; safe from any thread.
class DkimKey {
 public:
  // `pem`: an unencrypted private key, PKCS #8 or PKCS #1. The error is a sentence.
  static base::Result<DkimKey, std::string> load(std::string_view pem, std::string_view domain,
                                                 std::string_view selector);
  // "mail._domainkey.example.com"
  std::string record_name() const { return selector_ + "._domainkey." + domain_; }
  // "v=DKIM1; k=rsa; p=..." for the TXT record; zone files want it in pieces of 255.
  std::string record_text() const;
  bool is_ed25519() const { return key_.kind() == crypto::KeyKind::Ed25519; }
  const std::string& domain() const { return domain_; }

  // The DKIM-Signature header with its CRLF, to be put before the message.
  std::string sign(std::string_view message, base::Instant now) const;

 private:
  DkimKey(crypto::PrivateKey key, std::string domain, std::string selector)
      : key_(std::move(key)), domain_(std::move(domain)), selector_(std::move(selector)) {}

  crypto::PrivateKey key_;
  std::string domain_, selector_;
};

// The message with one signature for each key before it.
std::string sign_all(const std::vector<DkimKey>& keys, std::string_view message, base::Instant now);

// The two canonical forms (RFC 6376 3.4.2, 3.4.4), for tests against its examples.
std::string relaxed_header(std::string_view field);  // "name:value" with CRLF
std::string relaxed_body(std::string_view body);

}  // namespace channels::email
