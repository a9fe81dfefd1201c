// Where bounces and complaints come in: a mail server that knows no mailbox but the return paths
// that we made ourselves. The domain's own mail server hands them on ("bounces.shop.example goes to
// 127.0.0.1, port 2526"), or the domain's MX is this port itself.
//
// A recipient without a true MAC is refused before a byte of the message was sent, so nobody can
// fill anything, and nobody but a receiver of our mail can say that an address is gone. Messages
// that are no report (absence notices, spam) are taken and forgotten. Bounces are never answered.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "base/metrics.h"
#include "channels/email/bounce.h"
#include "channels/email/smtp_listener.h"

namespace channels::email {

class BounceDoor {
 public:
  // On the door's own thread, one at a time; may block. False: it could not be kept, the sender is
  // to try again later.
  using Hear = std::function<bool(const Bounce&)>;
  struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    base::Metrics* metrics = nullptr;
  };
  // Throws std::system_error when the port cannot be had.
  BounceDoor(Options options, Verp verp, Hear hear);

  std::uint16_t port() const { return listener_.port(); }
  void stop() { listener_.stop(); }

 private:
  SmtpListener::Options listening(const Options& options) const;
  bool take(const SunkMessage& message);

  const Verp verp_;
  const Hear hear_;
  std::array<base::Counter, 5> heard_;  // by Bounce::Kind; the last: what is no report
  SmtpListener listener_;
};

}  // namespace channels::email
