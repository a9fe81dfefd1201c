// A mail relay as the operator writes it down, and the memory of how relays did lately.
//
//   smtp://relay.example.com                         port 587, STARTTLS required
//   smtps://shop%40example.com@mail.example.com      port 465, TLS from the first byte
//   smtp://127.0.0.1:25                              this machine: STARTTLS if it is offered
//
// Behind a question mark, separated by &: tls=required|opportunistic|none, password_file=PATH,
// token_file=PATH (XOAUTH2; read again for each message, so that whatever renews the token only
// writes the file), ca_file=PATH, hello=NAME. User and password are percent-encoded.
#pragma once
#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/mail_session.h"

namespace channels::email {

struct Relay {
  http::MailServer server;
  std::string secret_file;  // empty: server.secret stands as it is

  // "smtp://relay.example.com:587", without user or password: for logs.
  std::string name() const;
};

// Separated by commas or white space. The error is a sentence for the operator.
base::Result<std::vector<Relay>, std::string> parse_relays(std::string_view text);

// Which relays are left alone for a while, because they failed three times running. When that time
// is over one message tries; if it fails, too, the time doubles. Safe from any thread.
class Breakers {
 public:
  static constexpr int kFailures = 3;
  static constexpr std::chrono::seconds kFirst{30};
  static constexpr std::chrono::seconds kMost{600};

  explicit Breakers(std::size_t relays) : states_(relays) {}

  // May this relay be tried now? Each time a pause is over, one caller is told yes.
  bool may_try(std::size_t relay, base::Instant now);
  void succeeded(std::size_t relay);
  void failed(std::size_t relay, base::Instant now);
  // Until the first of them may be tried again; zero when one may now.
  std::chrono::seconds pause(base::Instant now) const;

 private:
  struct State {
    int failures = 0;
    base::Instant until{};
  };
  mutable std::mutex mutex_;
  std::vector<State> states_;
};

}  // namespace channels::email
